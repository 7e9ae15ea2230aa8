import { describe, expect, it } from 'vitest';
import { givenCredentials, missingFields } from './carriers';

describe('credentials of a carrier', () => {
  it('are trimmed, and empty ones stay as they were', () => {
    expect(givenCredentials({ usuario: ' ana ', clave: '  ' })).toEqual({ usuario: 'ana' });
  });

  it('are asked for while they are required and unknown', () => {
    const field = (name: string, required: boolean, given: boolean) => ({ name, required, given });
    const fields = [field('a', true, false), field('b', true, true), field('c', false, false)];
    expect(missingFields(fields, {})).toEqual(['a']);
    expect(missingFields(fields, { a: ' ' })).toEqual(['a']);
    expect(missingFields(fields, { a: 'x' })).toEqual([]);
  });
});
