import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, ShoppingBag } from 'lucide-react';
import { useState } from 'react';
import { ordersQuery, sessionQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { Button, buttonClass } from '../ui/Button';
import { MoreButton } from '../ui/MoreButton';
import { PageHeader } from '../ui/page';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states';
import { NewOrder } from './NewOrder';
import { OrderList } from './OrderList';

export function OrdersPage() {
  const { t } = useI18n();
  const query = useInfiniteQuery(ordersQuery);
  const orders = query.data?.pages.flatMap((page) => page.items);
  const { data: session } = useQuery(sessionQuery);
  const [placing, setPlacing] = useState(false);
  return (
    <>
      <PageHeader title={t('orders.title')}>
        {session?.permissions.includes('orders:write') && (
          <Button className="ml-auto" onClick={() => setPlacing(true)}>
            <Plus size={16} aria-hidden />
            {t('order.new')}
          </Button>
        )}
      </PageHeader>
      {placing && <NewOrder onClose={() => setPlacing(false)} />}
      <div className="px-4 pb-8 md:px-6">
        <div className="overflow-hidden rounded-lg border bg-surface">
          {!orders && query.isPending && <SkeletonRows rows={10} />}
          {!orders && query.isError && (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )}
          {orders?.length === 0 && <NoOrders />}
          {orders && orders.length > 0 && <OrderList orders={orders} />}
          <MoreButton query={query} label={t('orders.more')} />
        </div>
      </div>
    </>
  );
}

function NoOrders() {
  const { t } = useI18n();
  return (
    <EmptyState icon={ShoppingBag} title={t('orders.empty')} body={t('orders.empty.body')}>
      <Link to="/importar" className={buttonClass('primary')}>
        {t('queue.empty.action')}
      </Link>
    </EmptyState>
  );
}
