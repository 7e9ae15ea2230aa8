import { describe, expect, it } from 'vitest';
import { sumReasons } from './risk';

describe('sumReasons', () => {
  it('orders the reasons by weight and adds them up', () => {
    const result = sumReasons(
      [
        { code: 'novedad_present', points: 15 },
        { code: '72h_no_movement', points: 35 },
      ],
      50,
    );
    expect(result.reasons.map(({ code }) => code)).toEqual(['72h_no_movement', 'novedad_present']);
    expect(result).toMatchObject({ sum: 50, capped: false, explained: true });
  });

  it('explains a score that stopped at 100', () => {
    const result = sumReasons(
      [
        { code: '120h_no_movement', points: 50 },
        { code: 'status_exception', points: 60 },
      ],
      100,
    );
    expect(result).toMatchObject({ sum: 110, capped: true, explained: true });
  });

  it('admits when the reasons do not add up', () => {
    expect(sumReasons([{ code: 'risky_city', points: 10 }], 40).explained).toBe(false);
  });

  it('has nothing to explain for a score of 0', () => {
    expect(sumReasons([], 0)).toMatchObject({ sum: 0, explained: true });
  });
});
