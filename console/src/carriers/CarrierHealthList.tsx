import { useQuery } from '@tanstack/react-query';
import { carrierHealthQuery } from '../api/carriers';
import type { CarrierHealth } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber, formatSpan } from '../lib/format';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard, NothingHere } from '../ui/ListCard';
import { When } from '../ui/When';

/** How old what carriers say of the open shipments is. */
export function CarrierHealthList() {
  const { t } = useI18n();
  const columns = useColumns();
  return (
    <ListCard
      title={t('carriers.health')}
      body={t('carriers.health.body')}
      query={useQuery(carrierHealthQuery)}
      empty={<NothingHere>{t('carriers.health.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t('carriers.health')}
          rows={rows}
          rowKey={({ carrier_code }) => carrier_code}
          columns={columns}
          actionsLabel={t('list.actions')}
        />
      )}
    </ListCard>
  );
}

function useColumns(): DataColumn<CarrierHealth>[] {
  const { t, locale } = useI18n();
  const age = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? (
      <span className="text-ink-3">–</span>
    ) : (
      formatSpan(seconds * 1_000)
    );
  return [
    { key: 'name', header: t('carriers.name'), cell: ({ carrier_name }) => carrier_name },
    {
      key: 'open',
      header: t('carriers.health.open'),
      cell: ({ open }) => formatNumber(open, locale),
      numeric: true,
    },
    {
      key: 'looked',
      header: t('carriers.health.looked'),
      cell: ({ looked_at }) => formatNumber(looked_at, locale),
      numeric: true,
    },
    {
      key: 'last',
      header: t('carriers.health.last'),
      cell: ({ last_look_at }) =>
        last_look_at ? (
          <When iso={last_look_at} className="text-ink-2" />
        ) : (
          <span className="text-ink-3">–</span>
        ),
    },
    {
      key: 'median',
      header: t('carriers.health.median'),
      cell: ({ median_age_seconds }) => age(median_age_seconds),
      numeric: true,
    },
    {
      key: 'p95',
      header: t('carriers.health.p95'),
      cell: ({ p95_age_seconds }) => age(p95_age_seconds),
      numeric: true,
    },
  ];
}
