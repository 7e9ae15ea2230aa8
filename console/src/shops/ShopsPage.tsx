import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { shopsQuery } from '../api/setup';
import { Forbidden } from '../app/fallbacks';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/page';
import { ConnectShop } from './ConnectShop';
import { DisconnectShop } from './DisconnectShop';
import { PrivacyRequests } from './PrivacyRequests';
import { ShopList, type ShopAction } from './ShopList';
import { WebhookFailures } from './WebhookFailures';

export function ShopsPage() {
  const { t } = useI18n();
  const mayLook = useMay('system:config');
  const mayRepair = useMay('system:admin');
  const shops = useQuery({ ...shopsQuery, enabled: mayLook });
  const [action, setAction] = useState<ShopAction>();
  const close = () => setAction(undefined);
  return (
    <>
      <PageHeader title={t('shops.title')}>
        {mayLook && (
          <Button className="ml-auto" onClick={() => setAction({ name: 'connect' })}>
            <Plus size={16} aria-hidden />
            {t('shop.connect')}
          </Button>
        )}
      </PageHeader>
      {mayLook ? (
        <div className="grid gap-4 px-4 pb-8 md:px-6">
          <p className="max-w-3xl text-ink-2">{t('shops.body')}</p>
          <ShopList query={shops} onAction={setAction} />
          {mayRepair && <WebhookFailures />}
          <PrivacyRequests />
        </div>
      ) : (
        <Forbidden />
      )}
      {action?.name === 'disconnect' && <DisconnectShop shop={action.shop} onClose={close} />}
      {action && action.name !== 'disconnect' && <ConnectShop action={action} onClose={close} />}
    </>
  );
}
