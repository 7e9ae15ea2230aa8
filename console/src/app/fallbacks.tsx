import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { Compass, Lock } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { buttonClass } from '../ui/Button';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states';

export function NotFound() {
  const { t } = useI18n();
  return (
    <main className="grid min-h-full place-items-center">
      <EmptyState icon={Compass} title={t('app.notFound')} body={t('app.notFound.body')}>
        <Link to="/cola" className={buttonClass('primary')}>
          {t('app.goHome')}
        </Link>
      </EmptyState>
    </main>
  );
}

export function Pending() {
  return (
    <div className="pt-14">
      <SkeletonRows />
    </div>
  );
}

export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <main className="grid min-h-full place-items-center">
      <ErrorState error={error} onRetry={reset} />
    </main>
  );
}

/** A page whose address somebody knows who may not look at it. */
export function Forbidden() {
  const { t } = useI18n();
  return <EmptyState icon={Lock} title={t('app.forbidden')} body={t('app.forbidden.body')} />;
}
