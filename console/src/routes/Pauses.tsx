import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CirclePause, CirclePlay, Plus } from 'lucide-react';
import { sessionQuery } from '../api/queries';
import { resumeRoute, routePausesQuery } from '../api/routes';
import type { RoutePause } from '../api/types';
import { useI18n } from '../i18n/context';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { When } from '../ui/When';
import type { RouteActions } from './Chosen';

/** What is paused and what was: who, when, why. */
export default function Pauses({ mayPause, onAction }: RouteActions) {
  const { t } = useI18n();
  const query = useInfiniteQuery(routePausesQuery);
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: (id: string) => resumeRoute(id),
    onSettled: () => client.invalidateQueries({ queryKey: ['routes'] }),
  });
  return (
    <>
      {mayPause && (
        <div>
          <Button kind="primary" onClick={() => onAction({ name: 'pause' })}>
            <Plus size={16} aria-hidden />
            {t('pauses.new')}
          </Button>
        </div>
      )}
      <FailureNotice error={resume.error} />
      <PagedCard
        title={t('pauses.title')}
        body={t('pauses.body')}
        query={query}
        empty={<NothingHere>{t('pauses.none')}</NothingHere>}
      >
        {(rows) => (
          <PauseTable
            rows={rows}
            busy={resume.isPending}
            onResume={mayPause ? resume.mutate : undefined}
          />
        )}
      </PagedCard>
    </>
  );
}

interface PauseTableProps {
  rows: readonly RoutePause[];
  busy: boolean;
  onResume: ((id: string) => void) | undefined;
}

function PauseTable({ rows, busy, onResume }: PauseTableProps) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  const columns: DataColumn<RoutePause>[] = [
    { key: 'city', header: t('table.city'), cell: (pause) => cityWords(pause.city_name) },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: (pause) =>
        pause.carrier_code === null ? t('pauses.carrier.any') : nameOf(pause.carrier_code),
    },
    {
      key: 'status',
      header: t('pauses.status'),
      cell: (pause) =>
        pause.resumed_at === null ? (
          <Chip tone="amber" icon={CirclePause}>
            {t('pauses.active')}
          </Chip>
        ) : (
          <Chip tone="grey" icon={CirclePlay}>
            {t('pauses.ended')}
          </Chip>
        ),
    },
    { key: 'reason', header: t('pauses.reason'), cell: (pause) => pause.reason },
    {
      key: 'since',
      header: t('pauses.since'),
      cell: (pause) => (
        <>
          <When iso={pause.paused_at} /> <By who={pause.paused_by} />
        </>
      ),
    },
    {
      key: 'until',
      header: t('pauses.until'),
      cell: (pause) =>
        pause.resumed_at !== null &&
        pause.resumed_by && (
          <>
            <When iso={pause.resumed_at} /> <By who={pause.resumed_by} />
          </>
        ),
    },
  ];
  const actions = (pause: RoutePause) =>
    pause.resumed_at === null && (
      <Button
        kind="quiet"
        disabled={busy}
        aria-label={t('pauses.resume.of', { city: cityWords(pause.city_name) })}
        onClick={() => onResume?.(pause.id)}
      >
        <CirclePlay size={15} aria-hidden />
        {t('pauses.resume')}
      </Button>
    );
  return (
    <DataList
      label={t('pauses.title')}
      rows={rows}
      rowKey={({ id }) => id}
      columns={columns}
      actions={onResume && actions}
      actionsLabel={t('list.actions')}
    />
  );
}

function By({ who }: { who: RoutePause['paused_by'] }) {
  const { t } = useI18n();
  const { data: session } = useQuery(sessionQuery);
  const mine = who.user_id !== null && who.user_id === session?.user.id;
  const words = mine ? 'pauses.by.you' : who.user_id ? 'pauses.by.person' : 'pauses.by.program';
  return <span className="text-xs text-ink-2">{t(words)}</span>;
}
