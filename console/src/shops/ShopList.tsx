import type { UseQueryResult } from '@tanstack/react-query';
import { CircleCheck, Clock, KeyRound, ListChecks, Store, Unplug } from 'lucide-react';
import type { Page, Shop } from '../api/types';
import { useI18n } from '../i18n/context';
import { Button, IconButton } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard } from '../ui/ListCard';
import { EmptyState } from '../ui/states';
import { When } from '../ui/When';

export type ShopAction =
  | { name: 'connect' }
  | { name: 'steps'; shop: Shop }
  | { name: 'secret'; shop: Shop }
  | { name: 'disconnect'; shop: Shop };

interface ShopListProps {
  query: UseQueryResult<Page<Shop>>;
  onAction: (action: ShopAction) => void;
}

export function ShopList({ query, onAction }: ShopListProps) {
  const { t } = useI18n();
  const columns = useColumns();
  return (
    <ListCard
      title={t('shops.list')}
      query={query}
      empty={
        <EmptyState icon={Store} title={t('shops.empty')} body={t('shops.empty.body')}>
          <Button kind="primary" onClick={() => onAction({ name: 'connect' })}>
            {t('shop.connect')}
          </Button>
        </EmptyState>
      }
    >
      {(rows) => (
        <DataList
          label={t('shops.list')}
          rows={rows}
          rowKey={({ domain }) => domain}
          columns={columns}
          actionsLabel={t('list.actions')}
          actions={(shop) => <ShopActions shop={shop} onAction={onAction} />}
        />
      )}
    </ListCard>
  );
}

function useColumns(): DataColumn<Shop>[] {
  const { t } = useI18n();
  return [
    {
      key: 'domain',
      header: t('shop.domain'),
      cell: ({ domain }) => <span className="break-all">{domain}</span>,
    },
    { key: 'status', header: t('shop.status'), cell: (shop) => <ShopStatus shop={shop} /> },
    {
      key: 'created',
      header: t('shop.created'),
      wide: true,
      cell: ({ created_at }) => <When iso={created_at} className="text-ink-2" />,
    },
    {
      key: 'activated',
      header: t('shop.activated'),
      cell: ({ activated_at }) =>
        activated_at ? (
          <When iso={activated_at} className="text-ink-2" />
        ) : (
          <span className="text-ink-3">–</span>
        ),
    },
  ];
}

function ShopStatus({ shop }: { shop: Shop }) {
  const { t } = useI18n();
  const active = shop.status === 'active';
  return (
    <span className="inline-flex flex-wrap items-center gap-2 max-md:justify-end">
      <Chip tone={active ? 'green' : 'amber'} icon={active ? CircleCheck : Clock}>
        {t(active ? 'shop.active' : 'shop.pending')}
      </Chip>
      {shop.previous_secret_until && (
        <span className="text-xs text-ink-2">
          {t('shop.oldSecret')} <When iso={shop.previous_secret_until} />
        </span>
      )}
    </span>
  );
}

function ShopActions({ shop, onAction }: { shop: Shop; onAction: ShopListProps['onAction'] }) {
  const { t } = useI18n();
  const { domain } = shop;
  return (
    <>
      <IconButton
        label={t('shop.steps.of', { domain })}
        onClick={() => onAction({ name: 'steps', shop })}
      >
        <ListChecks size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('shop.secret.of', { domain })}
        onClick={() => onAction({ name: 'secret', shop })}
      >
        <KeyRound size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('shop.disconnect.of', { domain })}
        onClick={() => onAction({ name: 'disconnect', shop })}
      >
        <Unplug size={16} aria-hidden />
      </IconButton>
    </>
  );
}
