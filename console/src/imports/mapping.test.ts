import { describe, expect, it } from 'vitest';
import {
  fieldAt,
  FIELDS,
  hasKey,
  readyLayouts,
  transformsOf,
  withField,
  withTransform,
  type Layout,
} from './mapping';

const layout: Layout = {
  sheet: null,
  header_row: 1,
  first_row: 2,
  columns: [
    { index: 0, field: 'tracking_number' },
    { index: 2, field: 'phone' },
  ],
  defaults: [],
};

describe('the fields of columns', () => {
  it('moves a field that stood in another column', () => {
    const moved = withField(layout, 1, 'phone');
    expect(moved.columns).toEqual([
      { index: 0, field: 'tracking_number' },
      { index: 1, field: 'phone' },
    ]);
    expect(fieldAt(moved, 2)).toBeNull();
  });

  it('leaves a column out', () => {
    expect(withField(layout, 2, null).columns).toHaveLength(1);
    expect(hasKey(withField(layout, 0, null))).toBe(false);
    expect(hasKey(withField(layout, 0, 'order_ref'))).toBe(true);
  });

  it('offers each field once', () => {
    expect(new Set(FIELDS).size).toBe(FIELDS.length);
  });
});

it('offers built-in layouts before saved ones', () => {
  const moment = '2026-03-05T00:00:00Z';
  const saved = {
    id: 'p',
    name: 'Mi hoja',
    layout,
    titles: [],
    created_at: moment,
    updated_at: moment,
  };
  const ready = readyLayouts({
    items: [saved],
    next_cursor: null,
    presets: [{ name: 'phones', layout }],
  });
  expect(ready.map(({ key, name }) => [key, name])).toEqual([
    ['preset:phones', 'phones'],
    ['p', 'Mi hoja'],
  ]);
});

it('keeps the comparisons of columns that are read', () => {
  const filters = [
    { field: 'phone', rule: 'is_not', value: '' },
    { field: 'tracking_number', rule: 'contains', value: '500' },
  ] as const;
  const compared: Layout = { ...layout, filters: [...filters] };
  expect(withField(compared, 2, null).filters).toEqual([filters[1]]);
  expect(withField(compared, 5, 'phone').filters).toEqual(filters);
});

it('changes the cells of one column', () => {
  const changed = withTransform(layout, 2, 'digits');
  expect(changed.columns[1]).toEqual({ index: 2, field: 'phone', transform: 'digits' });
  expect(withTransform(changed, 2, null).columns[1]?.transform).toBeNull();
  expect(transformsOf('phone')).not.toContain('month_first');
  expect(transformsOf('reported_at')).toContain('month_first');
});
