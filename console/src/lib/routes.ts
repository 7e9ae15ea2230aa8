import type { Route } from '../api/types';
import { fold } from './fold';

export const ROUTE_LIGHTS = ['green', 'amber', 'red', 'grey'] as const;
export type RouteLight = (typeof ROUTE_LIGHTS)[number];

export const ROUTE_SORTS = ['ended', 'light', 'city', 'rate', 'likely', 'days', 'loss'] as const;
export type RouteSort = (typeof ROUTE_SORTS)[number];

export const ROUTE_VIEWS = [
  'list',
  'grid',
  'losses',
  'matrix',
  'simulator',
  'pauses',
  'rules',
] as const;
export type RouteView = (typeof ROUTE_VIEWS)[number];

export interface RouteSearch {
  /** Absent for the list. */
  view?: Exclude<RouteView, 'list'>;
  /** As people read it: `La Unión, Nariño`. */
  city?: string;
  carrier?: string;
  light?: RouteLight;
  /** Only routes to block. */
  block?: 'only';
  /** A column, with `-` before it for the highest first. */
  sort?: string;
}

type RawSearch = Record<string, unknown>;
const MAX_TEXT = 100;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== ''
    ? value.trim().slice(0, MAX_TEXT)
    : undefined;
}

/** Keeps what is valid and drops the rest, so that an edited address never breaks the page. */
export function parseRouteSearch(raw: RawSearch): RouteSearch {
  const search: RouteSearch = {};
  const city = text(raw.city);
  const carrier = text(raw.carrier);
  const light = ROUTE_LIGHTS.find((each) => each === raw.light);
  const sort = text(raw.sort);
  const view = ROUTE_VIEWS.find((each) => each === raw.view);
  if (view && view !== 'list') search.view = view;
  if (raw.block === 'only') search.block = 'only';
  if (city) search.city = city;
  if (carrier) search.carrier = carrier;
  if (light) search.light = light;
  if (sort && ROUTE_SORTS.some((each) => each === sort.replace(/^-/, ''))) search.sort = sort;
  return search;
}

export interface RouteOrder {
  by: RouteSort;
  descending: boolean;
}

/** Those with most ended shipments first, unless the address says otherwise. */
export function routeOrder(sort: string | undefined): RouteOrder {
  const by = ROUTE_SORTS.find((each) => each === sort?.replace(/^-/, ''));
  return by
    ? { by, descending: sort?.startsWith('-') ?? false }
    : { by: 'ended', descending: true };
}

/** Figures begin with the highest, names with A, lights with the worst; a second press turns it around. */
export function nextSort(current: RouteOrder, by: RouteSort): string {
  const first = by !== 'city' && by !== 'light';
  const descending = current.by === by ? !current.descending : first;
  return `${descending ? '-' : ''}${by}`;
}

export function ended({ delivered, returned }: Route): number {
  return delivered + returned;
}

const LIGHT_RANK: Record<string, number> = { red: 0, amber: 1, green: 2, grey: 3 };

function figure(route: Route, by: Exclude<RouteSort, 'city'>): number | null {
  switch (by) {
    case 'ended':
      return ended(route);
    case 'light':
      return LIGHT_RANK[route.light] ?? null;
    case 'rate':
      return route.rate;
    case 'likely':
      return route.likely_rate;
    case 'days':
      return route.days;
    case 'loss':
      return route.loss.amount;
  }
}

function compare(a: Route, b: Route, { by, descending }: RouteOrder): number {
  const sign = descending ? -1 : 1;
  if (by === 'city') return sign * a.city_name.localeCompare(b.city_name, 'es');
  const [left, right] = [figure(a, by), figure(b, by)];
  // What is not known stands last, whichever way the others go.
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return sign * (left - right);
}

/** Ties stand in the order of the server: most ended shipments first. */
export function sortRoutes(routes: readonly Route[], order: RouteOrder): Route[] {
  return [...routes].sort((a, b) => compare(a, b, order));
}

interface NamedCity {
  name: string;
  department: string | null;
  dane_code: string | null;
}

const placeOf = ({ name, department }: NamedCity) => [name, department].filter(Boolean).join(', ');

/** The server's key of a city as people write it. */
export function cityKey(cities: readonly NamedCity[], written: string): string {
  const wanted = fold(written);
  const found =
    cities.find((city) => fold(placeOf(city)) === wanted) ??
    cities.find((city) => fold(city.name) === wanted);
  return found?.dane_code ?? wanted;
}

/** The place that names one municipality, for a filter of shipments. */
export function routePlace(cities: readonly NamedCity[], route: Route): string {
  const city = cities.find(({ dane_code }) => dane_code === route.city_key);
  return city ? placeOf(city) : route.city_name;
}

/** What a person wrote as whole pesos: `85.000` and `$ 85,000` are the same; null for what is no amount. */
export function wholeAmount(text: string): number | null | undefined {
  const plain = text.replace(/[\s$.,]/g, '');
  if (plain === '') return undefined;
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
