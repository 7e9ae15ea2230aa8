import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useId, useState, type SubmitEvent } from 'react';
import { createBatch } from '../api/batches';
import { ApiError } from '../api/client';
import type { FilledBatch } from '../api/types';
import { useI18n } from '../i18n/context';
import { MAX_NUMBERS, pastedNumbers } from '../lib/batches';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Notice } from '../ui/states';

const SHOWN_UNKNOWN = 10;

/** A batch of pasted tracking numbers. */
export function NewBatch({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog title={t('batches.new')} onClose={onClose}>
      {(close) => <NewBatchForm onClose={close} />}
    </Dialog>
  );
}

function NewBatchForm({ onClose }: { onClose: () => void }) {
  const { t, plural } = useI18n();
  const id = useId();
  const client = useQueryClient();
  const [label, setLabel] = useState('');
  const [text, setText] = useState('');
  const numbers = pastedNumbers(text);
  const tooMany = numbers.length > MAX_NUMBERS;
  const create = useMutation({
    mutationFn: createBatch,
    onSuccess: () => client.invalidateQueries({ queryKey: ['batches'] }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (numbers.length === 0 || tooMany) return;
    create.mutate({ label: label.trim() || null, tracking_numbers: numbers });
  };
  if (create.data) return <Made made={create.data} />;
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p className="text-ink-2">{t('batches.new.body')}</p>
      <Field
        label={t('batches.new.label')}
        value={label}
        maxLength={120}
        autoComplete="off"
        onChange={({ target }) => setLabel(target.value)}
      />
      <div className="grid gap-1">
        <label htmlFor={id} className="text-sm font-medium">
          {t('batches.new.numbers')}
        </label>
        <textarea
          id={id}
          rows={8}
          value={text}
          spellCheck={false}
          aria-describedby={`${id}-note`}
          onChange={({ target }) => setText(target.value)}
          className="w-full rounded-lg border border-line-strong bg-surface p-3 font-mono text-sm"
        />
        <div id={`${id}-note`} className="text-xs text-ink-2">
          {tooMany ? (
            <span className="text-red">{t('batches.new.tooMany', { max: MAX_NUMBERS })}</span>
          ) : numbers.length > 0 ? (
            plural('batches.new.count', numbers.length)
          ) : (
            t('batches.new.hint', { max: MAX_NUMBERS })
          )}
        </div>
      </div>
      <Refused error={create.error} />
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button
          kind="primary"
          type="submit"
          disabled={numbers.length === 0 || tooMany || create.isPending}
        >
          {t(create.isPending ? 'dialog.saving' : 'batches.new.submit')}
        </Button>
      </DialogActions>
    </form>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useI18n();
  const unknown =
    error instanceof ApiError && error.problem.errors?.some(({ code }) => code === 'unknown');
  if (!unknown) return <FailureNotice error={error} />;
  return (
    <Notice tone="red" icon={CircleAlert} role="alert">
      {t('batches.noShipments')}
    </Notice>
  );
}

function Made({ made: { batch, added, unknown } }: { made: FilledBatch }) {
  const { t, plural } = useI18n();
  const navigate = useNavigate();
  const shown = unknown.slice(0, SHOWN_UNKNOWN).join(', ');
  const numbers = unknown.length > SHOWN_UNKNOWN ? `${shown}…` : shown;
  const text = t(`batches.unknown.${unknown.length === 1 ? 'one' : 'other'}`, {
    count: unknown.length,
    numbers,
  });
  return (
    <>
      <p role="status" className="font-medium">
        {t('batch.name', { number: batch.number })} · {plural('batches.new.count', added)}
      </p>
      {unknown.length > 0 && (
        <Notice tone="amber" icon={TriangleAlert}>
          {text}
        </Notice>
      )}
      <DialogActions>
        <Button
          kind="primary"
          onClick={() => void navigate({ to: '/cargas/$id', params: { id: batch.id } })}
        >
          {t('import.batch')}
        </Button>
      </DialogActions>
    </>
  );
}
