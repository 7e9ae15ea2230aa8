import { Link } from '@tanstack/react-router';
import { Clock4 } from 'lucide-react';
import type { ShipmentEvent } from '../api/types';
import { useI18n } from '../i18n/context';
import type { Translator } from '../i18n/translate';
import { formatExact, formatTime } from '../lib/format';
import { useNow } from '../lib/hooks';
import { Chip, statusLook, type Tone } from '../ui/Chip';
import { cityWords } from './cells';

const NODE: Record<Tone, string> = {
  grey: 'text-grey border-grey-line bg-grey-soft',
  blue: 'text-blue border-blue-line bg-blue-soft',
  green: 'text-green border-green-line bg-green-soft',
  amber: 'text-amber border-amber-line bg-amber-soft',
  orange: 'text-orange border-orange-line bg-orange-soft',
  red: 'text-red border-red-line bg-red-soft',
};

function sourceName(source: string, { t, lookUp }: Translator): string {
  return lookUp(`source.${source}`) ?? t('source.other', { name: source });
}

export function TimelineEvent({ event, newest }: { event: ShipmentEvent; newest: boolean }) {
  const { locale } = useI18n();
  const now = useNow();
  return (
    <div className="grid grid-cols-[4.5rem_2rem_minmax(0,1fr)]">
      <time
        dateTime={event.occurred_at}
        title={formatExact(event.occurred_at, now, locale)}
        className={`nums pt-1 pr-1.5 text-right text-xs ${newest ? 'font-medium text-ink' : 'text-ink-2'}`}
      >
        {formatTime(event.occurred_at, locale)}
      </time>
      <Node event={event} />
      <div className={`min-w-0 pt-0.5 pb-5 pl-3 ${event.out_of_order ? 'text-ink-2' : ''}`}>
        <Story event={event} newest={newest} />
      </div>
    </div>
  );
}

/** The dot on the rail: icon and colour of the state, dashed when it came late. */
function Node({ event }: { event: ShipmentEvent }) {
  const { tone, icon: Icon } = statusLook(event.status, event.status_known);
  return (
    <span className="relative flex justify-center" aria-hidden>
      <span className="absolute inset-y-0 w-px bg-line-strong/50" />
      <span
        className={`relative flex size-7 items-center justify-center rounded-full border ring-2 ring-surface ${event.out_of_order ? 'border-dashed border-line-strong bg-surface text-ink-2' : NODE[tone]}`}
      >
        <Icon size={14} />
      </span>
    </span>
  );
}

function Story({ event, newest }: { event: ShipmentEvent; newest: boolean }) {
  const translator = useI18n();
  const { t, locale } = translator;
  const now = useNow();
  const title = event.status_known ? t(`status.${event.status}`) : t('status.unmapped');
  const told = event.text ?? event.raw_status;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={newest ? 'text-base font-semibold' : 'font-medium'}>{title}</span>
        {event.out_of_order && (
          <Chip
            icon={Clock4}
            title={t('timeline.outOfOrder.title', {
              when: formatExact(event.received_at, now, locale),
            })}
          >
            {t('timeline.outOfOrder')}
          </Chip>
        )}
      </p>
      {told && told.toLowerCase() !== title.toLowerCase() && (
        <p className="text-sm break-words">{told}</p>
      )}
      <Novelty event={event} />
      <p className="mt-0.5 flex flex-wrap gap-x-1.5 text-xs text-ink-3">
        {event.city && (
          <>
            <span>{cityWords(event.city)}</span>
            <span aria-hidden>·</span>
          </>
        )}
        {event.import_id ? (
          <Link
            to="/importar/$id"
            params={{ id: event.import_id }}
            title={t('timeline.fromImport')}
            className="underline decoration-line-strong/60 underline-offset-2 hover:text-ink"
          >
            {sourceName(event.source, translator)}
          </Link>
        ) : (
          sourceName(event.source, translator)
        )}
      </p>
    </>
  );
}

function Novelty({ event }: { event: ShipmentEvent }) {
  const { t } = useI18n();
  const named = event.exception_reason !== 'NONE';
  if (!named && !event.novelty) return null;
  return (
    <p className="mt-1 border-l-2 border-orange-line pl-2 text-sm text-orange">
      {named && <span className="font-medium">{t(`exception.${event.exception_reason}`)}</span>}
      {named && event.novelty && ': '}
      {event.novelty}
    </p>
  );
}
