import { Link } from '@tanstack/react-router';
import { CirclePause } from 'lucide-react';
import type { Order, OrderStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatMoney } from '../lib/format';
import { PHONE, useMediaQuery } from '../lib/hooks';
import { Chip, type Tone } from '../ui/Chip';
import { When } from '../ui/When';

const TONES: Record<OrderStatus, Tone> = {
  PENDING: 'grey',
  CONFIRMED: 'grey',
  PREPARING: 'grey',
  SHIPPED: 'blue',
  IN_TRANSIT: 'blue',
  AT_DESTINATION: 'blue',
  OUT_FOR_DELIVERY: 'blue',
  DELIVERED: 'green',
  RETURNED: 'red',
  CANCELLED: 'grey',
  REFUNDED: 'amber',
};

export function OrderList({ orders }: { orders: readonly Order[] }) {
  const phone = useMediaQuery(PHONE);
  return phone ? <OrderCards orders={orders} /> : <OrderTable orders={orders} />;
}

function OrderTable({ orders }: { orders: readonly Order[] }) {
  const { t } = useI18n();
  return (
    <table aria-label={t('orders.label')} className="w-full text-left text-sm">
      <thead className="text-xs text-ink-2">
        <tr className="h-9">
          <th className="px-4 font-medium">{t('orders.number')}</th>
          <th className="px-2 font-medium">{t('orders.status')}</th>
          <th className="px-2 font-medium">{t('orders.customer')}</th>
          <th className="hidden px-2 font-medium lg:table-cell">{t('orders.city')}</th>
          <th className="px-2 font-medium">{t('orders.tracking')}</th>
          <th className="px-2 font-medium">{t('orders.source')}</th>
          <th className="px-2 font-medium">{t('orders.placed')}</th>
          <th className="px-4 text-right font-medium">{t('orders.total')}</th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </tbody>
    </table>
  );
}

function OrderRow({ order }: { order: Order }) {
  const { t } = useI18n();
  return (
    <tr className="h-10 border-t hover:bg-hover">
      <td className="px-4">
        <OrderNumber order={order} />
      </td>
      <td className="px-2">
        <OrderState order={order} />
      </td>
      <td className="max-w-56 truncate px-2">
        <CustomerName order={order} />
      </td>
      <td className="hidden max-w-44 truncate px-2 text-ink-2 lg:table-cell">{order.city.name}</td>
      <td className="px-2">
        <OrderTracking number={order.tracking_number} />
      </td>
      <td className="px-2 text-ink-2">{t(`orderSource.${order.source}`)}</td>
      <td className="px-2 whitespace-nowrap text-ink-2">
        <When iso={order.placed_at} />
      </td>
      <td className="px-4 text-right">
        <OrderTotal order={order} />
      </td>
    </tr>
  );
}

/** The state, and whether something stands against dispatching it. */
function OrderState({ order }: { order: Order }) {
  const { t } = useI18n();
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      <OrderStatusChip status={order.status} />
      {order.route_paused && (
        <Chip tone="amber" icon={CirclePause} title={t('order.route_paused.title')}>
          {t('routes.paused')}
        </Chip>
      )}
    </span>
  );
}

function OrderCards({ orders }: { orders: readonly Order[] }) {
  const { t } = useI18n();
  return (
    <ul aria-label={t('orders.label')}>
      {orders.map((order) => (
        <li key={order.id} className="grid gap-1.5 border-b px-4 py-3 text-sm last:border-b-0">
          <span className="flex items-center justify-between gap-3">
            <OrderNumber order={order} />
            <OrderState order={order} />
          </span>
          <span className="flex justify-between gap-3">
            <span className="min-w-0 truncate">
              <CustomerName order={order} />
              <span className="text-ink-2"> · {order.city.name}</span>
            </span>
            <OrderTotal order={order} />
          </span>
          <span className="flex min-h-6 items-center justify-between gap-3 text-ink-2">
            <OrderTracking number={order.tracking_number} />
            <span>
              {t(`orderSource.${order.source}`)} · <When iso={order.placed_at} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The number, marked where the shop's owner was only trying things out. */
function OrderNumber({ order }: { order: Order }) {
  const { t } = useI18n();
  return (
    <span className="inline-flex items-center gap-2">
      <span className="font-mono">{order.number}</span>
      {order.test && (
        <Chip tone="blue" title={t('orders.test.title')}>
          {t('orders.test')}
        </Chip>
      )}
    </span>
  );
}

function OrderStatusChip({ status }: { status: OrderStatus }) {
  const { t } = useI18n();
  return <Chip tone={TONES[status]}>{t(`orderStatus.${status}`)}</Chip>;
}

function CustomerName({ order }: { order: Order }) {
  const { t } = useI18n();
  return order.customer.name ?? <span className="text-ink-3">{t('detail.unknown')}</span>;
}

function OrderTotal({ order }: { order: Order }) {
  const { locale } = useI18n();
  if (!order.total) return <span className="text-ink-3">–</span>;
  return <span className="nums font-medium">{formatMoney(order.total, locale)}</span>;
}

function OrderTracking({ number }: { number: string | null }) {
  if (!number) return <span className="text-ink-3">–</span>;
  return (
    <Link
      to="/guias"
      search={{ q: number }}
      className="inline-flex min-h-6 items-center font-mono underline decoration-line-strong/60 underline-offset-2 hover:decoration-ink"
    >
      {number}
    </Link>
  );
}
