import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Info, SearchX, TrafficCone, X } from 'lucide-react';
import { facetsQuery } from '../api/queries';
import { MAX_ROUTES, routesQuery } from '../api/setup';
import { useI18n } from '../i18n/context';
import {
  cityKey,
  parseRouteSearch,
  ROUTE_LIGHTS,
  routeOrder,
  sortRoutes,
  type RouteSearch,
} from '../lib/routes';
import { placeName } from '../shipments/cells';
import { Choice, CityFilter } from '../shipments/filterControls';
import { useCarriers } from '../shipments/useCarriers';
import { Button, buttonClass } from '../ui/Button';
import { PageHeader } from '../ui/page';
import { EmptyState, ErrorState, Notice, SkeletonRows } from '../ui/states';
import { HowToRead } from './HowToRead';
import { RouteTable } from './RouteTable';

const page = getRouteApi('/app/rutas');

export function RoutesPage() {
  const { t } = useI18n();
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const set = (part: Partial<Record<keyof RouteSearch, string>>) =>
    void navigate({ search: parseRouteSearch({ ...search, ...part }), replace: true });
  const query = useRoutes(search);
  const routes = query.data?.items;
  const { sort, ...filters } = search;
  const filtered = Object.keys(filters).length > 0;
  const clear = () => void navigate({ search: sort ? { sort } : {}, replace: true });
  return (
    <>
      <PageHeader title={t('routes.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('routes.body')}</p>
        <HowToRead />
        {(filtered || routes?.length !== 0) && (
          <Filters search={search} onFilter={set} onClear={filtered ? clear : undefined} />
        )}
        {routes?.length === MAX_ROUTES && (
          <Notice tone="blue" icon={Info}>
            {t('routes.cut', { count: MAX_ROUTES })}
          </Notice>
        )}
        <div className="overflow-hidden rounded-lg border bg-surface">
          {!routes && query.isPending && <SkeletonRows rows={10} height="h-11" />}
          {!routes && query.isError && (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )}
          {routes?.length === 0 && <NoRoutes onClear={filtered ? clear : undefined} />}
          {routes && routes.length > 0 && (
            <RouteTable
              routes={sortRoutes(routes, routeOrder(sort))}
              order={routeOrder(sort)}
              onSort={(next) => set({ sort: next })}
            />
          )}
        </div>
      </div>
    </>
  );
}

function useRoutes({ city, carrier, light }: RouteSearch) {
  const facets = useQuery(facetsQuery);
  const cities = facets.data?.cities ?? [];
  return useQuery({
    ...routesQuery({ city: city && cityKey(cities, city), carrier, light }),
    // The key of a city is found among the cities there are.
    enabled: !city || !facets.isPending,
  });
}

interface FiltersProps {
  search: RouteSearch;
  onFilter: (part: Partial<Record<keyof RouteSearch, string>>) => void;
  onClear: (() => void) | undefined;
}

function Filters({ search, onFilter, onClear }: FiltersProps) {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const { options } = useCarriers();
  const places = [...new Set(data?.cities.map(placeName))].sort((a, b) => a.localeCompare(b));
  return (
    <div
      role="search"
      aria-label={t('filters.label')}
      className="grid gap-2 md:flex md:flex-wrap md:items-center"
    >
      <Choice
        label={t('routes.light')}
        any={t('routes.any.light')}
        value={search.light}
        options={ROUTE_LIGHTS.map((light) => [light, t(`light.${light}`)])}
        onValue={(light) => onFilter({ light })}
      />
      <CityFilter
        label={t('filters.city')}
        placeholder={t('filters.any.city')}
        value={search.city ?? ''}
        onValue={(city) => onFilter({ city })}
        suggestions={places}
        className="md:w-56"
      />
      <Choice
        label={t('filters.carrier')}
        any={t('filters.any.carrier')}
        value={search.carrier}
        options={options}
        onValue={(carrier) => onFilter({ carrier })}
      />
      {onClear && (
        <Button kind="quiet" onClick={onClear}>
          <X size={15} aria-hidden />
          {t('filters.clear')}
        </Button>
      )}
    </div>
  );
}

function NoRoutes({ onClear }: { onClear: (() => void) | undefined }) {
  const { t } = useI18n();
  if (onClear) {
    return (
      <EmptyState icon={SearchX} title={t('routes.none')} body={t('routes.none.body')}>
        <Button onClick={onClear}>{t('filters.clear')}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={TrafficCone} title={t('routes.empty')} body={t('routes.empty.body')}>
      <Link to="/importar" className={buttonClass('primary')}>
        {t('queue.empty.action')}
      </Link>
    </EmptyState>
  );
}
