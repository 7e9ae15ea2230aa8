const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",;\r\n]/;

/** A cell that a spreadsheet neither runs as a formula nor splits. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = FORMULA_START.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** RFC 4180 text with a byte order mark, so that Excel reads the accents. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

export function downloadText(fileName: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

/** What {@link csvCell} puts before a text that looks like a formula. */
const PROTECTED = /^'(?=[=+\-@\t\r])/;

/** Spreadsheets in Spanish separate with semicolons; the first line tells. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const count = (mark: string) => first.split(mark).length;
  return count(';') > count(',') ? ';' : ',';
}

/**
 * Rows of RFC 4180 text, also with semicolons; a blank line is a row of one empty cell.
 * Texts that {@link csvCell} protected are restored.
 */
export function parseCsv(source: string): string[][] {
  const text = source.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(text);
  const cells = new RegExp(`("(?:[^"]|"")*"|[^"\\r\\n${delimiter}]*)(${delimiter}|\\r?\\n|$)`, 'y');
  const rows: string[][] = [];
  let row: string[] = [];
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    // A quote inside a bare cell: the rest cannot be told apart.
    if (!match) return rows;
    const [, raw = '', end = ''] = match;
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
    row.push(value.replace(PROTECTED, ''));
    if (end === delimiter) continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}
