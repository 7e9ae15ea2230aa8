import { TriangleAlert } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { Notice } from '../ui/states';
import type { Preview } from './mapping';
import { warningText } from './warnings';

const COUNTS = [
  'rows_read',
  'rows_usable',
  'rows_failed',
  'rows_skipped',
  'orders',
  'shipments',
  'collect',
] as const;

const COLUMNS = [
  'tracking_number',
  'order_ref',
  'recipient',
  'phone',
  'city',
  'carrier',
  'status',
  'collect',
] as const;

/** What an import would take in, before anything changes. */
export function PreviewView({ preview }: { preview: Preview }) {
  const translator = useI18n();
  const { t, locale } = translator;
  return (
    <section className="grid gap-4" aria-label={t('import.preview.title')}>
      <h3 className="font-semibold">{t('import.preview.title')}</h3>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {COUNTS.map((count) => (
          <div key={count}>
            <dt className="text-xs text-ink-2">{t(`import.preview.${count}`)}</dt>
            <dd className="nums text-lg font-semibold">
              {formatNumber(preview.counts[count], locale)}
            </dd>
          </div>
        ))}
      </dl>
      {preview.warnings.length > 0 && (
        <Notice tone="amber" icon={TriangleAlert}>
          <ul>
            {preview.warnings.map((warning) => (
              <li key={`${warning.code}:${warning.detail}`}>{warningText(warning, translator)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <FirstRows preview={preview} />
    </section>
  );
}

function FirstRows({ preview }: { preview: Preview }) {
  const { t, locale } = useI18n();
  if (preview.rows.length === 0) return <p className="text-ink-2">{t('import.preview.none')}</p>;
  return (
    <div
      className="relative overflow-auto rounded-lg border"
      // A region that scrolls must be reachable from the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('import.preview.rows')}
    >
      <table className="w-full text-left text-sm">
        <thead className="bg-sunken text-xs text-ink-2">
          <tr>
            <th className="px-4 py-2 font-medium">{t('import.col.row')}</th>
            {COLUMNS.map((column) => (
              <th key={column} className="px-4 py-2 font-medium">
                {t(column === 'recipient' ? 'field.customer_name' : `field.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row) => (
            <tr key={row.row} className="border-t">
              <td className="nums px-4 py-2">{row.row}</td>
              {COLUMNS.map((column) => {
                const value = row[column];
                return (
                  <td key={column} className="max-w-48 truncate px-4 py-2">
                    {typeof value === 'number' ? formatNumber(value, locale) : (value ?? '–')}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
