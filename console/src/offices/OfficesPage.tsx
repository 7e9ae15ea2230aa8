import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { SearchX, Store } from 'lucide-react';
import { officeStaysQuery } from '../api/offices';
import type { OfficeStays, WaitingParcel } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDay, formatMoney } from '../lib/format';
import type { OfficeSearch } from '../lib/officeSearch';
import { CarrierAndCity } from '../shipments/CarrierAndCity';
import { Left } from '../shipments/Office';
import { Button } from '../ui/Button';
import { CountTile, CountTiles } from '../ui/CountTiles';
import { DataList, type DataColumn } from '../ui/DataList';
import { PageHeader } from '../ui/page';
import { PagedCard } from '../ui/PagedCard';
import { EmptyState } from '../ui/states';
import { When } from '../ui/When';

const page = getRouteApi('/app/oficinas');

/** Parcels that wait at offices, the nearest to its end first. */
export function OfficesPage() {
  const { t } = useI18n();
  const filters = page.useSearch();
  const navigate = page.useNavigate();
  const query = useInfiniteQuery(officeStaysQuery(filters));
  const set = (change: OfficeSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const filtered = Object.values(filters).some((value) => value !== undefined);
  return (
    <>
      <PageHeader title={t('offices.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('offices.body')}</p>
        <Counts counts={query.data?.pages[0]?.counts} filters={filters} onChange={set} />
        <Filters filters={filters} onChange={set} />
        <PagedCard
          title={t('offices.label')}
          query={query}
          empty={<Nothing filtered={filtered} onClear={() => void navigate({ search: {} })} />}
        >
          {(rows) => <WaitingTable rows={rows} />}
        </PagedCard>
      </div>
    </>
  );
}

interface FiltersProps {
  filters: OfficeSearch;
  onChange: (change: OfficeSearch) => void;
}

const KEYS = ['overdue', 'red', 'amber', 'green', 'grey'] as const;

/** How many of each light; pressing one shows it alone. */
function Counts({
  counts,
  filters,
  onChange,
}: FiltersProps & { counts?: OfficeStays['counts'] | undefined }) {
  const { t } = useI18n();
  return (
    <CountTiles label={t('offices.counts')}>
      {KEYS.map((key) => {
        const chosen = key === 'overdue' ? filters.overdue === 'true' : filters.light === key;
        const press = (): OfficeSearch =>
          key === 'overdue'
            ? { overdue: chosen ? undefined : 'true', light: undefined }
            : { light: chosen ? undefined : key, overdue: undefined };
        return (
          <CountTile
            key={key}
            label={t(`offices.light.${key}`)}
            count={counts?.[key]}
            chosen={chosen}
            onPress={() => onChange(press())}
          />
        );
      })}
    </CountTiles>
  );
}

function Filters({ filters, onChange }: FiltersProps) {
  return (
    <div className="grid gap-2 sm:grid-cols-3 md:flex">
      <CarrierAndCity filters={filters} onChange={onChange} />
    </div>
  );
}

function WaitingTable({ rows }: { rows: readonly WaitingParcel[] }) {
  const { t, locale } = useI18n();
  const unknown = <span className="text-ink-3">–</span>;
  const columns: DataColumn<WaitingParcel>[] = [
    {
      key: 'shipment',
      header: t('offices.shipment'),
      cell: ({ shipment }) => (
        <Link
          to="/guias/$id"
          params={{ id: shipment.id }}
          className="font-medium whitespace-nowrap hover:underline"
        >
          {shipment.tracking_number}
        </Link>
      ),
    },
    { key: 'left', header: t('offices.left'), cell: (row) => <Left stay={row} /> },
    {
      key: 'due',
      header: t('office.due'),
      cell: ({ due_on: due }) => (due ? formatDay(due, locale) : unknown),
    },
    {
      key: 'place',
      header: t('offices.place'),
      cell: ({ shipment }) => `${shipment.carrier.name} · ${shipment.city.name}`,
    },
    {
      key: 'recipient',
      header: t('offices.recipient'),
      wide: true,
      cell: ({ shipment }) => shipment.recipient.name ?? unknown,
    },
    {
      key: 'arrived',
      header: t('office.arrived'),
      wide: true,
      cell: (row) => <When iso={row.arrived_at} />,
    },
    {
      key: 'collect',
      header: t('offices.collect'),
      numeric: true,
      cell: ({ shipment }) => (shipment.collect ? formatMoney(shipment.collect, locale) : unknown),
    },
  ];
  return (
    <DataList
      label={t('offices.label')}
      rows={rows}
      rowKey={({ shipment }) => shipment.id}
      columns={columns}
      actionsLabel={t('list.actions')}
    />
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useI18n();
  if (filtered) {
    return (
      <EmptyState icon={SearchX} title={t('offices.none')} body={t('offices.none.body')}>
        <Button onClick={onClear}>{t('filters.clear')}</Button>
      </EmptyState>
    );
  }
  return <EmptyState icon={Store} title={t('offices.empty')} body={t('offices.empty.body')} />;
}
