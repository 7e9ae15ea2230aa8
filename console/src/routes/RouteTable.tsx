import { useQuery } from '@tanstack/react-query';
import { Ban, CirclePause } from 'lucide-react';
import { facetsQuery } from '../api/queries';
import type { Route } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';
import { formatDecimal, formatMoney, formatNumber } from '../lib/format';
import { ended, nextSort, routePlace, type RouteOrder, type RouteSort } from '../lib/routes';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { Chip } from '../ui/Chip';
import { DataList, type ColumnSort, type DataColumn } from '../ui/DataList';
import type { RouteActions } from './Chosen';
import { LightChip } from './LightChip';
import { RowMenu } from './RowMenu';

interface RouteTableProps extends RouteActions {
  routes: readonly Route[];
  order: RouteOrder;
  onSort: (sort: string) => void;
}

export function RouteTable({ routes, order, onSort, ...act }: RouteTableProps) {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const sortBy = (by: RouteSort): ColumnSort => ({
    direction: order.by !== by ? 'none' : order.descending ? 'descending' : 'ascending',
    onSort: () => onSort(nextSort(order, by)),
  });
  return (
    <DataList
      label={t('routes.label')}
      rows={routes}
      rowKey={(route) => `${route.city_key}:${route.carrier_code}`}
      columns={useColumns(sortBy)}
      actionsLabel={t('list.actions')}
      actions={(route) => (
        <RowMenu route={route} place={routePlace(data?.cities ?? [], route)} {...act} />
      )}
    />
  );
}

function useColumns(sortBy: (by: RouteSort) => ColumnSort): DataColumn<Route>[] {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const percent = (rate: number | null) =>
    rate === null ? <Unknown /> : `${formatDecimal(rate, locale)} %`;
  const column = (by: RouteSort, header: MessageKey, cell: DataColumn<Route>['cell']) => ({
    key: by,
    header: t(header),
    cell,
    numeric: true,
    sort: sortBy(by),
  });
  return [
    {
      key: 'city',
      header: t('table.city'),
      cell: (route) => cityWords(route.city_name),
      sort: sortBy('city'),
    },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: (route) => nameOf(route.carrier_code),
    },
    {
      key: 'light',
      header: t('routes.light'),
      cell: (route) => <Lights route={route} />,
      sort: sortBy('light'),
    },
    column('likely', 'routes.likely', (route) => (
      <>
        {percent(route.likely_rate)}
        {route.low_rate !== null && route.high_rate !== null && (
          <span className="block text-2xs text-ink-2" title={t('routes.bounds.title')}>
            {t('routes.bounds', {
              low: formatDecimal(route.low_rate, locale),
              high: formatDecimal(route.high_rate, locale),
            })}
          </span>
        )}
      </>
    )),
    column('rate', 'routes.rate', (route) => (
      <>
        {percent(route.rate)}
        <span className="block text-2xs text-ink-2">
          {t('routes.rate.of', { delivered: route.delivered, ended: ended(route) })}
        </span>
        {route.past && (
          <span className="block text-2xs text-ink-2" title={t('routes.past.title')}>
            {t('routes.past', {
              delivered: formatNumber(route.past.delivered, locale),
              ended: formatNumber(route.past.delivered + route.past.returned, locale),
            })}
          </span>
        )}
      </>
    )),
    column('ended', 'routes.ended', (route) => (
      <>
        {formatNumber(ended(route), locale)}
        <span className="block text-2xs text-ink-2">
          {t('routes.ended.of', { count: route.shipments })}
        </span>
      </>
    )),
    {
      ...column('days', 'routes.days', (route) =>
        route.days === null ? <Unknown /> : formatDecimal(route.days, locale),
      ),
      wide: true,
    },
    {
      ...column('loss', 'routes.loss', (route) => formatMoney(route.loss, locale)),
      wide: true,
    },
  ];
}

/** The light, with what the organisation decided about the route. */
export function Lights({ route }: { route: Route }) {
  const { t } = useI18n();
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      <LightChip light={route.light} />
      {route.to_block && (
        <Chip tone="red" icon={Ban}>
          {t('routes.to_block')}
        </Chip>
      )}
      {route.paused && (
        <Chip tone="grey" icon={CirclePause}>
          {t('routes.paused')}
        </Chip>
      )}
    </span>
  );
}

function Unknown() {
  return <span className="text-ink-3">–</span>;
}
