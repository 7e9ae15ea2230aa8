import { expect, test } from 'vitest';
import { parseDiscrepancySearch } from './discrepancies';

test('an address is read, and what cannot be read is left out', () => {
  const raw = { kind: 'moved_back', carrier: 'tcc', city: ' Cali ', reviewed: 'true' };
  expect(parseDiscrepancySearch(raw)).toEqual({ ...raw, city: 'Cali' });
  expect(parseDiscrepancySearch({ kind: 'x', carrier: '', city: 5, reviewed: 'no' })).toEqual({});
});
