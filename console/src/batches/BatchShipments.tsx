import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, CheckCheck, CircleCheck, Undo2 } from 'lucide-react';
import { batchShipmentsQuery, putReviews } from '../api/batches';
import type { Batch, BatchShipment } from '../api/types';
import { useI18n } from '../i18n/context';
import type { BatchSearch } from '../lib/batches';
import { CityName, StillFor } from '../shipments/cells';
import { Choice } from '../shipments/filterControls';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { StatusChip } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, NothingHere } from '../ui/ListCard';
import { PagedCard } from '../ui/PagedCard';
import { Notice } from '../ui/states';
import { When } from '../ui/When';
import { ShipmentLink, StatusWord } from './parts';

interface BatchShipmentsProps {
  batch: Batch;
  search: BatchSearch;
  onShow: (show: BatchSearch['show']) => void;
  mayMark: boolean;
}

interface Marking {
  ids: readonly string[];
  reviewed: boolean;
}

const SHOWS = ['pending', 'reviewed'] as const;
/** What one call marks at most. */
const MOST_MARKED = 500;

export function BatchShipments({ batch, search, onShow, mayMark }: BatchShipmentsProps) {
  const { t, plural } = useI18n();
  const { nameOf } = useCarriers();
  const reviewed = search.show && (search.show === 'reviewed' ? 'true' : 'false');
  const query = useInfiniteQuery(
    batchShipmentsQuery(batch.id, { carrier: search.carrier, reviewed }),
  );
  const mark = useMark(batch.id);
  const columns = useColumnsOf();
  const shown = query.data?.pages.flatMap((page) => page.items) ?? [];
  const waiting = shown
    .filter((one) => one.reviewed_at === null)
    .map(({ shipment }) => shipment.id)
    .slice(0, MOST_MARKED);
  const title = search.carrier ? `${t('batch.list')} · ${nameOf(search.carrier)}` : t('batch.list');
  return (
    <>
      <div className="grid gap-2 md:flex md:flex-wrap md:items-center">
        <Choice
          label={t('batch.list.show')}
          any={t('batch.list.all')}
          value={search.show}
          options={SHOWS.map((each) => [each, t(`batch.list.${each}`)])}
          onValue={(next) => onShow(SHOWS.find((each) => each === next))}
        />
        {mayMark && waiting.length > 0 && (
          <Button
            disabled={mark.isPending}
            onClick={() => mark.mutate({ ids: waiting, reviewed: true })}
          >
            <CheckCheck size={16} aria-hidden />
            {plural('batch.markShown', waiting.length)}
          </Button>
        )}
      </div>
      <FailureNotice error={mark.error} />
      {mark.isSuccess && mark.variables.reviewed && <Done mark={mark} marked={mark.data.changed} />}
      <PagedCard
        title={title}
        body={mayMark && t('batch.list.body')}
        query={query}
        empty={
          <NothingHere>
            {t(search.show === 'pending' ? 'batch.list.done' : 'batch.list.empty')}
          </NothingHere>
        }
      >
        {(rows) => (
          <DataList
            label={title}
            rows={rows}
            rowKey={({ shipment }) => shipment.id}
            columns={columns}
            actionsLabel={t('list.actions')}
            actions={mayMark ? (row) => <MarkButton row={row} mark={mark} /> : undefined}
          />
        )}
      </PagedCard>
    </>
  );
}

function useMark(batch: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, reviewed }: Marking) => putReviews(batch, ids, reviewed),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['batch', batch] }),
        client.invalidateQueries({ queryKey: ['batches'] }),
      ]),
  });
}

type Mark = ReturnType<typeof useMark>;

/** Says what was marked; that can be undone, and what others marked meanwhile stays. */
function Done({ mark, marked }: { mark: Mark; marked: string[] }) {
  const { t, plural } = useI18n();
  return (
    <Notice tone="green" icon={CircleCheck} role="status">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-60">{plural('batch.marked', marked.length)}</p>
        <Button onClick={() => mark.mutate({ ids: marked, reviewed: false })}>
          <Undo2 size={15} aria-hidden />
          {t('undo')}
        </Button>
      </div>
    </Notice>
  );
}

function MarkButton({ row, mark }: { row: BatchShipment; mark: Mark }) {
  const { t } = useI18n();
  const { id, tracking_number: number } = row.shipment;
  const isReviewed = row.reviewed_at !== null;
  return (
    <Button
      kind={isReviewed ? 'quiet' : 'plain'}
      disabled={mark.isPending}
      aria-label={t(isReviewed ? 'batch.unmark.of' : 'batch.mark.of', { number })}
      onClick={() => mark.mutate({ ids: [id], reviewed: !isReviewed })}
    >
      {isReviewed ? <Undo2 size={15} aria-hidden /> : <Check size={15} aria-hidden />}
      {t(isReviewed ? 'batch.unmark' : 'batch.mark')}
    </Button>
  );
}

function useColumnsOf(): DataColumn<BatchShipment>[] {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  return [
    {
      key: 'number',
      header: t('table.tracking'),
      cell: ({ shipment }) => <ShipmentLink shipment={shipment} />,
    },
    {
      key: 'now',
      header: t('batch.now'),
      cell: ({ shipment }) => <StatusChip shipment={shipment} />,
    },
    {
      key: 'loaded',
      header: t('batch.loaded'),
      wide: true,
      cell: ({ loaded_status: status }) => <StatusWord status={status} />,
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
      key: 'still',
      header: t('table.still'),
      numeric: true,
      wide: true,
      cell: ({ shipment }) => <StillFor shipment={shipment} />,
    },
    {
      key: 'reviewed',
      header: t('batch.reviewed'),
      cell: (row) => <ReviewedBy row={row} />,
    },
  ];
}

function ReviewedBy({ row }: { row: BatchShipment }) {
  const { t } = useI18n();
  if (row.reviewed_at === null) return <span className="text-ink-2">{t('batch.unreviewed')}</span>;
  const by = row.reviewed_by;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1">
      <Check size={14} aria-hidden className="text-green" />
      <span>{by?.name ?? (by?.api_key_id ? t('batch.byProgram') : '')}</span>
      <When iso={row.reviewed_at} className="text-ink-2" />
    </span>
  );
}
