import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, Undo2 } from 'lucide-react';
import { reviewDiscrepancy } from '../api/discrepancies';
import type { Discrepancy } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { useSourceName } from '../shipments/Sources';
import { Button } from '../ui/Button';
import { Chip, StatusChip, type Tone } from '../ui/Chip';
import { FailureNotice } from '../ui/ListCard';
import { When } from '../ui/When';

const TONES: Record<Discrepancy['kind'], Tone> = {
  delivery_disputed: 'red',
  after_the_end: 'red',
  delivered_unseen: 'orange',
  status_mismatch: 'amber',
  moved_back: 'amber',
};

/** A shipment, what is wrong with it, and what each source says. */
export function DiscrepancyRow({ row }: { row: Discrepancy }) {
  const { t } = useI18n();
  const { shipment, kind, review } = row;
  return (
    <li className="grid gap-2 border-b px-4 py-3 text-sm last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Link
          to="/guias/$id"
          params={{ id: shipment.id }}
          className="font-medium whitespace-nowrap hover:underline"
        >
          {shipment.tracking_number}
        </Link>
        <span className="text-ink-2">
          {shipment.carrier.name} · {shipment.city.name}
        </span>
        <Chip tone={TONES[kind]} title={t(`discrepancy.${kind}.title`)}>
          {t(`discrepancy.${kind}`)}
        </Chip>
        <span className="text-xs text-ink-2">
          {t('discrepancies.since')} <When iso={row.since} />
        </span>
        <span className="ml-auto">
          <Review row={row} />
        </span>
      </div>
      <Says row={row} />
      {review && (
        <p className="text-xs text-ink-2">
          {review.reviewed_by?.name
            ? t('discrepancies.reviewed.by', { name: review.reviewed_by.name })
            : t('discrepancies.reviewed.one')}{' '}
          · <When iso={review.reviewed_at} />
        </p>
      )}
    </li>
  );
}

function Says({ row }: { row: Discrepancy }) {
  const { t, lookUp } = useI18n();
  const nameOf = useSourceName();
  const statusOf = (status: string | null) => (status && lookUp(`status.${status}`)) ?? '';
  const jumps = row.oddities.filter(({ kind }) => kind === row.kind);
  return (
    <ul className="grid gap-1">
      {row.sources.map((side) => (
        <li key={side.source} className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-32">{nameOf(side.source)}</span>
          <StatusChip shipment={side} />
          <span className="text-ink-2">{side.raw_status}</span>
          <span className="text-xs text-ink-2">
            <When iso={side.occurred_at} />
          </span>
          {side.source === row.told_by && (
            <Chip tone="blue" title={t('sources.believed.title')}>
              {t('sources.believed')}
            </Chip>
          )}
        </li>
      ))}
      {jumps.map((odd) => (
        <li key={odd.occurred_at} className="text-ink-2">
          {(lookUp(`sources.${odd.kind}`) ?? odd.kind)
            .replace('{from}', statusOf(odd.from))
            .replace('{to}', statusOf(odd.to))}{' '}
          · <When iso={odd.occurred_at} />
        </li>
      ))}
    </ul>
  );
}

function Review({ row }: { row: Discrepancy }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayWrite = useMay('guides:write');
  const reviewed = row.review !== null;
  const save = useMutation({
    mutationFn: () => reviewDiscrepancy(row.shipment.id, !reviewed),
    onSettled: () => client.invalidateQueries({ queryKey: ['discrepancies'] }),
  });
  if (!mayWrite) return null;
  const Icon = reviewed ? Undo2 : CircleCheck;
  const label = t(reviewed ? 'discrepancies.reopen' : 'discrepancies.review');
  return (
    <span className="grid gap-1">
      <Button
        disabled={save.isPending}
        aria-label={`${label}: ${row.shipment.tracking_number}`}
        onClick={() => save.mutate()}
      >
        <Icon size={15} aria-hidden />
        {label}
      </Button>
      <FailureNotice error={save.error} />
    </span>
  );
}
