import { describe, expect, it } from 'vitest';
import { csvCell, toCsv } from './csv';

describe('csvCell', () => {
  it.each(['=CMD()', '+57300', '-1', '@SUM(A1)', '\tx', '\rx'])('disarms %j', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves harmless text and numbers alone', () => {
    expect(csvCell('Calle 5 # 3-20')).toBe('Calle 5 # 3-20');
    expect(csvCell(-3)).toBe('-3');
    expect(csvCell(null)).toBe('');
  });

  it('quotes separators, quotes and line breaks', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('di "hola"')).toBe('"di ""hola"""');
    expect(csvCell('a\nb')).toBe('"a\nb"');
    expect(csvCell('=1,2')).toBe('"\'=1,2"');
  });
});

describe('toCsv', () => {
  it('starts with a byte order mark and ends every row', () => {
    expect(
      toCsv([
        ['Fila', 'Valor'],
        [2, 'á'],
      ]),
    ).toBe('\uFEFFFila,Valor\r\n2,á\r\n');
  });
});
