/** Batches: shipments that were loaded together. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import { isLive } from './live';
import type {
  Batch,
  BatchComparison,
  BatchProgress,
  BatchShipment,
  BatchStatus,
  ComparedShipment,
  FilledBatch,
  Marked,
  Page,
} from './types';

const PAGE_SIZE = 50;
const fillingPollMs = () => (isLive() ? 5_000 : 1_000);

const path = (id: string, rest = '') => `/v1/batches/${encodeURIComponent(id)}${rest}`;

export function batchesQuery(status: BatchStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ['batches', status ?? null],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Batch>>(
        `/v1/batches${queryString({ status, cursor: pageParam, limit: PAGE_SIZE })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some(({ filling }) => filling))
        ? fillingPollMs()
        : false,
  });
}

/** The batch that an import made; none while it has brought no shipment. */
export function importBatchQuery(importId: string) {
  return queryOptions({
    queryKey: ['batches', 'of-import', importId],
    queryFn: async ({ signal }) => {
      const found = await request<Page<Batch>>(
        `/v1/batches${queryString({ import_id: importId })}`,
        { signal },
      );
      return found.items[0] ?? null;
    },
  });
}

export function batchQuery(id: string) {
  return queryOptions({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => request<Batch>(path(id), { signal }),
    refetchInterval: (query) => (query.state.data?.filling ? fillingPollMs() : false),
  });
}

export function batchProgressQuery(id: string) {
  return queryOptions({
    queryKey: ['batch', id, 'progress'],
    queryFn: ({ signal }) => request<Page<BatchProgress>>(path(id, '/progress'), { signal }),
  });
}

export interface BatchFilters {
  carrier?: string | undefined;
  reviewed?: 'true' | 'false' | undefined;
}

export function batchShipmentsQuery(id: string, filters: BatchFilters) {
  return infiniteQueryOptions({
    queryKey: ['batch', id, 'shipments', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<BatchShipment>>(
        path(id, `/shipments${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`),
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function comparisonQuery(later: string, earlier: string) {
  return queryOptions({
    queryKey: ['comparison', later, earlier],
    queryFn: ({ signal }) =>
      request<BatchComparison>(path(later, `/comparison${queryString({ with: earlier })}`), {
        signal,
      }),
  });
}

export type Difference = 'new' | 'vanished' | 'changed';

export function comparedQuery(later: string, earlier: string, difference: Difference) {
  return infiniteQueryOptions({
    queryKey: ['comparison', later, earlier, difference],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ComparedShipment>>(
        path(
          later,
          `/comparison/shipments${queryString({ with: earlier, difference, cursor: pageParam, limit: PAGE_SIZE })}`,
        ),
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function createBatch(body: {
  label: string | null;
  tracking_numbers: string[];
}): Promise<FilledBatch> {
  return request('/v1/batches', { method: 'POST', body });
}

export function putBatchStatus(id: string, status: BatchStatus): Promise<Batch> {
  return request(path(id, '/status'), { method: 'PUT', body: { status } });
}

export function putReviews(
  id: string,
  shipmentIds: readonly string[],
  reviewed: boolean,
): Promise<Marked> {
  const body = { shipment_ids: shipmentIds, reviewed };
  return request(path(id, '/reviews'), { method: 'PUT', body });
}
