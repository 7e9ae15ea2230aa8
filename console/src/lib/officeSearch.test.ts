import { expect, test } from 'vitest';
import { parseOfficeSearch } from './officeSearch';

test('an address is read, and what cannot be read is left out', () => {
  const raw = { light: 'amber', carrier: 'tcc', city: ' Cali ', overdue: 'true' };
  expect(parseOfficeSearch(raw)).toEqual({ ...raw, city: 'Cali' });
  expect(parseOfficeSearch({ light: 'blue', carrier: '', city: 5, overdue: 'no' })).toEqual({});
});
