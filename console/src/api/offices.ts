/** Parcels that wait at offices, by the days that are left. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import type { OfficeStays } from './types';

const STALE_MS = 15_000;
const PAGE_SIZE = 50;

export interface OfficeFilters {
  carrier?: string | undefined;
  city?: string | undefined;
  light?: string | undefined;
  overdue?: 'true' | undefined;
}

export function officeStaysQuery(filters: OfficeFilters) {
  return infiniteQueryOptions({
    queryKey: ['office-stays', filters],
    queryFn: ({ pageParam, signal }) =>
      request<OfficeStays>(
        `/v1/office-stays${queryString({ ...filters, cursor: pageParam, limit: PAGE_SIZE })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: STALE_MS,
  });
}
