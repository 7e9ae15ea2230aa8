import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { releaseShop, shopsQuery } from '../api/setup';
import type { Shop } from '../api/types';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';

/** From then on orders are lost to Litper, so it is asked for in writing. */
export function DisconnectShop({ shop, onClose }: { shop: Shop; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog title={t('shop.disconnect')} onClose={onClose}>
      {(close) => <DisconnectForm domain={shop.domain} onClose={close} />}
    </Dialog>
  );
}

function DisconnectForm({ domain, onClose }: { domain: string; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [written, setWritten] = useState('');
  const release = useMutation({
    mutationFn: () => releaseShop(domain),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: shopsQuery.queryKey });
      onClose();
    },
  });
  const sure = written.trim().toLowerCase() === domain;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (sure) release.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p>{t('shop.disconnect.body', { domain })}</p>
      <Field
        label={t('shop.disconnect.type', { domain })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={written}
        onChange={({ target }) => setWritten(target.value)}
      />
      <FailureNotice error={release.error} />
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={!sure || release.isPending}>
          {t('shop.disconnect')}
        </Button>
      </DialogActions>
    </form>
  );
}
