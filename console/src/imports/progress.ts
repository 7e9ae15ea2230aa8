import type { ImportJob } from '../api/types';

/**
 * Share of the work done, 0 to 1, or null while the number of rows is unknown.
 * Reading and applying weigh the same.
 */
export function progressShare({ phase, progress }: ImportJob): number | null {
  if (phase === 'done') return 1;
  if (phase === 'waiting') return 0;
  const { rows_total: total, rows_read: read, rows_applied: applied } = progress;
  if (total === null || total === 0) return null;
  return Math.min(1, (read + applied) / (2 * total));
}
