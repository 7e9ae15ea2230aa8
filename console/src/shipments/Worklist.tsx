import { useInfiniteQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useEffectEvent, useMemo, useState, type ReactNode } from 'react';
import { shipmentListQuery, type ShipmentSource } from '../api/queries';
import type { RiskLevel, Shipment } from '../api/types';
import { useI18n } from '../i18n/context';
import {
  filtersOf,
  hasFilters,
  withFilter,
  type ShipmentFilters,
  type ShipmentSearch,
} from '../lib/filters';
import { PHONE, useMediaQuery } from '../lib/hooks';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/page';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states';
import { FilterBar } from './FilterBar';
import { Freshness } from './Freshness';
import { ShipmentList } from './ShipmentList';
import { SidePanel } from './SidePanel';
import { useRowKeys } from './useRowKeys';

interface WorklistProps {
  source: ShipmentSource;
  title: string;
  search: ShipmentSearch;
  onSearch: (search: ShipmentSearch, replace: boolean) => void;
  strip?: (onLevel: (level: RiskLevel | undefined) => void) => ReactNode;
  empty: ReactNode;
}

/** A list of shipments with its filters in the address bar and its detail beside it. */
export function Worklist({ source, title, search, onSearch, strip, empty }: WorklistProps) {
  const filters = useMemo(() => filtersOf(search), [search]);
  const list = useShipments(source, filters);
  const phone = useMediaQuery(PHONE);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);

  const setFilters = (next: ShipmentFilters) => onSearch(next, true);
  const open = (id: string | undefined) => {
    const next: ShipmentSearch = { ...filters };
    if (id) next.open = id;
    onSearch(next, search.open !== undefined && id !== undefined);
  };
  const keys = useRowKeys({ rows: list.rows, openId: search.open, onOpen: open });

  const nothing = list.query.isSuccess && list.rows.length === 0 && !hasFilters(filters);
  const head = (
    <>
      <PageHeader title={title}>
        <Freshness
          updatedAt={list.query.dataUpdatedAt}
          failed={list.query.isRefetchError}
          busy={list.query.isRefetching}
          onRefresh={() => void list.query.refetch()}
        />
      </PageHeader>
      {strip?.((level) => setFilters(withFilter(filters, 'level', level ?? '')))}
      {!nothing && (
        <FilterBar source={source} filters={filters} onFilters={setFilters} phone={phone} />
      )}
    </>
  );
  const body = (
    <ListBody
      list={list}
      filtered={hasFilters(filters)}
      empty={empty}
      onClear={() => setFilters({})}
    >
      <ShipmentList
        rows={list.rows}
        phone={phone}
        scroller={scroller}
        active={keys.active}
        openId={search.open}
        dimmed={list.query.isPlaceholderData}
        hasMore={list.query.hasNextPage}
        onMore={list.loadMore}
        onOpen={keys.openAt}
        moveRef={keys.moveRef}
      />
    </ListBody>
  );

  return (
    <div className="relative flex h-full min-h-0">
      <section
        aria-label={title}
        ref={phone ? setScroller : undefined}
        className="flex min-w-0 flex-1 flex-col max-md:overflow-y-auto"
      >
        {head}
        <div
          ref={phone ? undefined : setScroller}
          className="relative border-t bg-surface max-md:flex-1 md:min-h-0 md:flex-1 md:overflow-y-auto"
        >
          {body}
        </div>
      </section>
      {search.open && (
        <SidePanel
          id={search.open}
          number={list.rows.find((row) => row.id === search.open)?.tracking_number}
          phone={phone}
          focusKey={keys.focusPanel}
          onClose={() => {
            open(undefined);
            keys.focusActive();
          }}
        />
      )}
    </div>
  );
}

function useShipments(source: ShipmentSource, filters: ShipmentFilters) {
  const query = useInfiniteQuery(shipmentListQuery(source, filters));
  const rows = useMemo(() => uniqueRows(query.data?.pages ?? []), [query.data]);
  const loadMore = () => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
  };
  // A search may look on for a while before it finds the first.
  const looksOn = rows.length === 0 && query.hasNextPage && !query.isFetching;
  const lookOn = useEffectEvent(loadMore);
  useEffect(() => {
    if (looksOn) lookOn();
  }, [looksOn]);
  return { query, rows, loadMore };
}

/** A row may move between two pages while they load; it is shown once. */
function uniqueRows(pages: readonly { items: Shipment[] }[]): Shipment[] {
  const byId = new Map<string, Shipment>();
  for (const page of pages) {
    for (const row of page.items) if (!byId.has(row.id)) byId.set(row.id, row);
  }
  return [...byId.values()];
}

interface ListBodyProps {
  list: ReturnType<typeof useShipments>;
  filtered: boolean;
  empty: ReactNode;
  onClear: () => void;
  children: ReactNode;
}

function ListBody({ list, filtered, empty, onClear, children }: ListBodyProps) {
  const { t } = useI18n();
  const { query, rows } = list;
  if (rows.length > 0) return children;
  if (query.isPending) return <SkeletonRows rows={14} height="h-24 md:h-10" />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.hasNextPage) return <SkeletonRows rows={14} height="h-24 md:h-10" />;
  if (!filtered) return empty;
  return (
    <EmptyState icon={SearchX} title={t('filters.none')} body={t('filters.none.body')}>
      <Button onClick={onClear}>{t('filters.clear')}</Button>
    </EmptyState>
  );
}
