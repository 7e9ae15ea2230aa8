import {
  EXCEPTION_REASONS,
  SHIPMENT_STATUSES,
  type ExceptionReason,
  type ShipmentStatus,
  type StatusMapping,
} from '../api/types';
import { parseCsv, toCsv } from './csv';
import { foldPhrase } from './fold';

const COLUMNS = ['carrier_code', 'phrase', 'status', 'reason', 'return_in_process'] as const;
type Column = (typeof COLUMNS)[number];

export const MAX_MAPPINGS = 2_000;

/** Reasons that a problem may have. */
export const ISSUE_REASONS = EXCEPTION_REASONS.filter((reason) => reason !== 'NONE');

/** Where a mapping is kept: one per carrier and phrase, in any spelling. */
export function mappingKey({ carrier_code, phrase }: StatusMapping): string {
  return `${carrier_code ?? ''}\n${foldPhrase(phrase)}`;
}

export function mappingsCsv(mappings: readonly StatusMapping[]): string {
  const rows = mappings.map((each) => [
    each.carrier_code,
    each.phrase,
    each.status,
    each.reason,
    String(each.return_in_process),
  ]);
  return toCsv([COLUMNS, ...rows]);
}

/** What of a line cannot be used. */
export type MappingFault = 'phrase' | 'status' | 'reason' | 'return_in_process' | 'repeated';

export interface FaultyLine {
  /** Line of the file as a spreadsheet numbers it, the heading being 1. */
  line: number;
  phrase: string;
  fault: MappingFault;
}

export interface MappingFile {
  mappings: StatusMapping[];
  faults: FaultyLine[];
}

function isStatus(text: string): text is ShipmentStatus {
  return (SHIPMENT_STATUSES as readonly string[]).includes(text);
}

function isReason(text: string): text is ExceptionReason {
  return (EXCEPTION_REASONS as readonly string[]).includes(text);
}

const TRUE = ['true', 'verdadero', '1', 'si', 'sí'];
const FALSE = ['', 'false', 'falso', '0', 'no'];

type Cell = (name: Column) => string;

function readLine(cell: Cell): StatusMapping | MappingFault {
  const status = cell('status').toUpperCase();
  const reason = cell('reason').toUpperCase() || 'NONE';
  const returning = cell('return_in_process').toLowerCase();
  if (foldPhrase(cell('phrase')) === '') return 'phrase';
  if (!isStatus(status)) return 'status';
  if (!isReason(reason) || (status === 'ISSUE') === (reason === 'NONE')) return 'reason';
  const inProcess = TRUE.includes(returning);
  if (!inProcess && !FALSE.includes(returning)) return 'return_in_process';
  if (inProcess && status !== 'RETURNED') return 'return_in_process';
  const carrier = cell('carrier_code').toLowerCase();
  return {
    carrier_code: carrier === '' ? null : carrier,
    phrase: cell('phrase'),
    status,
    reason,
    return_in_process: inProcess,
  };
}

/** Reads a file of mappings; `null` when it has no such heading. */
export function readMappingsCsv(text: string): MappingFile | null {
  const [heading, ...lines] = parseCsv(text);
  const names = heading?.map((name) => name.trim().toLowerCase()) ?? [];
  if (!names.includes('phrase') || !names.includes('status')) return null;
  const file: MappingFile = { mappings: [], faults: [] };
  const seen = new Set<string>();
  lines.forEach((cells, index) => {
    if (cells.every((each) => each.trim() === '')) return;
    const cell: Cell = (name) => cells[names.indexOf(name)]?.trim() ?? '';
    const read = readLine(cell);
    const key = typeof read === 'string' ? '' : mappingKey(read);
    const fault = typeof read === 'string' ? read : seen.has(key) ? 'repeated' : undefined;
    if (fault) file.faults.push({ line: index + 2, phrase: cell('phrase'), fault });
    else file.mappings.push(read as StatusMapping);
    seen.add(key);
  });
  return file;
}

export interface MappingChange {
  after: StatusMapping;
  /** The mapping that would be replaced; absent for a new one. */
  before?: StatusMapping;
}

export interface MappingPreview {
  added: MappingChange[];
  changed: Required<MappingChange>[];
  same: number;
}

function means({ status, reason, return_in_process }: StatusMapping): string {
  return `${status} ${reason} ${return_in_process}`;
}

/** What a file would change. Mappings that are not in it stay as they are. */
export function previewMappings(
  current: readonly StatusMapping[],
  wanted: readonly StatusMapping[],
): MappingPreview {
  const byKey = new Map(current.map((each) => [mappingKey(each), each]));
  const preview: MappingPreview = { added: [], changed: [], same: 0 };
  for (const after of wanted) {
    const before = byKey.get(mappingKey(after));
    if (!before) preview.added.push({ after });
    else if (means(before) === means(after)) preview.same += 1;
    else preview.changed.push({ before, after });
  }
  return preview;
}
