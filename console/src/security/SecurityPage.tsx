import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { endOtherSessions, endSession, sessionsQuery } from '../api/sessions';
import type { OpenSession } from '../api/types';
import { useI18n } from '../i18n/context';
import { deviceName } from '../lib/userAgent';
import { Button, IconButton } from '../ui/Button';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, ListCard } from '../ui/ListCard';
import { PageHeader } from '../ui/page';
import { When } from '../ui/When';

/** Where the person is logged in, and how to end it elsewhere. */
export function SecurityPage() {
  const { t } = useI18n();
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const onSettled = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({ mutationFn: endSession, onSettled });
  const endOthers = useMutation({ mutationFn: endOtherSessions, onSettled });
  const others = sessions.data?.items.some(({ current }) => !current) ?? false;
  const columns = useColumns();
  return (
    <>
      <PageHeader title={t('security.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <FailureNotice error={end.error ?? endOthers.error} />
        <ListCard
          title={t('security.sessions')}
          body={t('security.sessions.body')}
          query={sessions}
          empty={null}
          tools={
            others && (
              <Button disabled={endOthers.isPending} onClick={() => endOthers.mutate()}>
                {t('security.endOthers')}
              </Button>
            )
          }
        >
          {(rows) => (
            <DataList
              label={t('security.sessions')}
              rows={rows}
              rowKey={({ id }) => id}
              columns={columns}
              actionsLabel={t('list.actions')}
              actions={(session) =>
                session.current ? null : (
                  <IconButton
                    label={t('security.end')}
                    disabled={end.isPending}
                    onClick={() => end.mutate(session)}
                  >
                    <LogOut size={16} aria-hidden />
                  </IconButton>
                )
              }
            />
          )}
        </ListCard>
      </div>
    </>
  );
}

function useColumns(): DataColumn<OpenSession>[] {
  const { t } = useI18n();
  return [
    {
      key: 'device',
      header: t('security.device'),
      cell: ({ user_agent, current }) => (
        <span title={user_agent ?? undefined}>
          {deviceName(user_agent) ?? t('security.unknown')}
          {current && <strong className="ml-2 font-semibold">{t('security.current')}</strong>}
        </span>
      ),
    },
    {
      key: 'address',
      header: t('security.address'),
      cell: ({ address }) => <span className="nums break-all">{address ?? '–'}</span>,
    },
    {
      key: 'seen',
      header: t('security.seen'),
      cell: ({ last_seen_at }) => <When iso={last_seen_at} className="text-ink-2" />,
    },
    {
      key: 'since',
      header: t('security.since'),
      wide: true,
      cell: ({ created_at }) => <When iso={created_at} className="text-ink-2" />,
    },
  ];
}
