import type { NewRiskPolicy, RiskPolicy } from '../api/types';
import { fold } from './fold';

/** The built-in policy; a test compares it with `services/tracking/data/risk.toml`. */
export const DEFAULT_POLICY: NewRiskPolicy = {
  high_from: 70,
  medium_from: 40,
  risky_cities: [
    'Tumaco',
    'Buenaventura',
    'Quibdó',
    'Mitú',
    'Leticia',
    'Puerto Carreño',
    'San José del Guaviare',
    'Mocoa',
  ],
  risky_carriers: [],
};

export const MAX_FLAGGED = 200;
const MAX_SCORE = 100;

/** What stands in the form, as it was typed. */
export interface PolicyDraft {
  high: string;
  medium: string;
  cities: readonly string[];
  carriers: readonly string[];
}

export function draftOf(policy: NewRiskPolicy): PolicyDraft {
  return {
    high: String(policy.high_from),
    medium: String(policy.medium_from),
    cities: policy.risky_cities,
    carriers: policy.risky_carriers,
  };
}

/** What the server takes, without when it was changed. */
export function policyOf(policy: RiskPolicy): NewRiskPolicy {
  const { high_from, medium_from, risky_cities, risky_carriers } = policy;
  return { high_from, medium_from, risky_cities, risky_carriers };
}

export function wholeScore(text: string): number | null {
  const value = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MAX_SCORE ? value : null;
}

export type PolicyFault = 'range' | 'order';

export interface PolicyCheck {
  high?: PolicyFault;
  medium?: PolicyFault;
  /** Present when nothing is wrong. */
  policy?: NewRiskPolicy;
}

export function checkPolicy(draft: PolicyDraft): PolicyCheck {
  const high = wholeScore(draft.high);
  const medium = wholeScore(draft.medium);
  const check: PolicyCheck = {};
  if (high === null) check.high = 'range';
  if (medium === null) check.medium = 'range';
  if (high === null || medium === null) return check;
  if (medium > high) return { medium: 'order' };
  return {
    policy: {
      high_from: high,
      medium_from: medium,
      risky_cities: [...draft.cities],
      risky_carriers: [...draft.carriers],
    },
  };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  const key = (names: readonly string[]) => [...new Set(names.map(fold))].sort().join('\n');
  return key(a) === key(b);
}

export function samePolicy(a: NewRiskPolicy, b: NewRiskPolicy): boolean {
  return (
    a.high_from === b.high_from &&
    a.medium_from === b.medium_from &&
    sameNames(a.risky_cities, b.risky_cities) &&
    sameNames(a.risky_carriers, b.risky_carriers)
  );
}

/** The list with the name at its end, once in whatever spelling. */
export function withName(names: readonly string[], added: string): readonly string[] {
  const folded = fold(added);
  if (folded === '' || names.length >= MAX_FLAGGED) return names;
  return names.some((name) => fold(name) === folded) ? names : [...names, added.trim()];
}
