import { RISK_LEVELS, SHIPMENT_STATUSES, type RiskLevel, type ShipmentStatus } from '../api/types';

/** Filters the server understands; absent members do not filter. */
export interface ShipmentFilters {
  level?: RiskLevel;
  status?: ShipmentStatus;
  carrier?: string;
  city?: string;
  q?: string;
  /** Finished shipments in the queue too. */
  include_terminal?: 'true';
}

/** What the address bar of a shipment list holds. */
export interface ShipmentSearch extends ShipmentFilters {
  /** Id of the shipment open in the side panel. */
  open?: string;
}

type RawSearch = Record<string, unknown>;

const MAX_TEXT = 100;

function text(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim().slice(0, MAX_TEXT);
  return trimmed === '' ? undefined : trimmed;
}

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[]): T | undefined {
  const upper = value?.toUpperCase();
  return allowed.find((candidate) => candidate === upper);
}

/** Keeps what is valid and drops the rest, so that an edited address never breaks the page. */
export function parseShipmentSearch(raw: RawSearch): ShipmentSearch {
  const search: ShipmentSearch = {};
  const level = oneOf(text(raw, 'level'), RISK_LEVELS);
  const status = oneOf(text(raw, 'status'), SHIPMENT_STATUSES);
  if (level) search.level = level;
  if (status) search.status = status;
  if (text(raw, 'include_terminal') === 'true') search.include_terminal = 'true';
  for (const name of ['carrier', 'city', 'q', 'open'] as const) {
    const value = text(raw, name);
    if (value) search[name] = value;
  }
  return search;
}

export function filtersOf(search: ShipmentSearch): ShipmentFilters {
  const { open, ...filters } = search;
  return filters;
}

/** Sets one filter, or removes it with an empty value. */
export function withFilter(
  filters: ShipmentFilters,
  name: keyof ShipmentFilters,
  value: string,
): ShipmentFilters {
  const { [name]: replaced, ...others } = filters;
  return value === '' ? others : parseShipmentSearch({ ...others, [name]: value });
}

export function hasFilters(filters: ShipmentFilters): boolean {
  return Object.keys(filters).length > 0;
}

/** Only paths of this console may follow a log-in; anything else goes home. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/cola';
  if (next.startsWith('//') || next.startsWith('/\\') || next.startsWith('/login')) return '/cola';
  return next;
}

/** Plain `name=value` pairs: a guía stays a string of digits and is never quoted. */
export function parseSearchString(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
  }
  const result = params.toString();
  return result ? `?${result}` : '';
}
