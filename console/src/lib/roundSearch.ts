export interface RoundSearch {
  /** The first day, as `2026-03-01`; absent for the first of the month. */
  from?: string | undefined;
  /** The last day; absent for today. */
  to?: string | undefined;
}

function day(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const at = new Date(`${value}T00:00:00Z`);
  // A day that does not exist is taken for another one.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value) ? value : undefined;
}

/** Keeps what is valid and drops the rest, so that an edited address never breaks the page. */
export function parseRoundSearch(raw: Record<string, unknown>): RoundSearch {
  const [from, to] = [day(raw.from), day(raw.to)];
  return { ...(from && { from }), ...(to && { to }) };
}
