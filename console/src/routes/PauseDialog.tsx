import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { facetsQuery } from '../api/queries';
import { pauseRoute } from '../api/routes';
import type { NewRoutePause } from '../api/types';
import { useI18n } from '../i18n/context';
import { placeName } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { SelectField } from '../ui/SelectField';
import { Notice } from '../ui/states';
import { CircleAlert } from 'lucide-react';

interface PauseStart {
  /** Municipality code, or folded name. */
  city?: string;
  cityName?: string;
  carrier?: string;
}

export function PauseDialog({ start, onClose }: { start: PauseStart; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog title={t('pauses.dialog')} onClose={onClose}>
      {(close) => <PauseForm start={start} onDone={close} />}
    </Dialog>
  );
}

function usePause(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewRoutePause) => pauseRoute(body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['routes'] });
      onDone();
    },
  });
}

function PauseForm({ start, onDone }: { start: PauseStart; onDone: () => void }) {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const { options } = useCarriers();
  const cities = useId();
  const [city, setCity] = useState(start.cityName ?? '');
  const [carrier, setCarrier] = useState(start.carrier ?? '');
  const [reason, setReason] = useState('');
  const save = usePause(onDone);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // The key of the row that was chosen, unless somebody wrote another name.
    const wanted = city === start.cityName && start.city ? start.city : city.trim();
    save.mutate({ city: wanted, carrier: carrier || null, reason: reason.trim() });
  };
  const fault = save.error instanceof ApiError ? save.error : undefined;
  const field = fault?.problem.errors?.[0]?.field;
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label={t('pauses.city')}
        error={field === 'city' ? t('pauses.error.city') : undefined}
        required
        list={cities}
        maxLength={100}
        autoComplete="off"
        value={city}
        onChange={({ target }) => setCity(target.value)}
      />
      <datalist id={cities}>
        {[...new Set(data?.cities.map(placeName))].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <SelectField
        label={t('pauses.carrier')}
        options={[['', t('pauses.carrier.any')], ...options.filter(([code]) => code !== 'otro')]}
        value={carrier}
        onChange={({ target }) => setCarrier(target.value)}
      />
      <Field
        label={t('pauses.reason')}
        hint={t('pauses.reason.hint')}
        error={field === 'reason' ? t('pauses.error.reason') : undefined}
        required
        maxLength={200}
        autoComplete="off"
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      {fault?.status === 409 && (
        <Notice tone="amber" icon={CircleAlert} role="alert">
          {t('pauses.error.already')}
        </Notice>
      )}
      {!field && fault?.status !== 409 && <FailureNotice error={save.error} />}
      <DialogActions>
        <Button onClick={onDone}>{t('dialog.cancel')}</Button>
        <Button
          kind="primary"
          type="submit"
          disabled={save.isPending || city.trim() === '' || reason.trim() === ''}
        >
          {t('pauses.save')}
        </Button>
      </DialogActions>
    </form>
  );
}
