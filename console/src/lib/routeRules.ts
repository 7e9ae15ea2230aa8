import type { RoutePolicy } from '../api/types';

export const RULES = [
  'green_from',
  'amber_from',
  'grey_below',
  'prior',
  'block_below',
  'block_from',
  'even_within',
] as const;
type Rule = (typeof RULES)[number];
export type RulesDraft = Record<Rule, string>;

const WHOLE: readonly Rule[] = ['grey_below', 'block_from'];
const MAX_SHIPMENTS = 1_000;

export function draftOf(policy: RoutePolicy): RulesDraft {
  const written = (rule: Rule) => String(policy[rule]).replace('.', ',');
  return Object.fromEntries(RULES.map((rule) => [rule, written(rule)])) as RulesDraft;
}

function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** The policy that was written, or which numbers cannot be used; the server checks the same. */
export function checkRules(draft: RulesDraft): {
  policy: RoutePolicy | undefined;
  wrong: ReadonlySet<string>;
} {
  const policy = Object.fromEntries(
    RULES.map((rule) => [rule, numberOf(draft[rule])]),
  ) as RoutePolicy;
  const fits = (rule: Rule) => {
    const value = policy[rule];
    if (WHOLE.includes(rule) && !Number.isInteger(value)) return false;
    if (rule === 'grey_below' || rule === 'block_from' || rule === 'prior') {
      return value >= 1 && value <= MAX_SHIPMENTS;
    }
    if (rule === 'amber_from') return value > 0 && value < policy.green_from;
    return value >= (rule === 'green_from' ? Number.MIN_VALUE : 0) && value <= 100;
  };
  const wrong = new Set<string>(RULES.filter((rule) => !fits(rule)));
  return { policy: wrong.size === 0 ? policy : undefined, wrong };
}
