import { Link } from '@tanstack/react-router';
import { Archive, CircleDot, LoaderCircle, Lock, type LucideIcon } from 'lucide-react';
import type { Batch, BatchStatus, Shipment, ShipmentStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import { percentOf } from '../lib/batches';
import { formatNumber, formatShortDay } from '../lib/format';
import { useNow } from '../lib/hooks';
import { Chip, STATUS_LOOK, type Tone } from '../ui/Chip';

const LOOK: Record<BatchStatus, { tone: Tone; icon: LucideIcon }> = {
  open: { tone: 'green', icon: CircleDot },
  closed: { tone: 'grey', icon: Lock },
  archived: { tone: 'grey', icon: Archive },
};

export function BatchStatusChip({ batch }: { batch: Pick<Batch, 'status' | 'filling'> }) {
  const { t } = useI18n();
  if (batch.filling) {
    return (
      <Chip tone="blue" icon={LoaderCircle}>
        {t('batch.filling')}
      </Chip>
    );
  }
  const { tone, icon } = LOOK[batch.status];
  return (
    <Chip tone={tone} icon={icon}>
      {t(`batchStatus.${batch.status}`)}
    </Chip>
  );
}

/** A status by itself, with its colour; a dash for none. */
export function StatusWord({ status }: { status: ShipmentStatus | null }) {
  const { t } = useI18n();
  if (!status) return <span className="text-ink-3">–</span>;
  const { tone, icon } = STATUS_LOOK[status];
  return (
    <Chip tone={tone} icon={icon}>
      {t(`status.${status}`)}
    </Chip>
  );
}

/** The guía's number, which leads to its page. */
export function ShipmentLink({ shipment }: { shipment: Pick<Shipment, 'id' | 'tracking_number'> }) {
  return (
    <Link to="/guias/$id" params={{ id: shipment.id }} className="nums font-medium hover:underline">
      {shipment.tracking_number}
    </Link>
  );
}

/** `Carga 2 · hoy`. */
export function useBatchName(): (batch: Pick<Batch, 'number' | 'day'>) => string {
  const { t, locale } = useI18n();
  const now = useNow();
  return ({ number, day }) => t('batch.of', { number, day: formatShortDay(day, now, locale) });
}

/** How much of a whole was looked at: a bar with its words beside it. */
export function ReviewBar({ reviewed, total }: { reviewed: number; total: number }) {
  const { t, locale } = useI18n();
  const percent = percentOf(reviewed, total);
  return (
    <span
      className="inline-flex w-full max-w-56 items-center justify-end gap-2"
      title={t('batch.reviewed.of', { reviewed, total })}
    >
      <span aria-hidden className="h-1.5 min-w-10 flex-1 overflow-hidden rounded-full bg-sunken">
        <span
          className={`block h-full ${percent === 100 ? 'bg-green' : 'bg-blue'}`}
          style={{ width: `${percent}%` }}
        />
      </span>
      <span className="nums shrink-0 text-right">
        {formatNumber(reviewed, locale)}
        <span className="text-ink-2"> · {percent} %</span>
      </span>
    </span>
  );
}
