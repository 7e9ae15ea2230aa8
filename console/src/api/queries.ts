import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ShipmentFilters } from '../lib/filters';
import { isLive, type Topic } from './live';
import { ApiError, queryString, request, setCsrfToken } from './client';
import type {
  Facets,
  ImportJob,
  NewOrder,
  Order,
  Page,
  QueueSummary,
  Session,
  Shipment,
  ShipmentDetail,
  ShipmentEvent,
} from './types';

/** How often a page asks again: seldom while it is told what changes, for what changes by time alone. */
const refreshMs = () => (isLive() ? 60_000 : 15_000);
const PAGE_SIZE = 100;
/** Above this many loaded pages a refresh is only done by hand: it would refetch all of them. */
export const AUTO_REFRESH_PAGES = 5;
const importPollMs = () => (isLive() ? 3_000 : 500);
const historyPollMs = () => (isLive() ? 10_000 : 2_000);

/** First members of the query keys that a change concerns. */
export const KEYS_OF_TOPIC: Record<Topic, readonly string[]> = {
  shipments: [
    'queue',
    'shipments',
    'queue-summary',
    'shipment',
    'shipment-events',
    'unmapped-statuses',
    'routes',
    'batch',
  ],
  orders: ['orders'],
  imports: ['imports', 'import', 'queue-summary', 'batches', 'batch', 'comparison'],
};

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
      (query.state.data?.pages.length ?? 0) > AUTO_REFRESH_PAGES ? false : refreshMs(),
  });
}

/** Carriers and cities that shipments have, to be offered as filters. */
export const facetsQuery = queryOptions({
  queryKey: ['facets'],
  queryFn: ({ signal }) => request<Facets>('/v1/shipments/facets', { signal }),
  staleTime: 60_000,
});

export const queueSummaryQuery = queryOptions({
  queryKey: ['queue-summary'],
  queryFn: ({ signal }) => request<QueueSummary>('/v1/queue/summary', { signal }),
  refetchInterval: refreshMs,
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
    refetchInterval: refreshMs,
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
      ? historyPollMs()
      : false,
});

/** Whether the file is kept until somebody says what its columns are, or lets it in. */
export function waitsForAnswer(job: Pick<ImportJob, 'status' | 'phase'>): boolean {
  return job.phase === 'waiting' && (job.status === 'held' || job.status === 'failed');
}

export function isImportRunning(job: Pick<ImportJob, 'status'>): boolean {
  return job.status === 'queued' || job.status === 'running';
}

export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) =>
      request<ImportJob>(`/v1/imports/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) =>
      query.state.data && !isImportRunning(query.state.data) ? false : importPollMs(),
    staleTime: 0,
  });
}

export const ordersQuery = infiniteQueryOptions({
  queryKey: ['orders'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<Order>>(`/v1/orders${queryString({ cursor: pageParam, limit: 50 })}`, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export function placeOrder(body: NewOrder): Promise<Order> {
  return request<Order>('/v1/orders', { method: 'POST', body });
}
