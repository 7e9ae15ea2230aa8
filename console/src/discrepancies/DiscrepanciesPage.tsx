import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CircleCheck, SearchX } from 'lucide-react';
import { discrepanciesQuery, discrepancyCountsQuery } from '../api/discrepancies';
import { DISCREPANCY_KINDS } from '../api/types';
import { useI18n } from '../i18n/context';
import type { DiscrepancySearch } from '../lib/discrepancies';
import { CarrierAndCity } from '../shipments/CarrierAndCity';
import { Choice } from '../shipments/filterControls';
import { Button } from '../ui/Button';
import { CountTile, CountTiles } from '../ui/CountTiles';
import { PageHeader } from '../ui/page';
import { PagedCard } from '../ui/PagedCard';
import { EmptyState } from '../ui/states';
import { DiscrepancyRow } from './DiscrepancyRow';

const page = getRouteApi('/app/discrepancias');

/** Shipments whose sources contradict themselves, and what each of them says. */
export function DiscrepanciesPage() {
  const { t } = useI18n();
  const filters = page.useSearch();
  const navigate = page.useNavigate();
  const query = useInfiniteQuery(discrepanciesQuery(filters));
  const set = (change: DiscrepancySearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const filtered = Object.values(filters).some((value) => value !== undefined);
  return (
    <>
      <PageHeader title={t('discrepancies.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('discrepancies.body')}</p>
        <Kinds filters={filters} onKind={(kind) => set({ kind })} />
        <Filters filters={filters} onChange={set} />
        <PagedCard
          title={t(filters.reviewed ? 'discrepancies.reviewed' : 'discrepancies.open')}
          query={query}
          empty={<Nothing filtered={filtered} onClear={() => void navigate({ search: {} })} />}
        >
          {(rows) => (
            <ul>
              {rows.map((row) => (
                <DiscrepancyRow key={row.shipment.id} row={row} />
              ))}
            </ul>
          )}
        </PagedCard>
      </div>
    </>
  );
}

interface KindsProps {
  filters: DiscrepancySearch;
  onKind: (kind: DiscrepancySearch['kind']) => void;
}

/** How many there are of each kind; pressing one shows it alone. */
function Kinds({ filters, onKind }: KindsProps) {
  const { t } = useI18n();
  const { data } = useQuery(discrepancyCountsQuery);
  return (
    <CountTiles label={t('discrepancies.kinds')}>
      {DISCREPANCY_KINDS.map((kind) => {
        const counts = data?.kinds.find((one) => one.kind === kind);
        const chosen = filters.kind === kind;
        return (
          <CountTile
            key={kind}
            label={t(`discrepancy.${kind}`)}
            title={t(`discrepancy.${kind}.title`)}
            count={filters.reviewed ? counts?.reviewed : counts?.open}
            chosen={chosen}
            onPress={() => onKind(chosen ? undefined : kind)}
          />
        );
      })}
    </CountTiles>
  );
}

interface FiltersProps {
  filters: DiscrepancySearch;
  onChange: (change: DiscrepancySearch) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  const { t } = useI18n();
  return (
    <div className="grid gap-2 sm:grid-cols-3 md:flex">
      <CarrierAndCity filters={filters} onChange={onChange} />
      <Choice
        label={t('discrepancies.which')}
        any={t('discrepancies.open')}
        value={filters.reviewed}
        options={[['true', t('discrepancies.reviewed')]]}
        onValue={(reviewed) => onChange({ reviewed: reviewed === 'true' ? 'true' : undefined })}
      />
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useI18n();
  if (filtered) {
    return (
      <EmptyState
        icon={SearchX}
        title={t('discrepancies.none')}
        body={t('discrepancies.none.body')}
      >
        <Button onClick={onClear}>{t('filters.clear')}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={CircleCheck}
      title={t('discrepancies.empty')}
      body={t('discrepancies.empty.body')}
    />
  );
}
