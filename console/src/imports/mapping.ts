import { queryOptions } from '@tanstack/react-query';
import { queryString, request } from '../api/client';
import type { components } from '../api/openapi';

type Schemas = components['schemas'];
export type Inspection = Schemas['ImportInspection'];
export type InspectedColumn = Schemas['ImportColumn'];
export type Layout = Schemas['ImportLayout'];
export type LayoutField = Schemas['ImportLayoutColumn']['field'];
export type Preview = Schemas['ImportPreview'];
export type Profiles = Schemas['ImportProfiles'];

/** Where to look: a sheet, and the row of the titles (0: there are none; null: look for it). */
export interface Place {
  sheet: string | null;
  headerRow: number | null;
}

export const ANYWHERE: Place = { sheet: null, headerRow: null };

export function inspectionQuery(id: string, place: Place) {
  const query = queryString({
    sheet: place.sheet ?? undefined,
    header_row: place.headerRow === null ? undefined : String(place.headerRow),
  });
  return queryOptions({
    queryKey: ['import-layout', id, place],
    queryFn: ({ signal }) => request<Inspection>(`/v1/imports/${id}/layout${query}`, { signal }),
    staleTime: Infinity,
  });
}

export const profilesQuery = queryOptions({
  queryKey: ['import-profiles'],
  queryFn: ({ signal }) => request<Profiles>('/v1/import-profiles', { signal }),
});

export const previewImport = (id: string, layout: Layout | null) =>
  request<Preview>(`/v1/imports/${id}/preview`, { method: 'POST', body: { layout } });

export const confirmImport = (id: string, layout: Layout | null, saveAs: string) =>
  request(`/v1/imports/${id}/mapping`, {
    method: 'POST',
    body: layout ? { layout, save_as: saveAs } : {},
  });

export const discardImport = (id: string) => request(`/v1/imports/${id}`, { method: 'DELETE' });

export const deleteProfile = (id: string) =>
  request(`/v1/import-profiles/${id}`, { method: 'DELETE' });

/** The fields a column may be given, those asked for most first. */
export const FIELDS: readonly LayoutField[] = [
  'tracking_number',
  'order_ref',
  'status',
  'carrier',
  'city',
  'department',
  'phone',
  'customer_name',
  'address',
  'email',
  'document',
  'collect',
  'freight',
  'return_cost',
  'product_cost',
  'profit',
  'novelty',
  'novelty_detail',
  'last_movement_text',
  'last_movement_at',
  'last_movement_time',
  'guide_created_at',
  'reported_at',
  'reported_time',
  'ordered_at',
  'payment_type',
  'seller',
  'store',
  'store_type',
  'notes',
  'item_name',
  'item_variation',
  'item_sku',
  'item_quantity',
  'item_product_id',
  'item_variation_id',
];

/** The layout with another field for a column; a field that stood elsewhere moves here. */
export function withField(layout: Layout, index: number, field: LayoutField | null): Layout {
  const columns = layout.columns.filter((each) => each.index !== index && each.field !== field);
  if (field) columns.push({ index, field });
  return { ...layout, columns: columns.sort((a, b) => a.index - b.index) };
}

export function fieldAt(layout: Layout, index: number): LayoutField | null {
  return layout.columns.find((each) => each.index === index)?.field ?? null;
}

/** Without the guía or the order nothing tells which parcel a row is about. */
export function hasKey(layout: Layout): boolean {
  return layout.columns.some(({ field }) => field === 'tracking_number' || field === 'order_ref');
}
