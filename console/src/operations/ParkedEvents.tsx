import { useQuery } from '@tanstack/react-query';
import { CirclePause, Clock } from 'lucide-react';
import { parkedEventsQuery, retryEvent } from '../api/setup';
import type { ParkedEvent } from '../api/types';
import { useI18n } from '../i18n/context';
import { Chip } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, ListCard, NothingHere } from '../ui/ListCard';
import { When } from '../ui/When';
import { ErrorText } from './ErrorText';
import { RetryButton } from './RetryButton';
import { useRetry } from './useRetry';

const keyOf = ({ reaction, position }: ParkedEvent) => `${reaction}:${position}`;

/** Events that a reaction failed on, and those that wait behind them. */
export function ParkedEvents() {
  const { t } = useI18n();
  const query = useQuery(parkedEventsQuery);
  const again = useRetry(parkedEventsQuery.queryKey, retryEvent, keyOf);
  const columns = useColumns();
  return (
    <ListCard
      title={t('events.title')}
      body={t('events.body')}
      query={query}
      empty={<NothingHere>{t('events.empty')}</NothingHere>}
    >
      {(rows) => (
        <>
          <FailureNotice error={again.error} />
          <DataList
            label={t('events.title')}
            rows={rows}
            rowKey={keyOf}
            columns={columns}
            actionsLabel={t('list.actions')}
            actions={(event) => (
              <RetryButton
                of={`${event.kind} ${event.position}`}
                busy={again.isBusy(event)}
                onRetry={() => again.retry(event)}
              />
            )}
          />
        </>
      )}
    </ListCard>
  );
}

function useColumns(): DataColumn<ParkedEvent>[] {
  const { t } = useI18n();
  return [
    {
      key: 'kind',
      header: t('events.kind'),
      cell: ({ kind, reaction }) => (
        <span className="font-mono text-xs break-all">
          {kind}
          <span className="block text-ink-2">→ {reaction}</span>
        </span>
      ),
    },
    { key: 'state', header: t('events.state'), cell: (event) => <EventState event={event} /> },
    { key: 'error', header: t('failure.why'), cell: ({ error }) => <ErrorText error={error} /> },
    {
      key: 'attempts',
      header: t('failure.attempts'),
      numeric: true,
      cell: ({ attempts }) => attempts,
    },
    {
      key: 'entity',
      header: t('events.entity'),
      wide: true,
      cell: ({ entity_id }) => (
        <span className="font-mono text-2xs break-all text-ink-2">{entity_id}</span>
      ),
    },
    {
      key: 'occurred',
      header: t('events.occurred'),
      cell: ({ occurred_at }) => <When iso={occurred_at} className="text-ink-2" />,
    },
  ];
}

function EventState({ event }: { event: ParkedEvent }) {
  const { t } = useI18n();
  const parked = event.state === 'parked';
  return (
    <span className="inline-flex flex-wrap items-center gap-2 max-md:justify-end">
      <Chip tone={parked ? 'red' : 'amber'} icon={parked ? CirclePause : Clock}>
        {t(parked ? 'events.parked' : 'events.waiting')}
      </Chip>
      {event.next_try_at && (
        <span className="text-xs text-ink-2">
          {t('events.next')} <When iso={event.next_try_at} />
        </span>
      )}
    </span>
  );
}
