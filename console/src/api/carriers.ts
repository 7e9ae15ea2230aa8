/** Carriers: their rules, the ways to them, and how recent what they say is. */
import { queryOptions } from '@tanstack/react-query';
import { queryString, request } from './client';
import type {
  CarrierChange,
  CarrierConnection,
  CarrierDetection,
  CarrierHealth,
  CarrierRules,
  CarrierWithRules,
  NewCarrierConnection,
  Page,
} from './types';

const REFRESH_MS = 15_000;

export const carriersQuery = queryOptions({
  queryKey: ['carriers'],
  queryFn: ({ signal }) => request<Page<CarrierWithRules>>('/v1/carriers', { signal }),
  staleTime: 60_000,
});

/** What the organisation changed about a carrier, the first change first. */
export function carrierChangesQuery(code: string) {
  return queryOptions({
    queryKey: ['carriers', code, 'changes'],
    queryFn: ({ signal }) =>
      request<Page<CarrierChange>>(`/v1/carriers/${encodeURIComponent(code)}/changes`, { signal }),
  });
}

export function putCarrierRules(code: string, body: { version: number; rules: CarrierRules }) {
  return request<CarrierWithRules>(`/v1/carriers/${encodeURIComponent(code)}`, {
    method: 'PUT',
    body,
  });
}

export const connectionsQuery = queryOptions({
  queryKey: ['carrier-connections'],
  queryFn: ({ signal }) => request<Page<CarrierConnection>>('/v1/carrier-connections', { signal }),
  refetchInterval: REFRESH_MS,
});

export const carrierHealthQuery = queryOptions({
  queryKey: ['carrier-health'],
  queryFn: ({ signal }) => request<Page<CarrierHealth>>('/v1/carriers/health', { signal }),
  refetchInterval: REFRESH_MS,
});

const pathOf = (carrier: string) => `/v1/carrier-connections/${encodeURIComponent(carrier)}`;

export function connectCarrier(
  carrier: string,
  body: NewCarrierConnection,
): Promise<CarrierConnection> {
  return request<CarrierConnection>(pathOf(carrier), { method: 'PUT', body });
}

export function disconnectCarrier(carrier: string): Promise<void> {
  return request(pathOf(carrier), { method: 'DELETE' });
}

export function testCarrier(carrier: string): Promise<CarrierConnection> {
  return request<CarrierConnection>(`${pathOf(carrier)}/test`, { method: 'POST' });
}

export function detectCarrier(number: string): Promise<CarrierDetection> {
  return request<CarrierDetection>(
    `/v1/carriers/detect${queryString({ tracking_number: number })}`,
  );
}
