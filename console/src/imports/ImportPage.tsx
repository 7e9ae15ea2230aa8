import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { PageHeader } from '../ui/page';
import { ImportCard } from './ImportCard';

const route = getRouteApi('/app/importar/$id');

export function ImportPage() {
  const { t } = useI18n();
  const { id } = route.useParams();
  return (
    <>
      <PageHeader title={t('import.result')}>
        <Link
          to="/importar"
          className="order-first inline-flex basis-full items-center gap-1 text-sm text-ink-2 hover:text-ink"
        >
          <ArrowLeft size={15} aria-hidden />
          {t('import.back')}
        </Link>
      </PageHeader>
      <div className="max-w-5xl px-4 pb-8 md:px-6">
        <ImportCard key={id} id={id} />
      </div>
    </>
  );
}
