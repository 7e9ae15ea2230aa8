import { useInfiniteQuery } from '@tanstack/react-query';
import { privacyRequestsQuery } from '../api/setup';
import type { PrivacyRequest } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatPhone } from '../lib/format';
import { PRIVACY_DAYS, privacyDue } from '../lib/shops';
import { DataList, type DataColumn } from '../ui/DataList';
import { NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { When } from '../ui/When';

/** What customers and shops ask about stored data. Nothing is carried out by itself. */
export function PrivacyRequests() {
  const { t } = useI18n();
  const query = useInfiniteQuery(privacyRequestsQuery);
  const columns = useColumns();
  return (
    <PagedCard
      title={t('privacy.title')}
      body={t('privacy.body', { days: PRIVACY_DAYS })}
      query={query}
      empty={<NothingHere>{t('privacy.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t('privacy.title')}
          rows={rows}
          rowKey={({ id }) => id}
          columns={columns}
          actionsLabel={t('list.actions')}
        />
      )}
    </PagedCard>
  );
}

function useColumns(): DataColumn<PrivacyRequest>[] {
  const { t, lookUp } = useI18n();
  return [
    {
      key: 'kind',
      header: t('privacy.kind'),
      cell: ({ kind }) => lookUp(`privacyKind.${kind}`) ?? kind,
    },
    {
      key: 'account',
      header: t('webhooks.shop'),
      cell: ({ account }) => <span className="break-all">{account}</span>,
    },
    { key: 'who', header: t('privacy.who'), cell: (request) => <Who request={request} /> },
    {
      key: 'orders',
      header: t('privacy.orders'),
      wide: true,
      cell: ({ order_ids: ids }) => (
        <span className="font-mono text-xs break-all">{ids.join(', ') || '–'}</span>
      ),
    },
    {
      key: 'received',
      header: t('webhooks.received'),
      cell: ({ received_at }) => <When iso={received_at} className="text-ink-2" />,
    },
    {
      key: 'due',
      header: t('privacy.due'),
      cell: ({ received_at }) => <When iso={privacyDue(received_at)} className="font-medium" />,
    },
  ];
}

function Who({ request }: { request: PrivacyRequest }) {
  const { email, phone, customer_id: id } = request;
  const parts = [email, phone && formatPhone(phone), id].filter(Boolean);
  if (parts.length === 0) return <span className="text-ink-3">–</span>;
  return <span className="break-all">{parts.join(' · ')}</span>;
}
