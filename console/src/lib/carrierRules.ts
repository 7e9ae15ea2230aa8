import type { CarrierRules } from '../api/types';
import { fold } from './fold';

/** Whole numbers of a carrier's rules, with the least and the most that each may be. */
export const RULE_LIMITS = {
  office_days: [0, 60],
  usual_days: [0, 60],
  delivery_attempts: [1, 10],
  coverage_points: [0, 1_000_000],
  max_collect: [0, 1_000_000_000],
} as const;

export type RuleName = keyof typeof RULE_LIMITS;
export const RULE_NAMES = Object.keys(RULE_LIMITS) as RuleName[];
export const OFFICES = ['unknown', 'none', 'all', 'main', 'authorised'] as const;
export const DIGITAL = ['unknown', 'yes', 'no'] as const;

/** The rules as they are typed. Nothing typed is what nobody knows. */
export interface CarrierDraft extends Record<RuleName, string> {
  offices: string;
  digital: string;
  template: string;
  verified: boolean;
  /** The organisation's own names, apart by commas. */
  aliases: string;
}

export function draftOf(rules: CarrierRules): CarrierDraft {
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  const pays = rules.digital_payment;
  return {
    office_days: text(rules.office_days),
    usual_days: text(rules.usual_days),
    delivery_attempts: text(rules.delivery_attempts),
    coverage_points: text(rules.coverage_points),
    max_collect: text(rules.max_collect),
    offices: rules.offices,
    digital: pays === null || pays === undefined ? 'unknown' : pays ? 'yes' : 'no',
    template: rules.tracking_page?.template ?? '',
    verified: rules.tracking_page?.verified ?? false,
    aliases: (rules.aliases ?? []).join(', '),
  };
}

/** The rules of a draft on top of the ones it began with, and which fields cannot be used. */
export function checkDraft(
  draft: CarrierDraft,
  before: CarrierRules,
): { rules: CarrierRules | undefined; wrong: ReadonlySet<string> } {
  const wrong = new Set<string>();
  const whole = (name: RuleName): number | null => {
    const typed = draft[name].replace(/[.\s]/g, '');
    if (typed === '') return null;
    const [least, most] = RULE_LIMITS[name];
    const value = /^\d{1,10}$/.test(typed) ? Number(typed) : Number.NaN;
    if (!(value >= least && value <= most)) wrong.add(name);
    return value;
  };
  const template = draft.template.trim();
  const slots = template.split('{}').length - 1;
  if (template !== '' && !(template.startsWith('https://') && slots === 1)) wrong.add('template');
  const aliases = draft.aliases
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isName = (name: string) => name.length <= 60 && /\p{L}/u.test(name);
  const folded = new Set(aliases.map(fold));
  if (aliases.length > 20 || folded.size < aliases.length || !aliases.every(isName)) {
    wrong.add('aliases');
  }
  const rules: CarrierRules = {
    ...before,
    aliases,
    office_days: whole('office_days'),
    usual_days: whole('usual_days'),
    delivery_attempts: whole('delivery_attempts'),
    coverage_points: whole('coverage_points'),
    max_collect: whole('max_collect'),
    offices: draft.offices,
    digital_payment: draft.digital === 'unknown' ? null : draft.digital === 'yes',
    tracking_page: template === '' ? null : { template, verified: draft.verified },
  };
  return { rules: wrong.size === 0 ? rules : undefined, wrong };
}

/** Which rules one change made another. */
export function changedRules(from: CarrierRules, to: CarrierRules): (keyof CarrierRules)[] {
  const names = Object.keys(to) as (keyof CarrierRules)[];
  return names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
}
