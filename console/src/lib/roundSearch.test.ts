import { expect, it } from 'vitest';
import { parseRoundSearch } from './roundSearch';

it('keeps days that exist', () => {
  expect(parseRoundSearch({ from: '2026-03-01', to: '2026-03-31' })).toEqual({
    from: '2026-03-01',
    to: '2026-03-31',
  });
  expect(parseRoundSearch({ from: '2026-02-31', to: 'ayer' })).toEqual({});
  expect(parseRoundSearch({ from: 3, to: '2026-13-01' })).toEqual({});
});
