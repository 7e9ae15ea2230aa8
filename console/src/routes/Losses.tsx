import { useQuery } from '@tanstack/react-query';
import { Info } from 'lucide-react';
import { routeLossesQuery } from '../api/routes';
import type { RouteLosses } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDecimal, formatMoney, formatNumber } from '../lib/format';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard, NothingHere } from '../ui/ListCard';
import { Notice } from '../ui/states';
import type { RouteActions } from './Chosen';
import { Lights } from './RouteTable';
import { RowMenu } from './RowMenu';

type Loss = RouteLosses['items'][number];

/** Which few routes make most of what returns cost. */
export default function Losses(act: RouteActions) {
  const { t, locale } = useI18n();
  const query = useQuery(routeLossesQuery);
  const losses = query.data;
  const body =
    losses &&
    t('losses.body', {
      most: losses.routes_of_most,
      routes: losses.routes,
      total: formatMoney(losses.total, locale),
      returned: losses.returned,
    });
  return (
    <>
      {losses && losses.cost_unknown > 0 && (
        <Notice tone="amber" icon={Info}>
          {t('losses.unknown', { count: losses.cost_unknown })}
        </Notice>
      )}
      <ListCard
        title={t('losses.title')}
        body={losses && losses.routes > 0 ? body : undefined}
        query={query}
        empty={<NothingHere>{t('losses.none')}</NothingHere>}
      >
        {(rows) => <LossTable rows={rows} {...act} />}
      </ListCard>
    </>
  );
}

function LossTable({ rows, ...act }: { rows: readonly Loss[] } & RouteActions) {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const columns: DataColumn<Loss>[] = [
    { key: 'city', header: t('table.city'), cell: ({ route }) => cityWords(route.city_name) },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: ({ route }) => nameOf(route.carrier_code),
    },
    { key: 'light', header: t('routes.light'), cell: ({ route }) => <Lights route={route} /> },
    {
      key: 'returned',
      header: t('losses.returned'),
      numeric: true,
      cell: ({ route }) =>
        t('routes.rate.of', {
          delivered: formatNumber(route.returned, locale),
          ended: formatNumber(route.delivered + route.returned, locale),
        }),
    },
    {
      key: 'loss',
      header: t('routes.loss'),
      numeric: true,
      cell: ({ route }) => <span className="font-medium">{formatMoney(route.loss, locale)}</span>,
    },
    {
      key: 'share',
      header: t('losses.share'),
      cell: (loss) => <Share loss={loss} />,
    },
  ];
  return (
    <DataList
      label={t('losses.title')}
      rows={rows}
      rowKey={({ route }) => `${route.city_key}:${route.carrier_code}`}
      columns={columns}
      actions={({ route }) => <RowMenu route={route} {...act} />}
      actionsLabel={t('list.actions')}
    />
  );
}

/** How much of all losses is told of up to this row. */
function Share({ loss }: { loss: Loss }) {
  const { t, locale } = useI18n();
  return (
    <span
      className="inline-flex w-full min-w-32 items-center gap-2"
      title={loss.of_most ? t('losses.of_most') : undefined}
    >
      <span aria-hidden className="h-2 flex-1 overflow-hidden rounded-sm bg-sunken">
        <span
          className={`block h-full ${loss.of_most ? 'bg-red' : 'bg-line-strong'}`}
          style={{ width: `${loss.up_to_here}%` }}
        />
      </span>
      <span className={`nums w-14 text-right ${loss.of_most ? 'font-semibold' : ''}`}>
        {formatDecimal(loss.up_to_here, locale)} %
      </span>
    </span>
  );
}
