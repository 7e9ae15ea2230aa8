import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { connectCarrier, connectionsQuery } from '../api/carriers';
import { ApiError } from '../api/client';
import type { CarrierConnection, CarrierCredential } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';
import { givenCredentials, isMissing, missingFields } from '../lib/carriers';
import { fieldErrors } from '../lib/orderDraft';
import { Button } from '../ui/Button';
import { CopyText } from '../ui/CopyText';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field, PasswordField } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';

interface ConnectCarrierProps {
  connection: CarrierConnection;
  onClose: () => void;
}

/** Asks for what lets the organisation in, and shows where the carrier may send what happens. */
export function ConnectCarrier({ connection, onClose }: ConnectCarrierProps) {
  const { t } = useI18n();
  const { name, version } = connection;
  const title = version === 0 ? 'carriers.connect.of' : 'carriers.change.of';
  return (
    <Dialog title={t(title, { name })} onClose={onClose}>
      {(close) => (
        <>
          <ConnectForm connection={connection} onClose={close} />
          {connection.hook_path && (
            <Hook name={name} path={connection.hook_path} signed={connection.hook_signed} />
          )}
        </>
      )}
    </Dialog>
  );
}

function ConnectForm({ connection, onClose }: ConnectCarrierProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const { carrier, name, version, fields, needs_address: needsAddress } = connection;
  const [written, setWritten] = useState<Record<string, string>>({});
  const [address, setAddress] = useState(connection.address ?? '');
  const save = useMutation({
    mutationFn: () =>
      connectCarrier(carrier, {
        credentials: givenCredentials(written),
        address: address.trim() || null,
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      onClose();
    },
  });
  const wrong = fieldErrors(save.error instanceof ApiError ? save.error.problem : undefined);
  const moved = version > 0 && address.trim() !== (connection.address ?? '');
  const incomplete =
    missingFields(fields, written, moved).length > 0 || (needsAddress && !address.trim());
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!incomplete) save.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p className="text-sm text-ink-2">
        {t(fields.length > 0 ? 'carriers.form.body' : 'carriers.form.none', { name })}
      </p>
      {fields.map((field) => (
        <CredentialField
          key={field.name}
          field={field}
          again={field.given && isMissing(field, {}, moved)}
          wrong={wrong.has(`credentials.${field.name}`)}
          value={written[field.name] ?? ''}
          onValue={(value) => setWritten({ ...written, [field.name]: value })}
        />
      ))}
      <Field
        label={t('carriers.form.address')}
        hint={t(needsAddress ? 'carriers.form.address.needed' : 'carriers.form.address.hint')}
        error={wrong.has('address') ? t('carriers.form.address.wrong') : undefined}
        required={needsAddress}
        type="url"
        autoComplete="off"
        spellCheck={false}
        value={address}
        onChange={({ target }) => setAddress(target.value)}
      />
      {wrong.size === 0 && <FailureNotice error={save.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={incomplete || save.isPending}>
          {t(save.isPending ? 'dialog.saving' : 'dialog.save')}
        </Button>
      </DialogActions>
    </form>
  );
}

interface CredentialFieldProps {
  field: CarrierCredential;
  /** It is stored, and has to be written again. */
  again: boolean;
  wrong: boolean;
  value: string;
  onValue: (value: string) => void;
}

function CredentialField({ field, again, wrong, value, onValue }: CredentialFieldProps) {
  const { t, lookUp } = useI18n();
  const { name, secret, required, given } = field;
  const Input = secret ? PasswordField : Field;
  const optional = name === 'webhook_secret' ? 'carriers.form.signs' : 'carriers.form.optional';
  const stored = again ? 'carriers.form.again' : 'carriers.form.keep';
  const hint = given ? stored : required ? undefined : optional;
  return (
    <Input
      label={lookUp(`carriers.field.${name}` as MessageKey) ?? name}
      hint={hint && t(hint)}
      error={wrong ? t('carriers.form.wrong') : undefined}
      required={again || (required && !given)}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={value}
      onChange={({ target }) => onValue(target.value)}
    />
  );
}

interface HookProps {
  name: string;
  path: string;
  signed: boolean;
}

function Hook({ name, path, signed }: HookProps) {
  const { t } = useI18n();
  return (
    <section className="grid gap-2 border-t pt-4 text-sm" aria-label={t('carriers.hook')}>
      <h3 className="font-semibold">{t('carriers.hook')}</h3>
      <p className="text-ink-2">
        {t(signed ? 'carriers.hook.body.signed' : 'carriers.hook.body', { name })}
      </p>
      <CopyText text={window.location.origin + path} label={t('carriers.hook')} />
    </section>
  );
}
