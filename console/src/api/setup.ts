/** What administrators look after: phrases, shops, risk, and what failed. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import type {
  DeadTask,
  NewRiskPolicy,
  NewShop,
  Page,
  ParkedEvent,
  PrivacyRequest,
  RiskPolicy,
  Shop,
  StatusMapping,
  UnmappedStatus,
  WebhookFailure,
} from './types';

const PAGE_SIZE = 50;
const PENDING_SHOP_POLL_MS = 5_000;

export const mappingsQuery = queryOptions({
  queryKey: ['status-mappings'],
  queryFn: ({ signal }) => request<Page<StatusMapping>>('/v1/status-mappings', { signal }),
});

export function putMappings(items: readonly StatusMapping[]): Promise<void> {
  return request('/v1/status-mappings', { method: 'PUT', body: { items } });
}

export function deleteMapping({ carrier_code, phrase }: StatusMapping): Promise<void> {
  const path = `/v1/status-mappings${queryString({ carrier_code, phrase })}`;
  return request(path, { method: 'DELETE' });
}

export const shopsQuery = queryOptions({
  queryKey: ['shops'],
  queryFn: ({ signal }) => request<Page<Shop>>('/v1/shops', { signal }),
  refetchInterval: (query) =>
    query.state.data?.items.some(({ status }) => status === 'pending')
      ? PENDING_SHOP_POLL_MS
      : false,
});

export function registerShop(body: NewShop): Promise<Shop> {
  return request<Shop>('/v1/shops', { method: 'POST', body });
}

export function releaseShop(domain: string): Promise<void> {
  return request(`/v1/shops/${encodeURIComponent(domain)}`, { method: 'DELETE' });
}

function pagedQuery<T>(name: string) {
  return infiniteQueryOptions({
    queryKey: [name],
    queryFn: ({ pageParam, signal }) =>
      request<Page<T>>(`/v1/${name}${queryString({ cursor: pageParam, limit: PAGE_SIZE })}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const unmappedQuery = pagedQuery<UnmappedStatus>('unmapped-statuses');
export const webhookFailuresQuery = pagedQuery<WebhookFailure>('webhook-failures');
export const privacyRequestsQuery = pagedQuery<PrivacyRequest>('privacy-requests');
export const deadTasksQuery = pagedQuery<DeadTask>('dead-tasks');

export const parkedEventsQuery = queryOptions({
  queryKey: ['parked-events'],
  queryFn: ({ signal }) => request<Page<ParkedEvent>>('/v1/parked-events', { signal }),
});

export function retryWebhook({ id }: WebhookFailure): Promise<void> {
  return request(`/v1/webhook-failures/${encodeURIComponent(id)}/retry`, { method: 'POST' });
}

export function retryTask({ id }: DeadTask): Promise<void> {
  return request(`/v1/dead-tasks/${encodeURIComponent(id)}/retry`, { method: 'POST' });
}

export function retryEvent({ reaction, position }: ParkedEvent): Promise<void> {
  const path = `/v1/parked-events/${encodeURIComponent(reaction)}/${position}/retry`;
  return request(path, { method: 'POST' });
}

export const riskPolicyQuery = queryOptions({
  queryKey: ['risk-policy'],
  queryFn: ({ signal }) => request<RiskPolicy>('/v1/risk-policy', { signal }),
});

export function putRiskPolicy(body: NewRiskPolicy): Promise<RiskPolicy> {
  return request<RiskPolicy>('/v1/risk-policy', { method: 'PUT', body });
}
