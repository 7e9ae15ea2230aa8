import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SearchX, TrafficCone, X } from 'lucide-react';
import { facetsQuery } from '../api/queries';
import { routesQuery } from '../api/routes';
import { useI18n } from '../i18n/context';
import { cityKey, ROUTE_LIGHTS, routeOrder, sortRoutes, type RouteSearch } from '../lib/routes';
import { placeName } from '../shipments/cells';
import { Choice, CityFilter } from '../shipments/filterControls';
import { useCarriers } from '../shipments/useCarriers';
import { Button, buttonClass } from '../ui/Button';
import { MoreButton } from '../ui/MoreButton';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states';
import type { RouteActions } from './Chosen';
import { RouteTable } from './RouteTable';

interface RouteListProps extends RouteActions {
  search: RouteSearch;
  onSearch: (part: Partial<Record<keyof RouteSearch, string>>) => void;
  onClear: (search: RouteSearch) => void;
}

export function RouteList({ search, onSearch, onClear, ...act }: RouteListProps) {
  const { t } = useI18n();
  const query = useRoutes(search);
  const routes = query.data?.pages.flatMap((page) => page.items);
  const { sort, ...filters } = search;
  const filtered = Object.keys(filters).length > 0;
  const clear = () => onClear(sort ? { sort } : {});
  return (
    <>
      {(filtered || routes?.length !== 0) && (
        <Filters search={search} onFilter={onSearch} onClear={filtered ? clear : undefined} />
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
            onSort={(next) => onSearch({ sort: next })}
            {...act}
          />
        )}
        <MoreButton query={query} label={t('routes.more')} />
      </div>
    </>
  );
}

function useRoutes({ city, carrier, light, block }: RouteSearch) {
  const facets = useQuery(facetsQuery);
  const cities = facets.data?.cities ?? [];
  return useInfiniteQuery({
    ...routesQuery({
      city: city && cityKey(cities, city),
      carrier,
      light,
      to_block: block && 'true',
    }),
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
      <Choice
        label={t('routes.to_block')}
        any={t('routes.to_block.any')}
        value={search.block}
        options={[['only', t('routes.to_block.only')]]}
        onValue={(block) => onFilter({ block })}
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
