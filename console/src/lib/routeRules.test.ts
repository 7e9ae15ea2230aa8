import { expect, it } from 'vitest';
import { checkRules, draftOf } from './routeRules';

const BUILT_IN = {
  green_from: 80.5,
  amber_from: 70,
  grey_below: 10,
  prior: 20,
  block_below: 50,
  block_from: 5,
  even_within: 2,
};

it('reads back what it wrote', () => {
  expect(draftOf(BUILT_IN).green_from).toBe('80,5');
  expect(checkRules(draftOf(BUILT_IN))).toEqual({ policy: BUILT_IN, wrong: new Set() });
});

it('names the numbers that cannot be used', () => {
  const draft = {
    green_from: '101',
    amber_from: '',
    grey_below: '2,5',
    prior: '0',
    block_below: '-1',
    block_from: '1001',
    even_within: 'dos',
  };
  const { policy, wrong } = checkRules(draft);
  expect(policy).toBeUndefined();
  expect([...wrong]).toEqual(Object.keys(draft));
  const above = checkRules({ ...draftOf(BUILT_IN), amber_from: '80.5' });
  expect([...above.wrong]).toEqual(['amber_from']);
});
