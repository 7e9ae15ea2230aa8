import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { ShipmentDetailView } from './ShipmentDetailView';

const route = getRouteApi('/app/guias/$id');

export function ShipmentPage() {
  const { t } = useI18n();
  const { id } = route.useParams();
  return (
    <div className="mx-auto max-w-6xl pb-8">
      <Link
        to="/guias"
        className="mx-4 mt-3 inline-flex min-h-6 items-center gap-1 text-sm text-ink-2 hover:text-ink"
      >
        <ArrowLeft size={15} aria-hidden />
        {t('detail.back')}
      </Link>
      <ShipmentDetailView key={id} id={id} layout="page" />
    </div>
  );
}
