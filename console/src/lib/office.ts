import type { OfficeStay } from '../api/types';

type Stay = Pick<OfficeStay, 'days_left' | 'overdue'>;

/** The words for how long a parcel is still kept; with a count where they have one. */
export function officeWords({
  days_left: left,
  overdue,
}: Stay):
  | { key: 'office.unknown' | 'office.today' | 'office.over.now'; count?: undefined }
  | { key: 'office.left' | 'office.over'; count: number } {
  if (left === null) return { key: 'office.unknown' };
  if (left > 0) return { key: 'office.left', count: left };
  if (left < 0) return { key: 'office.over', count: -left };
  // On a weekend after the last day no business day has gone by.
  return { key: overdue ? 'office.over.now' : 'office.today' };
}
