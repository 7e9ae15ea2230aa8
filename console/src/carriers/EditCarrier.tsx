import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, Undo2 } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { carrierChangesQuery, carriersQuery, putCarrierRules } from '../api/carriers';
import { ApiError } from '../api/client';
import type { CarrierChange, CarrierRules, CarrierWithRules } from '../api/types';
import { useI18n } from '../i18n/context';
import {
  changedRules,
  checkDraft,
  DIGITAL,
  draftOf,
  OFFICES,
  RULE_NAMES,
  type CarrierDraft,
} from '../lib/carrierRules';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { SelectField } from '../ui/SelectField';
import { Notice } from '../ui/states';
import { When } from '../ui/When';

interface EditCarrierProps {
  carrier: CarrierWithRules;
  onClose: () => void;
}

/** A carrier's rules, to be changed; and what was changed before, to go back to. */
export function EditCarrier({ carrier, onClose }: EditCarrierProps) {
  const { t } = useI18n();
  return (
    <Dialog wide title={t('carrierRules.title', { carrier: carrier.name })} onClose={onClose}>
      {(close) => <Form carrier={carrier} close={close} />}
    </Dialog>
  );
}

function Form({ carrier, close }: { carrier: CarrierWithRules; close: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(carrier.rules));
  const save = useMutation({
    mutationFn: (rules: CarrierRules) =>
      putCarrierRules(carrier.code, { version: carrier.version, rules }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: carriersQuery.queryKey });
      await client.invalidateQueries({ queryKey: ['office-stays'] });
      close();
    },
  });
  const conflict = save.error instanceof ApiError && save.error.status === 409;
  const { rules, wrong } = checkDraft(draft, carrier.rules);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (rules) save.mutate(rules);
  };
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <p className="text-sm text-ink-2">{t('carrierRules.body')}</p>
      <Fields draft={draft} wrong={wrong} onDraft={setDraft} />
      {conflict && (
        <Notice tone="amber" icon={CircleAlert} role="alert">
          {t('carrierRules.changed')}
        </Notice>
      )}
      {!conflict && <FailureNotice error={save.error} />}
      <DialogActions>
        <Button onClick={close}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={!rules || save.isPending}>
          {t(save.isPending ? 'dialog.saving' : 'dialog.save')}
        </Button>
      </DialogActions>
      {carrier.version > 0 && (
        <Versions
          carrier={carrier}
          busy={save.isPending}
          onBack={(before) => save.mutate(before)}
        />
      )}
    </form>
  );
}

interface FieldsProps {
  draft: CarrierDraft;
  wrong: ReadonlySet<string>;
  onDraft: (draft: CarrierDraft) => void;
}

function Fields({ draft, wrong, onDraft }: FieldsProps) {
  const { t } = useI18n();
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      {RULE_NAMES.map((name) => (
        <Field
          key={name}
          label={t(`carrierRules.${name}`)}
          error={wrong.has(name) ? t('carrierRules.wrong') : undefined}
          inputMode="numeric"
          autoComplete="off"
          value={draft[name]}
          onChange={({ target }) => onDraft({ ...draft, [name]: target.value })}
        />
      ))}
      <SelectField
        label={t('carrierRules.offices')}
        options={OFFICES.map((each) => [each, t(`carrierRules.offices.${each}`)])}
        value={draft.offices}
        onChange={({ target }) => onDraft({ ...draft, offices: target.value })}
      />
      <SelectField
        label={t('carrierRules.digital_payment')}
        options={DIGITAL.map((each) => [each, t(`carrierRules.digital.${each}`)])}
        value={draft.digital}
        onChange={({ target }) => onDraft({ ...draft, digital: target.value })}
      />
      <div className="sm:col-span-2">
        <Field
          label={t('carrierRules.aliases')}
          hint={t('carrierRules.aliases.hint')}
          error={wrong.has('aliases') ? t('carrierRules.aliases.wrong') : undefined}
          autoComplete="off"
          value={draft.aliases}
          onChange={({ target }) => onDraft({ ...draft, aliases: target.value })}
        />
      </div>
      <div className="grid gap-2 sm:col-span-2">
        <Field
          label={t('carrierRules.tracking_page')}
          hint={t('carrierRules.tracking_page.hint')}
          error={wrong.has('template') ? t('carrierRules.tracking_page.wrong') : undefined}
          inputMode="url"
          autoComplete="off"
          value={draft.template}
          onChange={({ target }) => onDraft({ ...draft, template: target.value })}
        />
        <label className="flex min-h-6 items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={draft.verified}
            onChange={({ target }) => onDraft({ ...draft, verified: target.checked })}
          />
          {t('carrierRules.verified')}
        </label>
      </div>
    </div>
  );
}

interface VersionsProps {
  carrier: CarrierWithRules;
  busy: boolean;
  onBack: (rules: CarrierRules) => void;
}

/** Every change, the newest first; each may be taken back. */
function Versions({ carrier, busy, onBack }: VersionsProps) {
  const { t } = useI18n();
  const { data } = useQuery(carrierChangesQuery(carrier.code));
  const changes = data?.items.toReversed() ?? [];
  if (changes.length === 0) return null;
  return (
    <section aria-label={t('carrierRules.versions')} className="grid gap-2 border-t pt-4">
      <h3 className="text-sm font-semibold">{t('carrierRules.versions')}</h3>
      <ul className="grid gap-2">
        {changes.map((change) => (
          <li key={change.version} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <span className="min-w-0 flex-1">
              <span className="font-medium">
                {t('carrierRules.version', { version: change.version })}
              </span>{' '}
              <span className="text-ink-2">
                <When iso={change.changed_at} /> · <What change={change} />
              </span>
            </span>
            <Button disabled={busy} onClick={() => onBack(change.from)}>
              <Undo2 size={15} aria-hidden />
              {t('carrierRules.back')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function What({ change }: { change: CarrierChange }) {
  const { t } = useI18n();
  const names = changedRules(change.from, change.to);
  return names.length === 0
    ? t('carrierRules.nothing')
    : names.map((name) => t(`carrierRules.${name}`)).join(', ');
}
