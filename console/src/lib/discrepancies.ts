import { DISCREPANCY_KINDS, type DiscrepancyKind } from '../api/types';

/** What the address says of the list. */
export interface DiscrepancySearch {
  kind?: DiscrepancyKind | undefined;
  carrier?: string | undefined;
  city?: string | undefined;
  reviewed?: 'true' | undefined;
}

const text = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** The filters of an address; what cannot be read is left out. */
export function parseDiscrepancySearch(raw: Record<string, unknown>): DiscrepancySearch {
  const kind = DISCREPANCY_KINDS.find((each) => each === raw.kind);
  const [carrier, city] = [text(raw.carrier), text(raw.city)];
  return {
    ...(kind && { kind }),
    ...(carrier && { carrier }),
    ...(city && { city }),
    ...(String(raw.reviewed) === 'true' && { reviewed: 'true' as const }),
  };
}
