import { describe, expect, it } from 'vitest';
import type { ImportJob, ImportResult } from '../api/types';
import { progressShare } from './progress';
import { sampleReport } from './sample';

const NOTHING: ImportResult = {
  rows_read: 0,
  rows_skipped: 0,
  rows_failed: 0,
  orders_created: 0,
  orders_updated: 0,
  shipments_created: 0,
  shipments_updated: 0,
  events_new: 0,
  events_duplicate: 0,
  events_out_of_order: 0,
};

function job(part: Pick<ImportJob, 'phase' | 'progress'>): ImportJob {
  return {
    id: '1',
    file_name: 'a.csv',
    size_bytes: 1,
    status: 'running',
    format: null,
    created_at: '2026-03-05T13:00:00Z',
    started_at: null,
    finished_at: null,
    result: NOTHING,
    failed_rows: [],
    error: null,
    warnings: [],
    ...part,
  };
}

describe('progressShare', () => {
  it('is unknown while the number of rows is', () => {
    const progress = { rows_total: null, rows_read: 10, rows_applied: 0 };
    expect(progressShare(job({ phase: 'reading', progress }))).toBeNull();
  });

  it('weighs reading and applying alike', () => {
    const progress = { rows_total: 100, rows_read: 100, rows_applied: 50 };
    expect(progressShare(job({ phase: 'applying', progress }))).toBe(0.75);
    expect(progressShare(job({ phase: 'done', progress }))).toBe(1);
  });
});

describe('sampleReport', () => {
  it('is dated around today, with the columns of the report', () => {
    const [header, first] = sampleReport(new Date('2026-03-05T14:00:00Z')).split('\r\n');
    expect(header).toContain('numero_de_guia,estatus,ciudad_de_destino,transportadora');
    expect(first).toMatch(/^05\/03\/2026,3000000001,70000000001,EN REPARTO/);
  });
});
