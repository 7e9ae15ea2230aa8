import { Download } from 'lucide-react';
import type { FailedRow, ImportJob } from '../api/types';
import { useI18n } from '../i18n/context';
import type { Translator } from '../i18n/translate';
import { downloadText, toCsv } from '../lib/csv';
import { Button, buttonClass } from '../ui/Button';

function reasonText(reason: string, { t, lookUp }: Translator): string {
  return lookUp(`rowError.${reason}`) ?? t('rowError.other', { code: reason });
}

function effectText(row: FailedRow, { t }: Translator): string {
  return t(row.row_left_out ? 'import.rowLeftOut' : 'import.valueLeftOut');
}

function failedRowsCsv(rows: readonly FailedRow[], translator: Translator): string {
  const { t } = translator;
  const header = [
    t('import.col.row'),
    t('import.col.column'),
    t('import.col.value'),
    t('import.col.reason'),
    t('import.col.effect'),
  ];
  const body = rows.map((row) => [
    row.row,
    row.column,
    row.value,
    reasonText(row.reason, translator),
    effectText(row, translator),
  ]);
  return toCsv([header, ...body]);
}

function csvName(fileName: string): string {
  return `${fileName.replace(/\.\w+$/, '')}-filas-con-error.csv`;
}

export function FailedRows({ job }: { job: ImportJob }) {
  const translator = useI18n();
  const { t, locale } = translator;
  const rows = job.failed_rows;
  if (rows.length === 0) return null;
  const total = job.result.rows_failed;
  const download = () => downloadText(csvName(job.file_name), failedRowsCsv(rows, translator));
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="flex-1 font-semibold">{t('import.failedRows')}</h3>
        {total > 0 && (
          <a
            href={`/v1/imports/${job.id}/failed-rows${locale === 'en' ? '?english=true' : ''}`}
            download
            className={buttonClass()}
          >
            <Download size={15} aria-hidden />
            {t('import.failedRows.correct')}
          </a>
        )}
        <Button onClick={download}>
          <Download size={15} aria-hidden />
          {t('import.failedRows.download')}
        </Button>
      </div>
      {total > rows.length && (
        <p className="text-sm text-ink-2">
          {t('import.failedRows.first', { count: rows.length, total })}
        </p>
      )}
      <FailedTable rows={rows} />
    </div>
  );
}

function FailedTable({ rows }: { rows: readonly FailedRow[] }) {
  const translator = useI18n();
  const { t } = translator;
  return (
    <div
      className="relative max-h-96 overflow-auto rounded-lg border"
      // A region that scrolls must be reachable from the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('import.failedRows')}
    >
      <table className="w-full text-left text-sm">
        <thead className="sticky top-0 bg-sunken text-xs text-ink-2">
          <tr>
            <th className="px-4 py-2 font-medium">{t('import.col.row')}</th>
            <th className="px-4 py-2 font-medium">{t('import.col.column')}</th>
            <th className="px-4 py-2 font-medium">{t('import.col.value')}</th>
            <th className="px-4 py-2 font-medium">{t('import.col.reason')}</th>
            <th className="px-4 py-2 font-medium">{t('import.col.effect')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${row.row}:${row.column}:${index}`} className="border-t">
              <td className="nums px-4 py-2">{row.row}</td>
              <td className="px-4 py-2 font-mono text-xs">{row.column || '–'}</td>
              <td className="max-w-48 truncate px-4 py-2 font-mono text-xs" title={row.value}>
                {row.value || '–'}
              </td>
              <td className="min-w-44 px-4 py-2">{reasonText(row.reason, translator)}</td>
              <td className="min-w-32 px-4 py-2 text-ink-2">{effectText(row, translator)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
