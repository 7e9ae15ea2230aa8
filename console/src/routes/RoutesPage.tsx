import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { parseRouteSearch, ROUTE_VIEWS, type RouteSearch, type RouteView } from '../lib/routes';
import { Chosen, type RouteAction } from './Chosen';
import { HowToRead } from './HowToRead';
import { RouteList } from './RouteList';
import { PageHeader } from '../ui/page';
import { SkeletonRows } from '../ui/states';

const RouteGridView = lazy(() => import('./RouteGridView'));
const Losses = lazy(() => import('./Losses'));
const Matrix = lazy(() => import('./Matrix'));
const Simulator = lazy(() => import('./Simulator'));
const Pauses = lazy(() => import('./Pauses'));
const Rules = lazy(() => import('./Rules'));

const page = getRouteApi('/app/rutas');

export function RoutesPage() {
  const { t } = useI18n();
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const mayPause = useMay('system:config');
  const [action, setAction] = useState<RouteAction>();
  const go = (next: RouteSearch) => void navigate({ search: next, replace: true });
  const set = (part: Partial<Record<keyof RouteSearch, string>>) =>
    go(parseRouteSearch({ ...search, ...part }));
  const view = search.view ?? 'list';
  const act = { onAction: setAction, mayPause };
  return (
    <>
      <PageHeader title={t('routes.title')} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('routes.body')}</p>
        <Views view={view} onView={(next) => set({ view: next })} />
        {(view === 'list' || view === 'grid') && <HowToRead />}
        {view === 'list' && <RouteList search={search} onSearch={set} onClear={go} {...act} />}
        <Suspense fallback={<SkeletonRows rows={10} height="h-11" />}>
          {view === 'grid' && <RouteGridView {...act} />}
          {view === 'losses' && <Losses {...act} />}
          {view === 'matrix' && <Matrix {...act} />}
          {view === 'simulator' && <Simulator />}
          {view === 'pauses' && <Pauses mayPause={mayPause} onAction={setAction} />}
          {view === 'rules' && <Rules />}
        </Suspense>
      </div>
      <Chosen action={action} onClose={() => setAction(undefined)} />
    </>
  );
}

function Views({ view, onView }: { view: RouteView; onView: (view: RouteView) => void }) {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t('routes.views')}
      className="-mx-4 overflow-x-auto border-b px-4 md:mx-0 md:px-0"
    >
      <ul className="flex gap-1">
        {ROUTE_VIEWS.map((each) => (
          <li key={each}>
            <button
              type="button"
              aria-current={each === view ? 'page' : undefined}
              onClick={() => onView(each)}
              className={`h-11 border-b-2 px-3 text-sm whitespace-nowrap md:h-9 ${each === view ? 'border-brand font-semibold' : 'border-transparent text-ink-2 hover:text-ink'}`}
            >
              {t(`routes.view.${each}`)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
