import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CalendarPlus, CircleCheck, Undo2 } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { extendOfficeStay, withdrawOfficeExtension } from '../api/routes';
import type { OfficeStay, ShipmentDetail } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { formatDay } from '../lib/format';
import { officeWords } from '../lib/office';
import { Button } from '../ui/Button';
import { Chip, type Tone } from '../ui/Chip';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Notice } from '../ui/states';
import { When } from '../ui/When';

const TONES: Record<string, Tone> = { green: 'green', amber: 'amber', red: 'red', grey: 'grey' };

/** How long the parcel is still kept at its office, and what moves that. */
export function Office({ shipment }: { shipment: ShipmentDetail }) {
  const { t, locale } = useI18n();
  const mayExtend = useMay('guides:write');
  const [extending, setExtending] = useState(false);
  const [added, setAdded] = useState<OfficeStay>();
  const stay = shipment.office;
  if (!stay) return null;
  const days = { days: stay.office_days ?? 0, extra: stay.extra_days };
  return (
    <section aria-label={t('office.title')} className="rounded-lg border p-4 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">{t('office.title')}</h2>
        <Left stay={stay} />
      </div>
      <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-ink-2">{t('office.arrived')}</dt>
        <dd>
          <When iso={stay.arrived_at} />
        </dd>
        {stay.due_on && (
          <>
            <dt className="text-ink-2">{t('office.due')}</dt>
            <dd>
              {formatDay(stay.due_on, locale)}
              <span className="block text-xs text-ink-2">
                {t(stay.extra_days > 0 ? 'office.days.extra' : 'office.days', days)}
              </span>
            </dd>
          </>
        )}
      </dl>
      {added && <Added id={shipment.id} stay={added} onUndone={() => setAdded(undefined)} />}
      {mayExtend && stay.due_on && (
        <Button
          className="mt-3"
          disabled={stay.extra_days_left === 0}
          title={stay.extra_days_left === 0 ? t('office.extend.none') : undefined}
          onClick={() => setExtending(true)}
        >
          <CalendarPlus size={15} aria-hidden />
          {t('office.extend')}
        </Button>
      )}
      {extending && (
        <Dialog title={t('office.extend')} onClose={() => setExtending(false)}>
          {(close) => (
            <Extend
              id={shipment.id}
              left={stay.extra_days_left}
              onAdded={(next) => {
                setAdded(next);
                close();
              }}
              onCancel={close}
            />
          )}
        </Dialog>
      )}
    </section>
  );
}

export function Left({ stay }: { stay: Pick<OfficeStay, 'light' | 'days_left' | 'overdue'> }) {
  const { t, plural } = useI18n();
  const words = officeWords(stay);
  return (
    <Chip tone={TONES[stay.light] ?? 'grey'}>
      {words.count === undefined ? t(words.key) : plural(words.key, words.count)}
    </Chip>
  );
}

function useRefresh(id: string) {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['shipment', id] });
}

/** What was just noted, with the way back. */
function Added({ id, stay, onUndone }: { id: string; stay: OfficeStay; onUndone: () => void }) {
  const { t } = useI18n();
  const refresh = useRefresh(id);
  const last = stay.extensions.at(-1);
  const undo = useMutation({
    mutationFn: (extension: string) => withdrawOfficeExtension(id, extension),
    onSuccess: async () => {
      await refresh();
      onUndone();
    },
  });
  if (!last) return null;
  return (
    <div className="mt-3 grid gap-2">
      <Notice tone="green" icon={CircleCheck} role="status">
        <div className="flex flex-wrap items-center gap-2">
          <p className="flex-1">{t('office.extended', { days: last.days })}</p>
          <Button disabled={undo.isPending} onClick={() => undo.mutate(last.id)}>
            <Undo2 size={15} aria-hidden />
            {t('undo')}
          </Button>
        </div>
      </Notice>
      <FailureNotice error={undo.error} />
    </div>
  );
}

interface ExtendProps {
  id: string;
  left: number;
  onAdded: (stay: OfficeStay) => void;
  onCancel: () => void;
}

function Extend({ id, left, onAdded, onCancel }: ExtendProps) {
  const { t } = useI18n();
  const [days, setDays] = useState('');
  const [reason, setReason] = useState('');
  const refresh = useRefresh(id);
  const wanted = /^\d{1,2}$/.test(days.trim()) ? Number(days) : Number.NaN;
  const fits = wanted >= 1 && wanted <= left;
  const save = useMutation({
    mutationFn: () =>
      extendOfficeStay(id, { days: wanted, ...(reason.trim() && { reason: reason.trim() }) }),
    onSuccess: async (stay) => {
      await refresh();
      onAdded(stay);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (fits) save.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <Field
        label={t('office.extend.days')}
        hint={t('office.extend.hint', { left })}
        error={days !== '' && !fits ? t('office.extend.wrong', { left }) : undefined}
        required
        inputMode="numeric"
        autoComplete="off"
        value={days}
        onChange={({ target }) => setDays(target.value)}
      />
      <Field
        label={t('office.extend.reason')}
        hint={t('pauses.reason.hint')}
        maxLength={200}
        autoComplete="off"
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <FailureNotice error={save.error} />
      <DialogActions>
        <Button onClick={onCancel}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={!fits || save.isPending}>
          {t('office.extend.save')}
        </Button>
      </DialogActions>
    </form>
  );
}
