/** Shipments whose sources contradict themselves. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import type { Discrepancy, DiscrepancyCounts, Page } from './types';

const STALE_MS = 15_000;
const PAGE_SIZE = 50;

export interface DiscrepancyFilters {
  kind?: string | undefined;
  carrier?: string | undefined;
  city?: string | undefined;
  reviewed?: 'true' | undefined;
}

export function discrepanciesQuery(filters: DiscrepancyFilters) {
  return infiniteQueryOptions({
    queryKey: ['discrepancies', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Discrepancy>>(
        `/v1/discrepancies${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: STALE_MS,
  });
}

export const discrepancyCountsQuery = queryOptions({
  queryKey: ['discrepancies', 'counts'],
  queryFn: ({ signal }) => request<DiscrepancyCounts>('/v1/discrepancies/counts', { signal }),
  staleTime: STALE_MS,
});

export function reviewDiscrepancy(shipmentId: string, reviewed: boolean) {
  return request<Discrepancy>(`/v1/discrepancies/${encodeURIComponent(shipmentId)}/review`, {
    method: 'PUT',
    body: { reviewed },
  });
}
