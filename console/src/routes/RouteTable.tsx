import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { facetsQuery } from '../api/queries';
import type { Route } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';
import { formatDecimal, formatMoney, formatNumber } from '../lib/format';
import { ended, nextSort, routePlace, type RouteOrder, type RouteSort } from '../lib/routes';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { buttonClass } from '../ui/Button';
import { DataList, type ColumnSort, type DataColumn } from '../ui/DataList';
import { LightChip } from './LightChip';

/** Amounts of routes come without their currency: the organisation's. */
const CURRENCY = 'COP';

interface RouteTableProps {
  routes: readonly Route[];
  order: RouteOrder;
  onSort: (sort: string) => void;
}

export function RouteTable({ routes, order, onSort }: RouteTableProps) {
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
        <Link
          to="/guias"
          search={{ city: routePlace(data?.cities ?? [], route), carrier: route.carrier_code }}
          aria-label={t('routes.shipments.of', {
            city: cityWords(route.city_name),
            carrier: route.carrier_code,
          })}
          className={buttonClass('quiet')}
        >
          {t('routes.shipments')}
        </Link>
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
      cell: (route) => <LightChip light={route.light} />,
      sort: sortBy('light'),
    },
    column('likely', 'routes.likely', (route) => percent(route.likely_rate)),
    column('rate', 'routes.rate', (route) => (
      <>
        {percent(route.rate)}
        <span className="block text-2xs text-ink-2">
          {t('routes.rate.of', { delivered: route.delivered, ended: ended(route) })}
        </span>
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
      ...column('cost', 'routes.cost', (route) =>
        formatMoney({ amount: route.return_cost, currency: CURRENCY }, locale),
      ),
      wide: true,
    },
  ];
}

function Unknown() {
  return <span className="text-ink-3">–</span>;
}
