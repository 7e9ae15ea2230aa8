import { useState, type SubmitEvent } from 'react';
import { SHIPMENT_STATUSES, type StatusMapping } from '../api/types';
import { useI18n } from '../i18n/context';
import { foldPhrase } from '../lib/fold';
import { ISSUE_REASONS } from '../lib/mappings';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { SelectField } from '../ui/SelectField';
import { usePutMappings } from './useMappings';

/** What the dialog opens with. */
export interface MappingStart {
  phrase: string;
  carrier: string | null;
  /** The mapping that is changed; absent for a new one. */
  current?: StatusMapping;
  /** The phrase as it came, of one not mapped yet. */
  sample?: string;
}

interface MapDialogProps {
  start: MappingStart;
  onClose: () => void;
  onSaved: (mappings: readonly StatusMapping[]) => void;
}

export function MapDialog({ start, onClose, onSaved }: MapDialogProps) {
  const { t } = useI18n();
  const title = t(start.current ? 'mapping.change' : 'mapping.new');
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => <MapForm start={start} onClose={close} onSaved={onSaved} />}
    </Dialog>
  );
}

type Draft = Omit<StatusMapping, 'status'> & { status: string };

function firstDraft({ phrase, carrier, current }: MappingStart): Draft {
  if (current) return current;
  return { phrase, carrier_code: carrier, status: '', reason: 'NONE', return_in_process: false };
}

/** A reason belongs to a problem only, "on its way back" to a return only. */
function withStatus(draft: Draft, status: string): Draft {
  const [someReason = 'OTHER'] = ISSUE_REASONS;
  const reason = draft.reason === 'NONE' ? someReason : draft.reason;
  return {
    ...draft,
    status,
    reason: status === 'ISSUE' ? reason : 'NONE',
    return_in_process: status === 'RETURNED',
  };
}

function MapForm({ start, onClose, onSaved }: MapDialogProps) {
  const { t } = useI18n();
  const [draft, setDraft] = useState(() => firstDraft(start));
  const put = usePutMappings();
  const fixed = start.current !== undefined || start.phrase !== '';
  const ready = draft.status !== '' && foldPhrase(draft.phrase) !== '';
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready) return;
    put.mutate([draft], {
      onSuccess: () => {
        onClose();
        onSaved([draft]);
      },
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {fixed ? (
        <div>
          <p className="text-sm font-medium">{t('mapping.phrase')}</p>
          <p className="font-mono break-words">{start.sample ?? draft.phrase}</p>
        </div>
      ) : (
        <Field
          label={t('mapping.phrase')}
          hint={t('mapping.phrase.hint')}
          required
          maxLength={300}
          autoComplete="off"
          value={draft.phrase}
          onChange={({ target }) => setDraft({ ...draft, phrase: target.value })}
        />
      )}
      <CarrierField
        start={start}
        value={draft.carrier_code}
        onValue={(carrier_code) => setDraft({ ...draft, carrier_code })}
      />
      <SelectField
        label={t('mapping.status')}
        required
        value={draft.status}
        options={[
          ['', t('mapping.status.choose')],
          ...SHIPMENT_STATUSES.map((status) => [status, t(`status.${status}`)] as const),
        ]}
        onChange={({ target }) => setDraft(withStatus(draft, target.value))}
      />
      {draft.status === 'ISSUE' && (
        <SelectField
          label={t('mapping.reason')}
          value={draft.reason}
          options={ISSUE_REASONS.map((reason) => [reason, t(`exception.${reason}`)])}
          onChange={({ target }) => setDraft({ ...draft, reason: target.value })}
        />
      )}
      {draft.status === 'RETURNED' && (
        <SelectField
          label={t('mapping.returning')}
          value={String(draft.return_in_process)}
          options={[
            ['true', t('status.RETURNED.underWay')],
            ['false', t('status.RETURNED.done')],
          ]}
          onChange={({ target }) =>
            setDraft({ ...draft, return_in_process: target.value === 'true' })
          }
        />
      )}
      <p className="text-sm text-ink-2">{t('mapping.effect')}</p>
      <FailureNotice error={put.error} />
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={!ready || put.isPending}>
          {t(put.isPending ? 'dialog.saving' : 'dialog.save')}
        </Button>
      </DialogActions>
    </form>
  );
}

interface CarrierFieldProps {
  start: MappingStart;
  value: string | null;
  onValue: (carrier: string | null) => void;
}

/** A mapping's place cannot be changed, only its meaning: another place is another mapping. */
function CarrierField({ start, value, onValue }: CarrierFieldProps) {
  const { t } = useI18n();
  const { nameOf, options } = useCarriers();
  const codes = new Set(options.map(([code]) => code));
  const missing = start.carrier && !codes.has(start.carrier) ? [start.carrier] : [];
  return (
    <SelectField
      label={t('mapping.carrier')}
      hint={t('mapping.carrier.hint')}
      disabled={start.current !== undefined}
      value={value ?? ''}
      options={[
        ['', t('mapping.carrier.any')],
        ...missing.map((code) => [code, nameOf(code)] as const),
        ...options,
      ]}
      onChange={({ target }) => onValue(target.value === '' ? null : target.value)}
    />
  );
}
