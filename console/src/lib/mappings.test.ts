import { describe, expect, it } from 'vitest';
import type { StatusMapping } from '../api/types';
import { fold, foldPhrase } from './fold';
import { mappingsCsv, previewMappings, readMappingsCsv } from './mappings';

function mapping(phrase: string, part: Partial<StatusMapping> = {}): StatusMapping {
  const plain = { carrier_code: null, status: 'IN_TRANSIT', reason: 'NONE' };
  return { ...plain, return_in_process: false, phrase, ...part };
}

const HEADING = 'carrier_code,phrase,status,reason,return_in_process';

describe('fold', () => {
  it('compares as the server does', () => {
    expect(fold('  Bogotá  D.C. ')).toBe('BOGOTA D C');
    expect(foldPhrase('ñ'.repeat(120))).toBe('N'.repeat(100));
  });
});

describe('file of mappings', () => {
  const all = [
    mapping('EN CAMINO'),
    mapping('=CMD, "X"', { carrier_code: 'envia' }),
    mapping('NO ESTABA', { status: 'ISSUE', reason: 'RECIPIENT_UNAVAILABLE' }),
    mapping('VUELVE', { status: 'RETURNED', return_in_process: true }),
  ];

  it('comes back as it was written', () => {
    expect(readMappingsCsv(mappingsCsv(all))).toEqual({ mappings: all, faults: [] });
  });

  it('holds nothing that a spreadsheet would run', () => {
    expect(mappingsCsv(all)).toContain(`envia,"'=CMD, ""X""",IN_TRANSIT`);
  });

  it('may be saved by a spreadsheet in Spanish', () => {
    const text =
      'phrase;status;return_in_process\n"EN; RUTA";in_transit;FALSO\n\nX;RETURNED;VERDADERO';
    expect(readMappingsCsv(text)?.mappings).toEqual([
      mapping('EN; RUTA'),
      mapping('X', { status: 'RETURNED', return_in_process: true }),
    ]);
  });

  it('names each line that cannot be used, and why', () => {
    const lines = [
      ',...,IN_TRANSIT,,',
      ',A,VOLANDO,,',
      ',B,ISSUE,NONE,',
      ',C,IN_TRANSIT,LOST,',
      ',D,DELIVERED,,true',
      ',E,DELIVERED,,quizás',
      '',
      ',Bién,DELIVERED,,',
      ',BIEN,CANCELLED,,',
    ];
    const file = readMappingsCsv([HEADING, ...lines].join('\r\n'));
    expect(file?.faults.map(({ line, fault }) => `${line} ${fault}`)).toEqual([
      '2 phrase',
      '3 status',
      '4 reason',
      '5 reason',
      '6 return_in_process',
      '7 return_in_process',
      '10 repeated',
    ]);
    expect(file?.mappings).toEqual([mapping('Bién', { status: 'DELIVERED' })]);
  });

  it('is known by its heading', () => {
    expect(readMappingsCsv('guia,estado\n1,2')).toBeNull();
    expect(readMappingsCsv('')).toBeNull();
  });
});

describe('preview', () => {
  it('tells new, changed and same apart, whatever the spelling', () => {
    const before = mapping('EN CAMINO');
    const after = mapping('En camíno', { status: 'DELIVERED' });
    const preview = previewMappings(
      [before, mapping('IGUAL'), mapping('SE QUEDA')],
      [after, mapping('igual.'), mapping('IGUAL', { carrier_code: 'tcc' })],
    );
    expect(preview.changed).toEqual([{ before, after }]);
    expect(preview.added).toEqual([{ after: mapping('IGUAL', { carrier_code: 'tcc' }) }]);
    expect(preview.same).toBe(1);
  });

  it('of nothing is nothing', () => {
    expect(previewMappings([mapping('A')], [])).toEqual({ added: [], changed: [], same: 0 });
  });
});
