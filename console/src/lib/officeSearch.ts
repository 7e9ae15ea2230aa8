export const OFFICE_LIGHTS = ['red', 'amber', 'green', 'grey'] as const;
export type OfficeLight = (typeof OFFICE_LIGHTS)[number];

/** What the address says of the list. */
export interface OfficeSearch {
  carrier?: string | undefined;
  city?: string | undefined;
  light?: OfficeLight | undefined;
  overdue?: 'true' | undefined;
}

const text = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** The filters of an address; what cannot be read is left out. */
export function parseOfficeSearch(raw: Record<string, unknown>): OfficeSearch {
  const light = OFFICE_LIGHTS.find((each) => each === raw.light);
  const [carrier, city] = [text(raw.carrier), text(raw.city)];
  return {
    ...(light && { light }),
    ...(carrier && { carrier }),
    ...(city && { city }),
    ...(String(raw.overdue) === 'true' && { overdue: 'true' as const }),
  };
}
