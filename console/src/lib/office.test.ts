import { expect, it } from 'vitest';
import { officeWords } from './office';

it('says how long a parcel is kept, and since when no longer', () => {
  expect(officeWords({ days_left: 2, overdue: false })).toEqual({ key: 'office.left', count: 2 });
  expect(officeWords({ days_left: 0, overdue: false })).toEqual({ key: 'office.today' });
  expect(officeWords({ days_left: 0, overdue: true })).toEqual({ key: 'office.over.now' });
  expect(officeWords({ days_left: -3, overdue: true })).toEqual({ key: 'office.over', count: 3 });
  expect(officeWords({ days_left: null, overdue: false })).toEqual({ key: 'office.unknown' });
});
