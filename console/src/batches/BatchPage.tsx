import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Archive, ArchiveRestore, ArrowLeft, CircleAlert, Lock, LockOpen } from 'lucide-react';
import { batchQuery, putBatchStatus } from '../api/batches';
import { ApiError } from '../api/client';
import type { Batch, BatchStatus } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { parseBatchSearch } from '../lib/batches';
import { formatNumber } from '../lib/format';
import { Button } from '../ui/Button';
import { FailureNotice } from '../ui/ListCard';
import { PageHeader } from '../ui/page';
import { ErrorState, Notice, Skeleton } from '../ui/states';
import { When } from '../ui/When';
import { BatchShipments } from './BatchShipments';
import { CarrierProgress } from './CarrierProgress';
import { CompareWith } from './CompareWith';
import { BatchStatusChip, ReviewBar, useBatchName } from './parts';

const page = getRouteApi('/app/cargas/$id');

export function BatchPage() {
  const { t } = useI18n();
  const { id } = page.useParams();
  const nameOf = useBatchName();
  const { data: batch, error, refetch } = useQuery(batchQuery(id));
  return (
    <>
      <PageHeader title={batch ? nameOf(batch) : t('batches.title')}>
        <Link
          to="/cargas"
          className="order-first inline-flex basis-full items-center gap-1 text-sm text-ink-2 hover:text-ink"
        >
          <ArrowLeft size={15} aria-hidden />
          {t('batch.back')}
        </Link>
        {batch && <BatchStatusChip batch={batch} />}
      </PageHeader>
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        {batch ? (
          <BatchView key={id} batch={batch} />
        ) : error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="h-48" />
        )}
      </div>
    </>
  );
}

function BatchView({ batch }: { batch: Batch }) {
  const { t } = useI18n();
  const mayWrite = useMay('guides:write');
  const search = page.useSearch();
  const navigate = page.useNavigate();
  return (
    <>
      <Heading batch={batch} mayWrite={mayWrite} />
      {batch.status !== 'open' && (
        <Notice tone="blue" icon={Lock}>
          {t(batch.status === 'archived' ? 'batch.archived.body' : 'batch.closed.body')}
        </Notice>
      )}
      <CarrierProgress
        batch={batch}
        chosen={search.carrier}
        onChoose={(carrier) =>
          void navigate({ search: parseBatchSearch({ ...search, carrier }), replace: true })
        }
      />
      <BatchShipments
        batch={batch}
        search={search}
        onShow={(show) =>
          void navigate({ search: parseBatchSearch({ ...search, show }), replace: true })
        }
        mayMark={mayWrite && batch.status === 'open'}
      />
    </>
  );
}

function Heading({ batch, mayWrite }: { batch: Batch; mayWrite: boolean }) {
  const { t, locale } = useI18n();
  const by = batch.created_by;
  const author = by?.name ?? (by?.api_key_id ? t('batch.byProgram') : null);
  return (
    <section className="grid gap-4 rounded-lg border bg-surface p-4 md:flex md:flex-wrap md:items-center md:gap-x-8">
      <dl className="grid min-w-0 flex-1 grid-cols-2 gap-x-8 gap-y-3 md:flex md:flex-wrap">
        <div className="col-span-2 min-w-0">
          <dt className="text-xs text-ink-2">{t('batch.file')}</dt>
          <dd className="font-medium break-all">{batch.label ?? '–'}</dd>
        </div>
        <div>
          <dt className="text-xs text-ink-2">{t('batch.shipments')}</dt>
          <dd className="nums text-lg font-semibold">{formatNumber(batch.shipments, locale)}</dd>
        </div>
        <div className="col-span-2 md:min-w-40">
          <dt className="text-xs text-ink-2">{t('batch.reviewed')}</dt>
          <dd>
            <ReviewBar reviewed={batch.reviewed} total={batch.shipments} />
          </dd>
        </div>
        <div className="col-span-2">
          <dt className="text-xs text-ink-2">{t('batch.created')}</dt>
          <dd>
            <When iso={batch.created_at} />
            {author && <> {t('batch.created.by', { name: author })}</>}
          </dd>
        </div>
        {batch.import_id && (
          <div className="col-span-2 self-end">
            <dt className="sr-only">{t('nav.import')}</dt>
            <dd>
              <Link
                to="/importar/$id"
                params={{ id: batch.import_id }}
                className="text-sm underline hover:no-underline"
              >
                {t('batch.import')}
              </Link>
            </dd>
          </div>
        )}
      </dl>
      <div className="grid gap-2 md:flex md:flex-wrap md:justify-end">
        <CompareWith batch={batch} />
        {mayWrite && <Steps batch={batch} />}
      </div>
    </section>
  );
}

const STEPS = {
  open: [{ to: 'closed', label: 'batch.close', icon: Lock }],
  closed: [
    { to: 'open', label: 'batch.reopen', icon: LockOpen },
    { to: 'archived', label: 'batch.archive', icon: Archive },
  ],
  archived: [{ to: 'closed', label: 'batch.unarchive', icon: ArchiveRestore }],
} as const;

/** What may be done with the batch as a whole. */
function Steps({ batch }: { batch: Batch }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (to: BatchStatus) => putBatchStatus(batch.id, to),
    onSuccess: (changed) => client.setQueryData(batchQuery(batch.id).queryKey, changed),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['batches'] }),
        client.invalidateQueries({ queryKey: ['batch', batch.id] }),
      ]),
  });
  const conflict = change.error instanceof ApiError && change.error.status === 409;
  return (
    <>
      {STEPS[batch.status].map(({ to, label, icon: Icon }) => (
        <Button
          key={to}
          disabled={change.isPending || batch.filling}
          title={batch.filling ? t('batch.filling.body') : undefined}
          onClick={() => change.mutate(to)}
        >
          <Icon size={15} aria-hidden />
          {t(label)}
        </Button>
      ))}
      {conflict ? (
        <Notice tone="red" icon={CircleAlert} role="alert">
          {t('batch.conflict')}
        </Notice>
      ) : (
        <FailureNotice error={change.error} />
      )}
    </>
  );
}
