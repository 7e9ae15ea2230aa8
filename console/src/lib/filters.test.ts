import { describe, expect, it } from 'vitest';
import {
  filtersOf,
  hasFilters,
  parseSearchString,
  parseShipmentSearch,
  safeNext,
  stringifySearch,
  withFilter,
} from './filters';

describe('parseShipmentSearch', () => {
  it('keeps what is valid', () => {
    const search = parseShipmentSearch({
      level: 'HIGH',
      status: 'in_office',
      carrier: 'TCC',
      city: ' Pasto ',
      q: '50012345678',
      open: 'abc',
    });
    expect(search).toEqual({
      level: 'HIGH',
      status: 'IN_OFFICE',
      carrier: 'TCC',
      city: 'Pasto',
      q: '50012345678',
      open: 'abc',
    });
  });

  it('knows that finished ones are wanted', () => {
    expect(parseShipmentSearch({ include_terminal: 'true' })).toEqual({ include_terminal: 'true' });
    expect(parseShipmentSearch({ include_terminal: 'si' })).toEqual({});
  });

  it('drops what is not', () => {
    const raw = { level: 'URGENT', status: '', city: '   ', q: 5, other: 'x' };
    expect(parseShipmentSearch(raw)).toEqual({});
  });

  it('bounds the length of text', () => {
    expect(parseShipmentSearch({ q: 'a'.repeat(500) }).q).toHaveLength(100);
  });
});

describe('filtersOf', () => {
  it('leaves the open shipment out', () => {
    expect(filtersOf({ level: 'LOW', open: 'abc' })).toEqual({ level: 'LOW' });
    expect(hasFilters(filtersOf({ open: 'abc' }))).toBe(false);
  });
});

describe('withFilter', () => {
  it('sets and removes one filter', () => {
    expect(withFilter({ level: 'HIGH' }, 'carrier', 'TCC')).toEqual({
      level: 'HIGH',
      carrier: 'TCC',
    });
    expect(withFilter({ level: 'HIGH', carrier: 'TCC' }, 'level', '')).toEqual({ carrier: 'TCC' });
  });

  it('lets a search and the other filters count together', () => {
    expect(withFilter({ level: 'HIGH' }, 'q', '500')).toEqual({ level: 'HIGH', q: '500' });
    expect(withFilter({ q: '500' }, 'level', 'LOW')).toEqual({ level: 'LOW', q: '500' });
    expect(withFilter({ q: '500' }, 'q', '')).toEqual({});
    expect(withFilter({ q: '500' }, 'city', '')).toEqual({ q: '500' });
  });
});

describe('search strings', () => {
  it('keep a guía as digits', () => {
    expect(parseSearchString('?q=0050012345678')).toEqual({ q: '0050012345678' });
    expect(stringifySearch({ q: '0050012345678' })).toBe('?q=0050012345678');
  });

  it('survive a round trip', () => {
    const search = { city: 'San Andrés & Providencia', level: 'HIGH' };
    expect(parseSearchString(stringifySearch(search))).toEqual(search);
    expect(stringifySearch({ open: undefined })).toBe('');
  });
});

describe('safeNext', () => {
  it('follows paths of this console only', () => {
    expect(safeNext('/guias?q=1')).toBe('/guias?q=1');
    for (const outside of ['https://example.com', '//example.com', '/\\example.com', '', null]) {
      expect(safeNext(outside)).toBe('/cola');
    }
    expect(safeNext('/login?next=/login')).toBe('/cola');
  });
});
