import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { batchQuery, comparedQuery, comparisonQuery, type Difference } from '../api/batches';
import type { BatchComparison, ComparedShipment } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { CityName } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { DataList, type DataColumn } from '../ui/DataList';
import { NothingHere } from '../ui/ListCard';
import { Card, PageHeader } from '../ui/page';
import { PagedCard } from '../ui/PagedCard';
import { ErrorState, Skeleton } from '../ui/states';
import { ShipmentLink, StatusWord, useBatchName } from './parts';

const page = getRouteApi('/app/cargas/$id/comparar');
const DIFFERENCES: readonly Difference[] = ['changed', 'new', 'vanished'];

export function ComparePage() {
  const { t } = useI18n();
  const { id } = page.useParams();
  const { with: earlier, show = 'changed' } = page.useSearch();
  const title = useHeading(id, earlier);
  return (
    <>
      <PageHeader title={title}>
        <Link
          to="/cargas/$id"
          params={{ id }}
          className="order-first inline-flex basis-full items-center gap-1 text-sm text-ink-2 hover:text-ink"
        >
          <ArrowLeft size={15} aria-hidden />
          {t('compare.back')}
        </Link>
      </PageHeader>
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        {earlier ? (
          <Compared later={id} earlier={earlier} show={show} />
        ) : (
          <p className="text-ink-2">{t('compare.choose')}</p>
        )}
      </div>
    </>
  );
}

function useHeading(later: string, earlier: string | undefined): string {
  const { t } = useI18n();
  const nameOf = useBatchName();
  const { data: after } = useQuery(batchQuery(later));
  const { data: before } = useQuery({ ...batchQuery(earlier ?? ''), enabled: Boolean(earlier) });
  if (!after || !before) return t('compare.title');
  return t('compare.heading', { later: nameOf(after), earlier: nameOf(before) });
}

interface ComparedProps {
  later: string;
  earlier: string;
  show: Difference;
}

function Compared({ later, earlier, show }: ComparedProps) {
  const navigate = page.useNavigate();
  const { data, error, refetch } = useQuery(comparisonQuery(later, earlier));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-40" />;
  return (
    <>
      <Counts
        counts={data}
        show={show}
        onShow={(next) => void navigate({ search: { with: earlier, show: next }, replace: true })}
      />
      {show === 'changed' && data.changes.length > 0 && <Changes changes={data.changes} />}
      <DifferenceList later={later} earlier={earlier} show={show} />
    </>
  );
}

function Counts({
  counts,
  show,
  onShow,
}: {
  counts: BatchComparison;
  show: Difference;
  onShow: (show: Difference) => void;
}) {
  const { t, locale } = useI18n();
  return (
    <div className="grid grid-cols-2 gap-2 lg:grid-cols-4">
      {DIFFERENCES.map((difference) => (
        <button
          key={difference}
          type="button"
          aria-pressed={difference === show}
          onClick={() => onShow(difference)}
          className={`grid gap-0.5 rounded-lg border bg-surface p-4 text-left hover:bg-hover ${difference === show ? 'border-ink' : ''}`}
        >
          <span className="nums text-2xl font-semibold">
            {formatNumber(counts[difference], locale)}
          </span>
          <span className="text-sm font-medium">{t(`compare.${difference}`)}</span>
          <span className="text-xs text-ink-2">{t(`compare.${difference}.body`)}</span>
        </button>
      ))}
      <div className="grid content-start gap-0.5 rounded-lg border bg-surface p-4">
        <span className="nums text-2xl font-semibold">
          {formatNumber(counts.unchanged, locale)}
        </span>
        <span className="text-sm font-medium">{t('compare.unchanged')}</span>
      </div>
    </div>
  );
}

function Changes({ changes }: Pick<BatchComparison, 'changes'>) {
  const { t, locale } = useI18n();
  const ordered = [...changes].sort((a, b) => b.shipments - a.shipments);
  return (
    <Card title={t('compare.changes')}>
      <ul className="flex flex-wrap gap-x-6 gap-y-2 p-4 text-sm">
        {ordered.map(({ from, to, shipments }) => (
          <li key={`${from}:${to}`} className="inline-flex items-center gap-1.5">
            <span className="nums font-semibold">{formatNumber(shipments, locale)}</span>
            <StatusWord status={from} />
            <ArrowRight size={14} aria-hidden className="text-ink-3" />
            <StatusWord status={to} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function DifferenceList({ later, earlier, show }: ComparedProps) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  const query = useInfiniteQuery(comparedQuery(later, earlier, show));
  const columns: DataColumn<ComparedShipment>[] = [
    {
      key: 'number',
      header: t('table.tracking'),
      cell: ({ shipment }) => <ShipmentLink shipment={shipment} />,
    },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: ({ shipment }) => nameOf(shipment.carrier.code),
    },
    {
      key: 'city',
      header: t('table.city'),
      wide: true,
      cell: ({ shipment }) => <CityName city={shipment.city} />,
    },
    {
      key: 'before',
      header: t('compare.before'),
      cell: ({ before }) => <StatusWord status={before} />,
    },
    {
      key: 'after',
      header: t('compare.after'),
      cell: ({ after }) => <StatusWord status={after} />,
    },
  ];
  return (
    <PagedCard
      title={t(`compare.${show}`)}
      query={query}
      empty={<NothingHere>{t('compare.list.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t(`compare.${show}`)}
          rows={rows}
          rowKey={({ shipment }) => shipment.id}
          columns={columns}
          actionsLabel={t('list.actions')}
        />
      )}
    </PagedCard>
  );
}
