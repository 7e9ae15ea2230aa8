import { useInfiniteQuery } from '@tanstack/react-query';
import { retryWebhook, webhookFailuresQuery } from '../api/setup';
import type { WebhookFailure } from '../api/types';
import { useI18n } from '../i18n/context';
import { RetryButton } from '../operations/RetryButton';
import { useRetry } from '../operations/useRetry';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { When } from '../ui/When';

/** Messages of shops that were given up. */
export function WebhookFailures() {
  const { t } = useI18n();
  const query = useInfiniteQuery(webhookFailuresQuery);
  const again = useRetry(webhookFailuresQuery.queryKey, retryWebhook, ({ id }) => id);
  const columns = useColumns();
  return (
    <PagedCard
      title={t('webhooks.title')}
      body={t('webhooks.body')}
      query={query}
      empty={<NothingHere>{t('webhooks.empty')}</NothingHere>}
    >
      {(rows) => (
        <>
          <FailureNotice error={again.error} />
          <DataList
            label={t('webhooks.title')}
            rows={rows}
            rowKey={({ id }) => id}
            columns={columns}
            actionsLabel={t('list.actions')}
            actions={(failure) => (
              <RetryButton
                of={`${failure.topic} ${failure.account}`}
                busy={again.isBusy(failure)}
                onRetry={() => again.retry(failure)}
              />
            )}
          />
        </>
      )}
    </PagedCard>
  );
}

function useColumns(): DataColumn<WebhookFailure>[] {
  const { t, lookUp } = useI18n();
  return [
    {
      key: 'account',
      header: t('webhooks.shop'),
      cell: ({ account }) => <span className="break-all">{account}</span>,
    },
    {
      key: 'topic',
      header: t('webhooks.topic'),
      cell: ({ topic }) => <span className="font-mono text-xs">{topic}</span>,
    },
    {
      key: 'error',
      header: t('failure.why'),
      cell: ({ error_code: code, error_detail: detail }) => (
        <>
          {lookUp(`webhookError.${code}`) ?? code}
          {detail && <span className="block text-xs break-words text-ink-2">{detail}</span>}
        </>
      ),
    },
    {
      key: 'attempts',
      header: t('failure.attempts'),
      numeric: true,
      wide: true,
      cell: ({ attempts }) => attempts,
    },
    {
      key: 'received',
      header: t('webhooks.received'),
      cell: ({ received_at }) => <When iso={received_at} className="text-ink-2" />,
    },
  ];
}
