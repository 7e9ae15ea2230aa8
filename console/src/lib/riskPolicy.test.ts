import { describe, expect, it } from 'vitest';
import rules from '../../../services/tracking/data/risk.toml?raw';
import {
  checkPolicy,
  DEFAULT_POLICY,
  draftOf,
  MAX_FLAGGED,
  samePolicy,
  withName,
} from './riskPolicy';

const draft = draftOf(DEFAULT_POLICY);

it('resets to what the server has built in', () => {
  const number = (name: string) => Number(new RegExp(`^${name} = (\\d+)$`, 'm').exec(rules)?.[1]);
  const names = (name: string) =>
    [
      ...(new RegExp(`^${name} = \\[([^\\]]*)\\]`, 'm').exec(rules)?.[1] ?? '!').matchAll(
        /"([^"]+)"/g,
      ),
    ].map(([, each]) => each);
  expect(DEFAULT_POLICY).toEqual({
    high_from: number('high_from'),
    medium_from: number('medium_from'),
    risky_cities: names('cities'),
    risky_carriers: names('carriers'),
  });
});

describe('a draft', () => {
  it('that is right is a policy', () => {
    expect(checkPolicy(draft)).toEqual({ policy: DEFAULT_POLICY });
    expect(checkPolicy({ ...draft, high: '40' }).policy?.high_from).toBe(40);
  });

  it.each([
    [{ high: '' }, { high: 'range' }],
    [{ high: '101' }, { high: 'range' }],
    [{ medium: '0' }, { medium: 'range' }],
    [{ medium: '12.5' }, { medium: 'range' }],
    [{ medium: '71' }, { medium: 'order' }],
    [
      { high: 'x', medium: '-1' },
      { high: 'range', medium: 'range' },
    ],
  ])('%j is %j', (part, faults) => {
    expect(checkPolicy({ ...draft, ...part })).toEqual(faults);
  });
});

describe('flagged names', () => {
  it('are there once, in whatever spelling', () => {
    expect(withName(['Quibdó'], ' quibdo ')).toEqual(['Quibdó']);
    expect(withName(['Quibdó'], ' Cali ')).toEqual(['Quibdó', 'Cali']);
    expect(withName([], ' . ')).toEqual([]);
  });

  it('are not without end', () => {
    const full = Array.from({ length: MAX_FLAGGED }, (_, index) => `Ciudad ${index}`);
    expect(withName(full, 'Otra')).toBe(full);
  });

  it('make the same policy in any order', () => {
    const turned = { ...DEFAULT_POLICY, risky_cities: DEFAULT_POLICY.risky_cities.toReversed() };
    expect(samePolicy(turned, DEFAULT_POLICY)).toBe(true);
    expect(samePolicy({ ...turned, risky_cities: ['Cali'] }, DEFAULT_POLICY)).toBe(false);
    expect(samePolicy({ ...turned, medium_from: 41 }, DEFAULT_POLICY)).toBe(false);
  });
});
