import { describe, expect, it } from 'vitest';
import { givenCredentials, missingFields } from './carriers';

describe('credentials of a carrier', () => {
  it('are trimmed, and empty ones stay as they were', () => {
    expect(givenCredentials({ usuario: ' ana ', clave: '  ' })).toEqual({ usuario: 'ana' });
  });

  it('are asked for while they are required and unknown', () => {
    const field = (name: string, required: boolean, given: boolean) => ({
      name,
      required,
      given,
      secret: true,
    });
    const fields = [field('a', true, false), field('b', true, true), field('c', false, false)];
    expect(missingFields(fields, {}, false)).toEqual(['a']);
    expect(missingFields(fields, { a: ' ' }, false)).toEqual(['a']);
    expect(missingFields(fields, { a: 'x' }, false)).toEqual([]);
  });

  it('are asked for again with another address, where they are secret and stored', () => {
    const field = (name: string, secret: boolean, given: boolean) => ({
      name,
      secret,
      given,
      required: false,
    });
    const fields = [field('a', true, true), field('b', false, true), field('c', true, false)];
    expect(missingFields(fields, {}, true)).toEqual(['a']);
    expect(missingFields(fields, { a: 'x' }, true)).toEqual([]);
    expect(missingFields(fields, {}, false)).toEqual([]);
  });
});
