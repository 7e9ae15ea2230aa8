/** Routes: where cash on delivery pays, and what follows from it; and parcels that wait at an office. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import type {
  AssignmentSimulation,
  BestCarrier,
  NewRoutePause,
  OfficeStay,
  Page,
  Route,
  RouteGrid,
  RouteLosses,
  RouteMatrix,
  RoutePause,
  RoutePolicy,
  RoutePolicyInForce,
  ShipmentSources,
} from './types';

const STALE_MS = 30_000;
const PAGE_SIZE = 200;

export interface RouteFilters {
  /** Municipality code, or name. */
  city?: string | undefined;
  carrier?: string | undefined;
  light?: string | undefined;
  to_block?: string | undefined;
}

export function routesQuery(filters: RouteFilters) {
  return infiniteQueryOptions({
    queryKey: ['routes', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Route>>(
        `/v1/routes${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: STALE_MS,
  });
}

export const routeGridQuery = queryOptions({
  queryKey: ['routes', 'grid'],
  queryFn: ({ signal }) => request<RouteGrid>('/v1/routes/grid', { signal }),
  staleTime: STALE_MS,
});

export const routeLossesQuery = queryOptions({
  queryKey: ['routes', 'losses'],
  queryFn: ({ signal }) => request<RouteLosses>('/v1/routes/losses', { signal }),
  staleTime: STALE_MS,
});

export const routeMatrixQuery = queryOptions({
  queryKey: ['routes', 'matrix'],
  queryFn: ({ signal }) => request<RouteMatrix>('/v1/routes/matrix', { signal }),
  staleTime: STALE_MS,
});

export interface BestCarrierInput {
  order_value?: number | undefined;
  product_cost?: number | undefined;
}

export function bestCarrierQuery(city: string, input: BestCarrierInput) {
  return queryOptions({
    queryKey: ['routes', 'best', city, input],
    queryFn: ({ signal }) =>
      request<BestCarrier>(
        `/v1/cities/${encodeURIComponent(city)}/best-carrier${queryString({ ...input })}`,
        { signal },
      ),
    staleTime: STALE_MS,
  });
}

export interface SimulationInput {
  to_carrier: string;
  from_carrier?: string | undefined;
  city?: string | undefined;
}

export function simulationQuery(input: SimulationInput) {
  return queryOptions({
    queryKey: ['routes', 'simulation', input],
    queryFn: ({ signal }) =>
      request<AssignmentSimulation>(`/v1/routes/simulation${queryString({ ...input })}`, {
        signal,
      }),
    staleTime: STALE_MS,
  });
}

export const routePausesQuery = infiniteQueryOptions({
  queryKey: ['routes', 'pauses'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<RoutePause>>(`/v1/route-pauses${queryString({ cursor: pageParam, limit: 50 })}`, {
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

/** What is paused now, as far as one page goes. */
export const activePausesQuery = queryOptions({
  queryKey: ['routes', 'pauses', 'active'],
  queryFn: ({ signal }) =>
    request<Page<RoutePause>>('/v1/route-pauses?active=true&limit=200', { signal }),
  staleTime: STALE_MS,
});

export function pauseRoute(body: NewRoutePause): Promise<RoutePause> {
  return request<RoutePause>('/v1/route-pauses', { method: 'POST', body });
}

export function resumeRoute(id: string): Promise<RoutePause> {
  const path = `/v1/route-pauses/${encodeURIComponent(id)}/resume`;
  return request<RoutePause>(path, { method: 'POST', body: {} });
}

export const routePolicyQuery = queryOptions({
  queryKey: ['route-policy'],
  queryFn: ({ signal }) => request<RoutePolicyInForce>('/v1/route-policy', { signal }),
});

export function putRoutePolicy(body: {
  version: number;
  policy: RoutePolicy;
}): Promise<RoutePolicyInForce> {
  return request<RoutePolicyInForce>('/v1/route-policy', { method: 'PUT', body });
}

export function extendOfficeStay(
  shipment: string,
  body: { days: number; reason?: string },
): Promise<OfficeStay> {
  const path = `/v1/shipments/${encodeURIComponent(shipment)}/office-extensions`;
  return request<OfficeStay>(path, { method: 'POST', body });
}

export function withdrawOfficeExtension(shipment: string, extension: string): Promise<void> {
  const path = `/v1/shipments/${encodeURIComponent(shipment)}/office-extensions/${encodeURIComponent(extension)}`;
  return request(path, { method: 'DELETE' });
}

export function shipmentSourcesQuery(id: string) {
  return queryOptions({
    queryKey: ['shipment', id, 'sources'],
    queryFn: ({ signal }) =>
      request<ShipmentSources>(`/v1/shipments/${encodeURIComponent(id)}/sources`, { signal }),
  });
}
