import { useMutation, useQueryClient } from '@tanstack/react-query';
import { connectionsQuery, disconnectCarrier } from '../api/carriers';
import type { CarrierConnection } from '../api/types';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { FailureNotice } from '../ui/ListCard';

interface DisconnectCarrierProps {
  connection: CarrierConnection;
  onClose: () => void;
}

export function DisconnectCarrier({ connection, onClose }: DisconnectCarrierProps) {
  const { t } = useI18n();
  const { carrier, name } = connection;
  const client = useQueryClient();
  const disconnect = useMutation({
    mutationFn: () => disconnectCarrier(carrier),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={t('carriers.disconnect.of', { name })} onClose={onClose}>
      {(close) => (
        <>
          <p>{t('carriers.disconnect.body')}</p>
          <FailureNotice error={disconnect.error} />
          <DialogActions>
            <Button onClick={close}>{t('dialog.cancel')}</Button>
            <Button
              kind="primary"
              disabled={disconnect.isPending}
              onClick={() => disconnect.mutate()}
            >
              {t('carriers.disconnect.of', { name })}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}
