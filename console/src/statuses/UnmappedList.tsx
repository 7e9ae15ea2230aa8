import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Page, UnmappedStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { DataList, type DataColumn } from '../ui/DataList';
import { NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { When } from '../ui/When';
import type { MappingStart } from './MapDialog';

/** Phrases that nobody has explained yet, the most frequent first. */
export function UnmappedList({
  query,
  onMap,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<UnmappedStatus>>>;
  onMap: ((start: MappingStart) => void) | undefined;
}) {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const columns: DataColumn<UnmappedStatus>[] = [
    {
      key: 'phrase',
      header: t('mapping.phrase'),
      cell: ({ sample }) => <span className="break-words">{sample}</span>,
    },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: ({ carrier_code }) => nameOf(carrier_code),
    },
    {
      key: 'count',
      header: t('unmapped.count'),
      numeric: true,
      cell: ({ seen_count }) => formatNumber(seen_count, locale),
    },
    {
      key: 'first',
      header: t('unmapped.first'),
      wide: true,
      cell: ({ first_seen_at }) => <When iso={first_seen_at} className="text-ink-2" />,
    },
    {
      key: 'last',
      header: t('unmapped.last'),
      cell: ({ last_seen_at }) => <When iso={last_seen_at} className="text-ink-2" />,
    },
  ];
  return (
    <PagedCard
      title={t('unmapped.title')}
      body={t('unmapped.body')}
      query={query}
      empty={<NothingHere>{t('unmapped.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t('unmapped.title')}
          rows={rows}
          rowKey={(row) => `${row.carrier_code}:${row.phrase}`}
          columns={columns}
          actionsLabel={t('list.actions')}
          actions={
            onMap &&
            (({ phrase, carrier_code: carrier, sample }) => (
              <Button
                aria-label={t('unmapped.map.of', { phrase: sample })}
                onClick={() => onMap({ phrase, carrier, sample })}
              >
                {t('unmapped.map')}
              </Button>
            ))
          }
        />
      )}
    </PagedCard>
  );
}
