import { queryOptions } from '@tanstack/react-query';
import { queryString, request } from '../api/client';
import type { components } from '../api/openapi';

type Schemas = components['schemas'];
export type Inspection = Schemas['ImportInspection'];
export type InspectedColumn = Schemas['ImportColumn'];
export type Layout = Schemas['ImportLayout'];
export type LayoutField = Schemas['ImportLayoutColumn']['field'];
export type LayoutFilter = Schemas['ImportLayoutFilter'];
export type Transform = NonNullable<Schemas['ImportLayoutColumn']['transform']>;
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

export interface ReadyLayout {
  key: string;
  /** A preset's code, or the name under which it was saved. */
  name: string;
  layout: Layout;
}

/** Layouts to begin with: built-in ones, then those of the organisation. */
export function readyLayouts({ presets, items }: Profiles): ReadyLayout[] {
  return [
    ...presets.map(({ name, layout }) => ({ key: `preset:${name}`, name, layout })),
    ...items.map(({ id, name, layout }) => ({ key: id, name, layout })),
  ];
}

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

export const TRANSFORMS: readonly Transform[] = [
  'digits',
  'first_word',
  'last_word',
  'month_first',
];
const DAYS: readonly LayoutField[] = [
  'last_movement_at',
  'guide_created_at',
  'reported_at',
  'ordered_at',
];

/** What may be done with the cells of a field before they are read. */
export function transformsOf(field: LayoutField): readonly Transform[] {
  return DAYS.includes(field) ? TRANSFORMS : TRANSFORMS.filter((each) => each !== 'month_first');
}

export const RULES: readonly LayoutFilter['rule'][] = ['is', 'is_not', 'contains', 'contains_not'];
export const MAX_FILTERS = 20;

/** The layout with another field for a column; a field that stood elsewhere moves here. */
export function withField(layout: Layout, index: number, field: LayoutField | null): Layout {
  const columns = layout.columns.filter((each) => each.index !== index && each.field !== field);
  if (field) columns.push({ index, field });
  return {
    ...layout,
    columns: columns.sort((a, b) => a.index - b.index),
    // Rows are compared by columns that are read.
    ...(layout.filters && {
      filters: layout.filters.filter((each) => columns.some((one) => one.field === each.field)),
    }),
  };
}

export function withTransform(layout: Layout, index: number, transform: Transform | null): Layout {
  const columns = layout.columns.map((each) =>
    each.index === index ? { ...each, transform } : each,
  );
  return { ...layout, columns };
}

export function fieldAt(layout: Layout, index: number): LayoutField | null {
  return layout.columns.find((each) => each.index === index)?.field ?? null;
}

export function transformAt(layout: Layout, index: number): Transform | null {
  return layout.columns.find((each) => each.index === index)?.transform ?? null;
}

/** Without the guía or the order nothing tells which parcel a row is about. */
export function hasKey(layout: Layout): boolean {
  return layout.columns.some(({ field }) => field === 'tracking_number' || field === 'order_ref');
}
