import { useQuery } from '@tanstack/react-query';
import { batchProgressQuery } from '../api/batches';
import type { Batch, BatchProgress } from '../api/types';
import { useI18n } from '../i18n/context';
import { GROUPS, groupCounts, type Group } from '../lib/batches';
import { formatNumber } from '../lib/format';
import { useCarriers } from '../shipments/useCarriers';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard, NothingHere } from '../ui/ListCard';
import { ReviewBar } from './parts';

interface CarrierProgressProps {
  batch: Batch;
  /** Code of the carrier whose shipments are shown. */
  chosen: string | undefined;
  onChoose: (carrier: string) => void;
}

/** What is left for each carrier, and how its shipments stand now. */
export function CarrierProgress({ batch, chosen, onChoose }: CarrierProgressProps) {
  const { t } = useI18n();
  const query = useQuery(batchProgressQuery(batch.id));
  const columns = useColumnsOf(chosen, onChoose);
  return (
    <ListCard
      title={t('batch.progress')}
      body={t('batch.progress.body')}
      query={query}
      empty={<NothingHere>{t('batch.list.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t('batch.progress')}
          rows={[...rows].sort((a, b) => b.shipments - a.shipments)}
          rowKey={({ carrier_code }) => carrier_code}
          columns={columns}
          actionsLabel={t('list.actions')}
        />
      )}
    </ListCard>
  );
}

function useColumnsOf(
  chosen: string | undefined,
  onChoose: (carrier: string) => void,
): DataColumn<BatchProgress>[] {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const group = (key: Group): DataColumn<BatchProgress> => ({
    key,
    header: t(`batch.progress.${key}`),
    numeric: true,
    wide: key === 'cancelled' || key === 'moving',
    cell: ({ now }) => {
      const count = groupCounts(now)[key];
      return count === 0 ? <span className="text-ink-3">–</span> : formatNumber(count, locale);
    },
  });
  return [
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: ({ carrier_code }) => {
        const isChosen = carrier_code === chosen;
        return (
          <button
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChoose(isChosen ? '' : carrier_code)}
            className={`min-h-6 rounded-sm text-left hover:underline ${isChosen ? 'font-semibold' : ''}`}
          >
            {nameOf(carrier_code)}
          </button>
        );
      },
    },
    {
      key: 'shipments',
      header: t('batch.shipments'),
      numeric: true,
      cell: ({ shipments }) => formatNumber(shipments, locale),
    },
    {
      key: 'reviewed',
      header: t('batch.reviewed'),
      numeric: true,
      cell: ({ reviewed, shipments }) => <ReviewBar reviewed={reviewed} total={shipments} />,
    },
    ...GROUPS.map(group),
  ];
}
