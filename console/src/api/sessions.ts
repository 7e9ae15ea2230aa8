/** Where the person is logged in. */
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';
import type { OpenSession } from './types';

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => request<{ items: OpenSession[] }>('/v1/sessions', { signal }),
});

export function endSession({ id }: OpenSession): Promise<void> {
  return request(`/v1/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function endOtherSessions(): Promise<void> {
  return request('/v1/sessions', { method: 'DELETE' });
}
