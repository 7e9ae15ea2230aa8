import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Clock } from 'lucide-react';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { registerShop, shopsQuery } from '../api/setup';
import type { NewShop, Shop } from '../api/types';
import { useI18n } from '../i18n/context';
import { fieldErrors } from '../lib/orderDraft';
import { isPublicAddress, isShopDomain, shopDomain } from '../lib/shops';
import { Button } from '../ui/Button';
import { CopyText } from '../ui/CopyText';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field, PasswordField } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Notice } from '../ui/states';
import type { ShopAction } from './ShopList';

const ADDRESS_PATH = '/webhooks/shopify';
const EVENTS = ['create', 'update', 'cancel'] as const;

type ConnectAction = Exclude<ShopAction, { name: 'disconnect' }>;

const TITLES = {
  connect: 'shop.connect',
  steps: 'shop.steps',
  secret: 'shop.secret',
} as const;

/** Connects a shop step by step, shows the steps again, or changes the secret. */
export function ConnectShop({ action, onClose }: { action: ConnectAction; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog title={t(TITLES[action.name])} wide onClose={onClose}>
      {(close) => <Steps action={action} onClose={close} />}
    </Dialog>
  );
}

function Steps({ action, onClose }: { action: ConnectAction; onClose: () => void }) {
  const { t } = useI18n();
  const [domain, setDomain] = useState(action.name === 'steps' ? action.shop.domain : undefined);
  if (action.name === 'secret') {
    if (domain) return <SecretChanged domain={domain} onClose={onClose} />;
    return <SecretForm shop={action.shop} onClose={onClose} onDone={setDomain} />;
  }
  if (!domain) return <SecretForm shop={undefined} onClose={onClose} onDone={setDomain} />;
  return (
    <>
      <Step number={2} title={t('shop.step.webhooks')}>
        <Webhooks />
      </Step>
      <Step number={3} title={t('shop.step.try')}>
        <Waiting domain={domain} />
      </Step>
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2" aria-label={title}>
      <span
        aria-hidden
        className="nums flex size-6 items-center justify-center rounded-full bg-ink text-xs font-semibold text-surface"
      >
        {number}
      </span>
      <h3 className="leading-6 font-semibold">{title}</h3>
      <div className="col-start-2 grid gap-3 text-sm">{children}</div>
    </section>
  );
}

interface SecretFormProps {
  /** The shop whose secret is changed; absent for a new one. */
  shop: Shop | undefined;
  onClose: () => void;
  onDone: (domain: string) => void;
}

function useRegister(onDone: (domain: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (shop: NewShop) => registerShop(shop),
    onSuccess: async ({ domain }) => {
      await client.invalidateQueries({ queryKey: shopsQuery.queryKey });
      onDone(domain);
    },
  });
}

function SecretForm({ shop, onClose, onDone }: SecretFormProps) {
  const { t } = useI18n();
  const [written, setWritten] = useState(shop?.domain ?? '');
  const [secret, setSecret] = useState('');
  const register = useRegister(onDone);
  const wrong = fieldErrors(
    register.error instanceof ApiError ? register.error.problem : undefined,
  );
  const domain = shopDomain(written);
  const badDomain = wrong.has('domain') || (written !== '' && !isShopDomain(domain));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isShopDomain(domain) && secret.trim() !== '') {
      register.mutate({ domain, secret: secret.trim() });
    }
  };
  const fields = (
    <>
      {!shop && (
        <Field
          label={t('shop.domain')}
          hint={t('shop.domain.hint')}
          error={badDomain ? t('shop.domain.wrong') : undefined}
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="mi-tienda.myshopify.com"
          value={written}
          onChange={({ target }) => setWritten(target.value)}
        />
      )}
      <PasswordField
        label={t('shop.secret.label')}
        hint={t('shop.secret.hint')}
        error={wrong.has('secret') ? t('shop.secret.wrong') : undefined}
        required
        autoComplete="off"
        value={secret}
        onChange={({ target }) => setSecret(target.value)}
      />
      {wrong.size === 0 && <FailureNotice error={register.error} />}
    </>
  );
  return (
    <form onSubmit={submit} className="grid gap-4">
      {shop ? (
        <>
          <p className="text-sm text-ink-2">{t('shop.secret.body', { domain: shop.domain })}</p>
          {fields}
        </>
      ) : (
        <Step number={1} title={t('shop.step.secret')}>
          <p className="text-ink-2">{t('shop.step.secret.body')}</p>
          {fields}
        </Step>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={register.isPending}>
          {t(register.isPending ? 'dialog.saving' : shop ? 'dialog.save' : 'shop.next')}
        </Button>
      </DialogActions>
    </form>
  );
}

function SecretChanged({ domain, onClose }: { domain: string; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <>
      <Notice tone="green" icon={CircleCheck} role="status">
        {t('shop.secret.changed', { domain })}
      </Notice>
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  );
}

function Webhooks() {
  const { t } = useI18n();
  const { origin } = window.location;
  return (
    <>
      <p className="text-ink-2">{t('shop.step.webhooks.body')}</p>
      <ul className="list-disc pl-5">
        {EVENTS.map((event) => (
          <li key={event}>
            {t(`shop.event.${event}`)}{' '}
            <code className="font-mono text-xs text-ink-2">{t(`shop.topic.${event}`)}</code>
          </li>
        ))}
      </ul>
      <p className="text-ink-2">{t('shop.address')}</p>
      <CopyText text={origin + ADDRESS_PATH} label={t('shop.address')} />
      {!isPublicAddress(origin) && (
        <Notice tone="amber" icon={CircleAlert}>
          {t('shop.address.local')}
        </Notice>
      )}
    </>
  );
}

/** Says when the first signed message has come; the list asks by itself meanwhile. */
function Waiting({ domain }: { domain: string }) {
  const { t } = useI18n();
  const { data } = useQuery(shopsQuery);
  const active = data?.items.some((shop) => shop.domain === domain && shop.status === 'active');
  if (active) {
    return (
      <Notice tone="green" icon={CircleCheck} role="status">
        {t('shop.step.try.done', { domain })}
      </Notice>
    );
  }
  return (
    <>
      <p className="text-ink-2">{t('shop.step.try.body')}</p>
      <Notice tone="amber" icon={Clock} role="status">
        {t('shop.step.try.waiting', { domain })}
      </Notice>
      <details>
        <summary className="min-h-6 cursor-pointer font-medium">{t('shop.trouble')}</summary>
        <ul className="mt-2 grid list-disc gap-1 pl-5 text-ink-2">
          <li>{t('shop.trouble.401')}</li>
          <li>{t('shop.trouble.400')}</li>
          <li>{t('shop.trouble.connect')}</li>
          <li>{t('shop.trouble.nothing')}</li>
        </ul>
      </details>
    </>
  );
}
