import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Layers, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import { batchesQuery } from '../api/batches';
import { BATCH_STATUSES, type Batch } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { Choice } from '../shipments/filterControls';
import { Button, buttonClass } from '../ui/Button';
import { DataList, type DataColumn } from '../ui/DataList';
import { PageHeader } from '../ui/page';
import { PagedCard } from '../ui/PagedCard';
import { EmptyState } from '../ui/states';
import { When } from '../ui/When';
import { NewBatch } from './NewBatch';
import { BatchStatusChip, ReviewBar, useBatchName } from './parts';

const page = getRouteApi('/app/cargas');

export function BatchesPage() {
  const { t } = useI18n();
  const { status } = page.useSearch();
  const navigate = page.useNavigate();
  const mayWrite = useMay('guides:write');
  const [making, setMaking] = useState(false);
  const query = useInfiniteQuery(batchesQuery(status));
  const show = (next: string) => {
    const found = BATCH_STATUSES.find((each) => each === next);
    void navigate({ search: found ? { status: found } : {}, replace: true });
  };
  return (
    <>
      <PageHeader title={t('batches.title')}>
        {mayWrite && (
          <Button className="ml-auto" onClick={() => setMaking(true)}>
            <Plus size={16} aria-hidden />
            {t('batches.new')}
          </Button>
        )}
      </PageHeader>
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t('batches.body')}</p>
        <div className="grid md:flex">
          <Choice
            label={t('batches.filter')}
            any={t('batches.any')}
            value={status}
            options={BATCH_STATUSES.map((each) => [each, t(`batchStatus.${each}`)])}
            onValue={show}
          />
        </div>
        <PagedCard
          title={t('batches.label')}
          query={query}
          empty={<NoBatches filtered={status !== undefined} onClear={() => show('')} />}
        >
          {(rows) => <BatchTable rows={rows} />}
        </PagedCard>
      </div>
      {making && <NewBatch onClose={() => setMaking(false)} />}
    </>
  );
}

function BatchTable({ rows }: { rows: readonly Batch[] }) {
  const { t, locale } = useI18n();
  const nameOf = useBatchName();
  const columns: DataColumn<Batch>[] = [
    {
      key: 'name',
      header: t('batch.one'),
      cell: (batch) => (
        <Link
          to="/cargas/$id"
          params={{ id: batch.id }}
          className="font-medium whitespace-nowrap hover:underline"
        >
          {nameOf(batch)}
        </Link>
      ),
    },
    {
      key: 'file',
      header: t('batch.file'),
      cell: ({ label }) => (
        <span className="block break-all md:max-w-72 md:truncate" title={label ?? undefined}>
          {label ?? <span className="text-ink-3">–</span>}
        </span>
      ),
    },
    {
      key: 'shipments',
      header: t('batch.shipments'),
      numeric: true,
      cell: ({ shipments }) => formatNumber(shipments, locale),
    },
    {
      key: 'reviewed',
      header: t('batch.reviewed'),
      numeric: true,
      cell: ({ reviewed, shipments }) => <ReviewBar reviewed={reviewed} total={shipments} />,
    },
    {
      key: 'created',
      header: t('batch.created'),
      wide: true,
      cell: (batch) => (
        <span className="text-ink-2">
          <When iso={batch.created_at} />
          {batch.created_by?.name && <> {t('batch.created.by', { name: batch.created_by.name })}</>}
        </span>
      ),
    },
    {
      key: 'status',
      header: t('batch.status'),
      cell: (batch) => <BatchStatusChip batch={batch} />,
    },
  ];
  return (
    <DataList
      label={t('batches.label')}
      rows={rows}
      rowKey={({ id }) => id}
      columns={columns}
      actionsLabel={t('list.actions')}
    />
  );
}

function NoBatches({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useI18n();
  if (filtered) {
    return (
      <EmptyState icon={SearchX} title={t('batches.none')} body={t('batches.none.body')}>
        <Button onClick={onClear}>{t('filters.clear')}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Layers} title={t('batches.empty')} body={t('batches.empty.body')}>
      <Link to="/importar" className={buttonClass('primary')}>
        {t('queue.empty.action')}
      </Link>
    </EmptyState>
  );
}
