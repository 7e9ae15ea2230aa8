import { FilePlus2, Hourglass } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ShipmentDetail, ShipmentEvent } from '../api/types';
import { useI18n } from '../i18n/context';
import { elapsedSince, formatDayHeading, formatSpan, formatWhen } from '../lib/format';
import { useNow } from '../lib/hooks';
import { groupByDay, SILENCE_MS, type TimelineDay } from '../lib/timeline';
import { Button } from '../ui/Button';
import { ErrorState, Skeleton } from '../ui/states';
import { TimelineEvent } from './TimelineEvent';

/** The part of an infinite query that the timeline needs. */
interface EventPages {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
}

interface TimelineProps {
  shipment: ShipmentDetail;
  events: EventPages;
  loaded: readonly ShipmentEvent[];
}

/** The life of a shipment, newest first, with its silences drawn to be seen. */
export function Timeline({ shipment, events, loaded }: TimelineProps) {
  const { t, plural } = useI18n();
  const days = groupByDay(loaded);
  const counts = [plural('timeline.count', shipment.event_count)];
  if (shipment.duplicate_count > 0) {
    counts.push(plural('timeline.duplicates', shipment.duplicate_count));
  }
  return (
    <section aria-label={t('timeline.title')} className="grid gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 className="text-sm font-semibold">{t('timeline.title')}</h2>
        <p className="nums text-xs text-ink-2">{counts.join(' · ')}</p>
      </div>
      {events.isPending && <Skeleton className="h-48" />}
      {events.isError && <ErrorState error={events.error} onRetry={() => events.refetch()} />}
      {!events.isPending && !events.isError && days.length === 0 && (
        <p className="text-sm text-ink-2">{t('timeline.empty')}</p>
      )}
      {days.length > 0 && (
        <div>
          <SinceLast shipment={shipment} />
          {days.map((day, index) => (
            <Day key={day.day} day={day} newest={index === 0} />
          ))}
          {events.hasNextPage ? (
            <Button
              className="mt-3 w-full"
              disabled={events.isFetchingNextPage}
              onClick={() => events.fetchNextPage()}
            >
              {t('timeline.more')}
            </Button>
          ) : (
            <Origin shipment={shipment} />
          )}
        </div>
      )}
    </section>
  );
}

/** From the last movement to this moment. */
function SinceLast({ shipment }: { shipment: ShipmentDetail }) {
  const { t } = useI18n();
  const now = useNow();
  if (shipment.risk.terminal || !shipment.last_movement_at) return null;
  const span = elapsedSince(shipment.last_movement_at, now);
  if (span < SILENCE_MS) return null;
  return (
    <>
      <Rung time={t('timeline.now')} node={<span className="size-2.5 rounded-full bg-amber" />} />
      <Silence text={t('timeline.silence', { span: formatSpan(span) })} />
    </>
  );
}

function Day({ day, newest }: { day: TimelineDay; newest: boolean }) {
  const { locale } = useI18n();
  const now = useNow();
  return (
    <section>
      <h3 className="grid grid-cols-[4.5rem_2rem_minmax(0,1fr)] items-center">
        <span className="h-9" />
        <span className="relative flex h-full justify-center">
          <span className="absolute inset-y-0 w-px bg-line-strong/50" />
        </span>
        <span className="nums pl-3 text-xs font-medium text-ink-2 first-letter:uppercase">
          {formatDayHeading(day.iso, now, locale)}
        </span>
      </h3>
      <ol>
        {day.entries.map(({ event, silenceBelow }, index) => (
          <li key={event.id}>
            <TimelineEvent event={event} newest={newest && index === 0} />
            <SilenceBelow span={silenceBelow} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function SilenceBelow({ span }: { span: number }) {
  const { t } = useI18n();
  if (span === 0) return null;
  return <Silence text={t('timeline.silence', { span: formatSpan(span) })} />;
}

function Silence({ text }: { text: string }) {
  return (
    <div className="grid min-h-12 grid-cols-[4.5rem_2rem_minmax(0,1fr)] items-center">
      <span />
      <span className="flex h-full justify-center" aria-hidden>
        <span className="h-full w-0 border-l-2 border-dashed border-amber" />
      </span>
      <span className="pl-3">
        <span className="nums inline-flex h-6 items-center gap-1.5 rounded-full border border-amber-line bg-amber-soft px-2.5 text-xs font-medium text-amber">
          <Hourglass size={12} aria-hidden />
          {text}
        </span>
      </span>
    </div>
  );
}

/** The first line of the story. */
function Origin({ shipment }: { shipment: ShipmentDetail }) {
  const { t, locale } = useI18n();
  const now = useNow();
  if (!shipment.guide_created_at) return null;
  return (
    <>
      <Rung tall />
      <Rung
        node={
          <span className="flex size-7 items-center justify-center rounded-full border bg-surface text-ink-2">
            <FilePlus2 size={14} aria-hidden />
          </span>
        }
      >
        <span className="text-sm text-ink-2">
          {t('timeline.generated')} ·{' '}
          <span className="nums">{formatWhen(shipment.guide_created_at, now, locale)}</span>
        </span>
      </Rung>
    </>
  );
}

interface RungProps {
  time?: string;
  node?: ReactNode;
  tall?: boolean;
  children?: ReactNode;
}

function Rung({ time, node, tall, children }: RungProps) {
  return (
    <div className="grid grid-cols-[4.5rem_2rem_minmax(0,1fr)] items-center">
      <span className="pr-1.5 text-right text-xs font-medium text-ink-2">{time}</span>
      <span className="relative flex h-full min-h-6 items-center justify-center">
        {tall && <span className="absolute inset-y-0 w-px bg-line-strong/50" />}
        {node}
      </span>
      <span className="pl-3">{children}</span>
    </div>
  );
}
