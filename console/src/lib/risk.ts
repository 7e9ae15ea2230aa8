import type { RiskReason } from '../api/types';

export const MAX_SCORE = 100;

export interface ReasonSum {
  /** Reasons that carry points, heaviest first. */
  reasons: RiskReason[];
  sum: number;
  /** The points exceed the highest score, which is why the score is lower than the sum. */
  capped: boolean;
  /** The sum, after the cap, equals the score the server sent. */
  explained: boolean;
}

export function sumReasons(reasons: readonly RiskReason[], score: number): ReasonSum {
  const ordered = [...reasons].sort((a, b) => b.points - a.points);
  const sum = ordered.reduce((total, reason) => total + reason.points, 0);
  const capped = sum > MAX_SCORE;
  return { reasons: ordered, sum, capped, explained: Math.min(sum, MAX_SCORE) === score };
}
