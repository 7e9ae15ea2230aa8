import { describe, expect, it } from 'vitest';
import { fieldAt, FIELDS, hasKey, withField, type Layout } from './mapping';

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
