import { expect, test } from 'vitest';
import { EMPTY_DRAFT, fieldErrors, pesos, toOrder } from './orderDraft';

test('amounts as people type them', () => {
  expect(['85.000', '$ 85,000', '85000', ' 1.234.567 ', '', 'x'].map(pesos)).toEqual([
    85_000, 85_000, 85_000, 1_234_567, 0, 0,
  ]);
});

test('a department behind the last comma decides between cities', () => {
  const order = (city: string) => toOrder({ ...EMPTY_DRAFT, city });
  expect(order('La Unión, Nariño')).toMatchObject({ city: 'La Unión', department: 'Nariño' });
  expect(order('Cali')).toMatchObject({ city: 'Cali', department: null });
});

test('the fields of a problem are named', () => {
  const errors = [{ field: 'customer.phone', code: 'invalid' }];
  const problem = { type: '/problems/x', title: 'x', status: 422, errors };
  expect(fieldErrors(problem).has('customer.phone')).toBe(true);
  expect(fieldErrors(undefined).size).toBe(0);
});
