import { useInfiniteQuery } from '@tanstack/react-query';
import { deadTasksQuery, retryTask } from '../api/setup';
import type { DeadTask } from '../api/types';
import { useI18n } from '../i18n/context';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { When } from '../ui/When';
import { ErrorText } from './ErrorText';
import { RetryButton } from './RetryButton';
import { useRetry } from './useRetry';

/** Work that was given up after its last attempt. */
export function DeadTasks() {
  const { t } = useI18n();
  const query = useInfiniteQuery(deadTasksQuery);
  const again = useRetry(deadTasksQuery.queryKey, retryTask, ({ id }) => id);
  const columns = useColumns();
  return (
    <PagedCard
      title={t('tasks.title')}
      body={t('tasks.body')}
      query={query}
      empty={<NothingHere>{t('tasks.empty')}</NothingHere>}
    >
      {(rows) => (
        <>
          <FailureNotice error={again.error} />
          <DataList
            label={t('tasks.title')}
            rows={rows}
            rowKey={({ id }) => id}
            columns={columns}
            actionsLabel={t('list.actions')}
            actions={(task) => (
              <RetryButton
                of={task.kind}
                busy={again.isBusy(task)}
                onRetry={() => again.retry(task)}
              />
            )}
          />
        </>
      )}
    </PagedCard>
  );
}

function useColumns(): DataColumn<DeadTask>[] {
  const { t } = useI18n();
  return [
    {
      key: 'kind',
      header: t('tasks.kind'),
      cell: ({ kind }) => <span className="font-mono text-xs break-all">{kind}</span>,
    },
    { key: 'error', header: t('failure.why'), cell: ({ error }) => <ErrorText error={error} /> },
    {
      key: 'attempts',
      header: t('failure.attempts'),
      numeric: true,
      cell: ({ attempts }) => attempts,
    },
    {
      key: 'created',
      header: t('tasks.created'),
      wide: true,
      cell: ({ created_at }) => <When iso={created_at} className="text-ink-2" />,
    },
    {
      key: 'died',
      header: t('tasks.died'),
      cell: ({ died_at }) => <When iso={died_at} className="text-ink-2" />,
    },
  ];
}
