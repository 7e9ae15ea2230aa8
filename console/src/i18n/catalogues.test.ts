import { describe, expect, it } from 'vitest';
import { EXCEPTION_REASONS, RISK_LEVELS, RISK_REASON_CODES, SHIPMENT_STATUSES } from '../api/types';
import { en } from './en';
import { es, type MessageKey } from './es';
import { createTranslator } from './translate';

const keys = Object.keys(es) as MessageKey[];
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
  });

  it.each(keys)('%s says something, with the same placeholders', (key) => {
    expect(es[key].trim()).not.toBe('');
    expect(en[key].trim()).not.toBe('');
    expect(placeholders(en[key])).toEqual(placeholders(es[key]));
  });

  it('name every code of the interface', () => {
    const wanted = [
      ...SHIPMENT_STATUSES.map((code) => `status.${code}`),
      ...RISK_LEVELS.map((code) => `level.${code}`),
      ...EXCEPTION_REASONS.map((code) => `exception.${code}`),
      ...RISK_REASON_CODES.flatMap((code) => [`reason.${code}`, `why.${code}`]),
    ];
    expect(wanted.filter((key) => !Object.hasOwn(es, key))).toEqual([]);
  });
});

describe('translator', () => {
  const { t, plural, lookUp } = createTranslator('es', es);

  it('fills in numbers with their thousands', () => {
    expect(t('import.rowsRead', { count: 12_500 })).toBe('12.500 filas leídas');
  });

  it('chooses singular and plural', () => {
    expect(plural('timeline.count', 1)).toBe('1 evento');
    expect(plural('timeline.count', 0)).toBe('0 eventos');
  });

  it('does not invent words for unknown codes', () => {
    expect(lookUp('why.from_the_future')).toBeUndefined();
    expect(lookUp('toString')).toBeUndefined();
  });
});
