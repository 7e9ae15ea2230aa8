import type { BatchProgress, ShipmentStatus } from '../api/types';

/** Most tracking numbers that one batch by hand takes. */
export const MAX_NUMBERS = 500;

/** Tracking numbers out of a pasted text, each once; words without a digit are headings. */
export function pastedNumbers(text: string): string[] {
  const words = text.split(/[\s,;]+/).filter((word) => /\d/.test(word));
  return [...new Set(words)];
}

export const GROUPS = ['delivered', 'moving', 'office', 'issue', 'returned', 'cancelled'] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<ShipmentStatus, Group> = {
  CREATED: 'moving',
  PROCESSING: 'moving',
  SHIPPED: 'moving',
  IN_TRANSIT: 'moving',
  OUT_FOR_DELIVERY: 'moving',
  IN_OFFICE: 'office',
  DELIVERED: 'delivered',
  ISSUE: 'issue',
  RETURNED: 'returned',
  CANCELLED: 'cancelled',
};

export type GroupCounts = Record<Group, number>;

/** Shipments by what an operator asks for. */
export function groupCounts(counts: BatchProgress['now']): GroupCounts {
  const sums: GroupCounts = {
    delivered: 0,
    moving: 0,
    office: 0,
    issue: 0,
    returned: 0,
    cancelled: 0,
  };
  for (const { status, shipments } of counts) sums[GROUP_OF[status]] += shipments;
  return sums;
}

/** Whole percent, rounded down: 100 means that nothing is left. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 100) / whole);
}

export interface BatchSearch {
  carrier?: string;
  show?: 'pending' | 'reviewed';
}

/** Keeps what is valid and drops the rest, so that an edited address never breaks the page. */
export function parseBatchSearch(raw: Record<string, unknown>): BatchSearch {
  const search: BatchSearch = {};
  if (typeof raw.carrier === 'string' && raw.carrier.trim() !== '') {
    search.carrier = raw.carrier.trim().slice(0, 100);
  }
  if (raw.show === 'pending' || raw.show === 'reviewed') search.show = raw.show;
  return search;
}

export interface CompareSearch {
  with?: string;
  show?: 'new' | 'vanished' | 'changed';
}

export function parseCompareSearch(raw: Record<string, unknown>): CompareSearch {
  const search: CompareSearch = {};
  if (typeof raw.with === 'string' && /^[0-9a-f-]{36}$/i.test(raw.with)) search.with = raw.with;
  if (raw.show === 'new' || raw.show === 'vanished' || raw.show === 'changed') {
    search.show = raw.show;
  }
  return search;
}
