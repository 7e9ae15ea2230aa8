import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ShipmentFilters } from '../lib/filters';
import { ApiError, queryString, request, setCsrfToken } from './client';
import type {
  ImportJob,
  Order,
  Page,
  QueueSummary,
  Session,
  Shipment,
  ShipmentDetail,
  ShipmentEvent,
} from './schema';

const REFRESH_MS = 15_000;
const PAGE_SIZE = 100;
/** Above this many loaded pages a refresh is only done by hand: it would refetch all of them. */
const AUTO_REFRESH_PAGES = 5;
const IMPORT_POLL_MS = 500;
const HISTORY_POLL_MS = 2_000;

export type ShipmentSource = 'queue' | 'shipments';

async function fetchSession(signal: AbortSignal): Promise<Session | null> {
  try {
    const session = await request<Session>('/v1/session', { signal });
    setCsrfToken(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: 5 * 60_000,
  gcTime: Infinity,
});

export async function logIn(email: string, password: string): Promise<Session> {
  const body = { email, password };
  const session = await request<Session>('/v1/session', { method: 'POST', body });
  setCsrfToken(session.csrf_token);
  return session;
}

export interface SetupRequest {
  token: string;
  name: string;
  email: string;
  password: string;
}

export async function setUp(body: SetupRequest): Promise<Session> {
  const session = await request<Session>('/v1/setup', { method: 'POST', body });
  setCsrfToken(session.csrf_token);
  return session;
}

export async function logOut(): Promise<void> {
  await request('/v1/session', { method: 'DELETE' });
  setCsrfToken(null);
}

export function shipmentListQuery(source: ShipmentSource, filters: ShipmentFilters) {
  return infiniteQueryOptions({
    queryKey: [source, filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Shipment>>(
        `/v1/${source}${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      (query.state.data?.pages.length ?? 0) > AUTO_REFRESH_PAGES ? false : REFRESH_MS,
  });
}

/** The first rows without filters, to offer their carriers and cities as filters. */
export function facetsQuery(source: ShipmentSource) {
  return queryOptions({
    queryKey: ['facets', source],
    queryFn: async ({ signal }) => {
      const page = await request<Page<Shipment>>(`/v1/${source}?limit=200`, { signal });
      return page.items;
    },
    staleTime: 60_000,
  });
}

export const queueSummaryQuery = queryOptions({
  queryKey: ['queue-summary'],
  queryFn: ({ signal }) => request<QueueSummary>('/v1/queue/summary', { signal }),
  refetchInterval: REFRESH_MS,
});

export function quickFindQuery(text: string) {
  return queryOptions({
    queryKey: ['quick-find', text],
    queryFn: ({ signal }) =>
      request<Page<Shipment>>(`/v1/shipments${queryString({ q: text, limit: 6 })}`, { signal }),
    enabled: text.length >= 5,
    placeholderData: keepPreviousData,
  });
}

export function shipmentQuery(id: string) {
  return queryOptions({
    queryKey: ['shipment', id],
    queryFn: ({ signal }) =>
      request<ShipmentDetail>(`/v1/shipments/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function shipmentEventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['shipment-events', id],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ShipmentEvent>>(
        `/v1/shipments/${encodeURIComponent(id)}/events${queryString({ cursor: pageParam, limit: 50 })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const importsQuery = infiniteQueryOptions({
  queryKey: ['imports'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<ImportJob>>(`/v1/imports${queryString({ cursor: pageParam, limit: 20 })}`, {
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: (query) =>
    query.state.data?.pages.some((page) => page.items.some(isImportRunning))
      ? HISTORY_POLL_MS
      : false,
});

export function isImportRunning(job: Pick<ImportJob, 'status'>): boolean {
  return job.status === 'queued' || job.status === 'running';
}

export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) =>
      request<ImportJob>(`/v1/imports/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) =>
      query.state.data && !isImportRunning(query.state.data) ? false : IMPORT_POLL_MS,
    staleTime: 0,
  });
}

async function fetchOrders(cursor: string | null, signal: AbortSignal): Promise<Page<Order>> {
  try {
    return await request<Page<Order>>(`/v1/orders${queryString({ cursor, limit: 50 })}`, {
      signal,
    });
  } catch (error) {
    // A server without the orders interface has no orders to show.
    if (error instanceof ApiError && error.status === 404) return { items: [], next_cursor: null };
    throw error;
  }
}

export const ordersQuery = infiniteQueryOptions({
  queryKey: ['orders'],
  queryFn: ({ pageParam, signal }) => fetchOrders(pageParam, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});
