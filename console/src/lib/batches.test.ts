import { expect, it } from 'vitest';
import { SHIPMENT_STATUSES } from '../api/types';
import {
  groupCounts,
  parseBatchSearch,
  parseCompareSearch,
  pastedNumbers,
  percentOf,
} from './batches';

it('takes each number of a pasted column once and leaves out its heading', () => {
  const pasted = 'Guía\n50012345678\n 50012345679,50012345678;\tENV1234567890\n';
  expect(pastedNumbers(pasted)).toEqual(['50012345678', '50012345679', 'ENV1234567890']);
  expect(pastedNumbers('  \n')).toEqual([]);
});

it('counts every status in one group', () => {
  const counts = groupCounts(SHIPMENT_STATUSES.map((status) => ({ status, shipments: 1 })));
  expect(counts).toEqual({
    delivered: 1,
    moving: 5,
    office: 1,
    issue: 1,
    returned: 1,
    cancelled: 1,
  });
});

it('says 100 % only when nothing is left', () => {
  expect([percentOf(0, 0), percentOf(199, 200), percentOf(200, 200)]).toEqual([0, 99, 100]);
});

it('keeps of an address what is valid', () => {
  expect(parseBatchSearch({ carrier: ' tcc ', show: 'pending', more: 1 })).toEqual({
    carrier: 'tcc',
    show: 'pending',
  });
  expect(parseBatchSearch({ carrier: 3, show: 'x' })).toEqual({});
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  expect(parseCompareSearch({ with: id, show: 'new' })).toEqual({ with: id, show: 'new' });
  expect(parseCompareSearch({ with: '../x', show: 'all' })).toEqual({});
});
