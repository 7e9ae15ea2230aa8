import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuery } from '../api/carriers';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { PageHeader } from '../ui/page';
import { CarrierFacts } from './CarrierFacts';
import { CarrierHealthList } from './CarrierHealthList';
import { ConnectCarrier } from './ConnectCarrier';
import { ConnectionList, type ConnectionAction } from './ConnectionList';
import { DetectBox } from './DetectBox';
import { DisconnectCarrier } from './DisconnectCarrier';

export function CarriersPage() {
  const { t } = useI18n();
  const mayConnect = useMay('system:config');
  const connections = useQuery({ ...connectionsQuery, enabled: mayConnect });
  const [action, setAction] = useState<ConnectionAction>();
  const close = () => setAction(undefined);
  return (
    <>
      <PageHeader title={t('carriers.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('carriers.body')}</p>
        {mayConnect && <ConnectionList query={connections} onAction={setAction} />}
        <CarrierHealthList />
        <DetectBox />
        <CarrierFacts />
      </div>
      {action?.name === 'connect' && (
        <ConnectCarrier connection={action.connection} onClose={close} />
      )}
      {action?.name === 'disconnect' && (
        <DisconnectCarrier connection={action.connection} onClose={close} />
      )}
    </>
  );
}
