import { getRouteApi, Link } from '@tanstack/react-router';
import { Truck } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { buttonClass } from '../ui/Button';
import { EmptyState } from '../ui/states';
import { Worklist } from './Worklist';

const route = getRouteApi('/app/guias');

export function ShipmentsPage() {
  const { t } = useI18n();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Worklist
      source="shipments"
      title={t('shipments.title')}
      search={search}
      onSearch={(next, replace) => void navigate({ search: next, replace })}
      empty={
        <EmptyState icon={Truck} title={t('shipments.empty')} body={t('shipments.empty.body')}>
          <Link to="/importar" className={buttonClass('primary')}>
            {t('queue.empty.action')}
          </Link>
        </EmptyState>
      }
    />
  );
}
