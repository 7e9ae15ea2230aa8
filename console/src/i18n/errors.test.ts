import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/client';
import { es } from './es';
import { errorMessage } from './errors';
import { createTranslator } from './translate';

const translator = createTranslator('es', es);

function told(slug: string, status: number, retry_after?: number): string {
  const problem = { type: `/problems/${slug}`, title: '', status };
  const error = new ApiError(retry_after === undefined ? problem : { ...problem, retry_after });
  return errorMessage(error, translator);
}

describe('errorMessage', () => {
  it('says how long a locked log-in stays so', () => {
    expect(told('too-many-attempts', 429, 1801)).toContain('en 31 minutos');
    expect(told('too-many-attempts', 429, 60)).toContain('en 1 minuto.');
  });

  it('says how long to wait after too many requests', () => {
    expect(told('too-many-requests', 429, 12)).toContain('Espere un momento');
    expect(told('too-many-requests', 429)).toContain('Espere un momento');
    expect(told('too-many-at-once', 429, 90)).toContain('Espere 2 minutos');
  });

  it('has words for every failure', () => {
    expect(told('overloaded', 503, 1)).toBe(es['error.server']);
    expect(errorMessage(new Error('?'), translator)).toBe(es['error.unknown']);
  });
});
