import type { ImportResult } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';

const MAIN = ['rows_read', 'shipments_created', 'shipments_updated', 'events_new'] as const;
const REST = [
  'events_duplicate',
  'events_out_of_order',
  'orders_created',
  'orders_updated',
  'rows_skipped',
  'rows_failed',
] as const;

const ROWS = ['rows_read', 'rows_skipped', 'rows_failed'] as const;

/** The numbers people look for, then the rest in small; of a file without parcels its rows alone. */
export function ImportNumbers({ result, parcels }: { result: ImportResult; parcels: boolean }) {
  const { t, locale } = useI18n();
  return (
    <div className="grid gap-4">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line md:grid-cols-4">
        {(parcels ? MAIN : ROWS).map((name) => (
          <div key={name} className="flex flex-col-reverse bg-surface p-4">
            <dt className="text-sm text-ink-2">{t(`import.n.${name}`)}</dt>
            <dd className="nums text-xl font-semibold">{formatNumber(result[name], locale)}</dd>
          </div>
        ))}
      </dl>
      <dl className="grid grid-cols-1 gap-x-8 sm:grid-cols-2 lg:grid-cols-3">
        {(parcels ? REST : []).map((name) => (
          <div key={name} className="flex justify-between gap-3 border-b py-2 text-sm">
            <dt className="text-ink-2">{t(`import.n.${name}`)}</dt>
            <dd className={`nums ${result[name] === 0 ? 'text-ink-3' : 'font-medium'}`}>
              {formatNumber(result[name], locale)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
