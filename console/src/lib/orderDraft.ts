import type { NewOrder, Problem } from '../api/types';

/** What stands in the form, as it was typed. */
export interface OrderDraft {
  name: string;
  phone: string;
  address: string;
  /** `La Unión, Nariño`: the department decides between cities of one name. */
  city: string;
  total: string;
  lines: { name: string; quantity: string }[];
}

export const EMPTY_LINE = { name: '', quantity: '1' } as const;

export const EMPTY_DRAFT: OrderDraft = {
  name: '',
  phone: '',
  address: '',
  city: '',
  total: '',
  lines: [EMPTY_LINE],
};

/** Whole pesos: points, commas, spaces and the sign are how people group them. */
export function pesos(text: string): number {
  const digits = text.replace(/[^\d]/g, '');
  return digits === '' ? 0 : Number(digits);
}

export function toOrder(draft: OrderDraft): NewOrder {
  const comma = draft.city.lastIndexOf(',');
  const city = comma < 0 ? draft.city : draft.city.slice(0, comma);
  const department = comma < 0 ? null : draft.city.slice(comma + 1).trim();
  return {
    customer: { name: draft.name, phone: draft.phone },
    address: draft.address,
    city: city.trim(),
    department,
    total: pesos(draft.total),
    payment_method: 'cod',
    items: draft.lines.map(({ name, quantity }) => ({ name, quantity: Number(quantity) })),
  };
}

/** Names of the fields that the server could not use. */
export function fieldErrors(problem: Problem | undefined): ReadonlySet<string> {
  return new Set(problem?.errors?.map(({ field }) => field));
}
