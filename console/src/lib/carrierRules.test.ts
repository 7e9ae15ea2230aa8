import { expect, test } from 'vitest';
import type { CarrierRules } from '../api/types';
import { changedRules, checkDraft, draftOf } from './carrierRules';

const RULES: CarrierRules = {
  tracking_page: { template: 'https://ejemplo.co/{}', verified: true },
  offices: 'all',
  office_days: 8,
  max_collect: null,
  delivery_attempts: 2,
  coverage_points: null,
  digital_payment: null,
  usual_days: 3,
  numbers: [],
  aliases: [],
};

test('a draft reads back, and nothing typed is what nobody knows', () => {
  expect(checkDraft(draftOf(RULES), RULES)).toEqual({ rules: RULES, wrong: new Set() });
  const draft = { ...draftOf(RULES), office_days: '', max_collect: '3.000.000', digital: 'no' };
  const { rules } = checkDraft(draft, RULES);
  expect(rules).toEqual({
    ...RULES,
    office_days: null,
    max_collect: 3_000_000,
    digital_payment: false,
  });
  expect(changedRules(RULES, rules ?? RULES)).toEqual([
    'office_days',
    'max_collect',
    'digital_payment',
  ]);
});

test('what cannot be used is named', () => {
  const draft = {
    ...draftOf(RULES),
    office_days: '61',
    delivery_attempts: '0',
    template: 'http://x',
  };
  const { rules, wrong } = checkDraft(draft, RULES);
  expect(rules).toBeUndefined();
  expect([...wrong].sort()).toEqual(['delivery_attempts', 'office_days', 'template']);
  expect(checkDraft({ ...draft, template: 'https://x/{}/{}' }, RULES).wrong.has('template')).toBe(
    true,
  );
});
