import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { importQuery, importsQuery, sessionQuery } from '../api/queries';
import type { ImportJob } from '../api/types';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { ErrorState, Notice, Skeleton } from '../ui/states';
import { ColumnTable } from './ColumnTable';
import {
  ANYWHERE,
  confirmImport,
  discardImport,
  hasKey,
  inspectionQuery,
  previewImport,
  profilesQuery,
  type Inspection,
  type Layout,
  type Place,
} from './mapping';
import { LayoutPicker } from './LayoutPicker';
import { PlaceFields } from './PlaceFields';
import { PreviewView } from './PreviewView';
import { RowFilters } from './RowFilters';

/** A file that waits: what its columns are, what would come out, and letting it in. */
export function HeldImport({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  const [place, setPlace] = useState<Place>(ANYWHERE);
  const { data: session } = useQuery(sessionQuery);
  const mayImport = session?.permissions.includes('guides:write') ?? false;
  const { data, error, refetch } = useQuery({
    ...inspectionQuery(job.id, place),
    enabled: mayImport,
  });
  return (
    <>
      <Notice tone="blue" icon={CircleHelp} role="status">
        <p className="font-semibold">
          {t(job.error ? 'import.held.unknown' : 'import.held.review')}
        </p>
        <p>{t(job.error ? 'import.held.unknown.body' : 'import.held.review.body')}</p>
      </Notice>
      {!mayImport && <p className="text-ink-2">{t('import.readOnly')}</p>}
      {mayImport && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {mayImport && !data && !error && <Skeleton className="h-40" />}
      {data && (
        <>
          <PlaceFields found={data} place={place} onChange={setPlace} />
          <Mapping key={JSON.stringify(place)} job={job} found={data} asked={place} />
        </>
      )}
    </>
  );
}

function Mapping({ job, found, asked }: { job: ImportJob; found: Inspection; asked: Place }) {
  const { t } = useI18n();
  // A file that says itself what its columns are needs no layout until somebody changes something.
  const says = found.format !== null && asked === ANYWHERE;
  const [layout, setLayout] = useState<Layout>(found.proposal);
  const [changed, setChanged] = useState(!says);
  const [name, setName] = useState(found.saved ?? job.file_name.replace(/\.\w+$/, '').slice(0, 80));
  const preview = useMutation({
    mutationFn: () => previewImport(job.id, changed ? layout : null),
  });
  const confirm = useLetIn(job, changed ? layout : null, name);
  const change = (next: Layout) => {
    setLayout(next);
    setChanged(true);
    preview.reset();
  };
  const usable = !changed || hasKey(layout);
  return (
    <>
      <LayoutPicker layout={layout} onChoose={change} />
      <ColumnTable found={found} layout={layout} onChange={change} />
      <RowFilters layout={layout} onChange={change} />
      {!usable && <p className="text-sm text-red">{t('import.map.needsKey')}</p>}
      {changed && (
        <Field
          label={t('import.map.name')}
          hint={t('import.map.name.hint')}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {preview.error && <ErrorState error={preview.error} onRetry={() => preview.mutate()} />}
      {preview.data && <PreviewView preview={preview.data} />}
      {confirm.error && <ErrorState error={confirm.error} onRetry={() => confirm.mutate()} />}
      <div className="flex flex-wrap gap-3">
        <Button disabled={!usable || preview.isPending} onClick={() => preview.mutate()}>
          {t(preview.isPending ? 'import.preview.busy' : 'import.preview')}
        </Button>
        <Button
          kind="primary"
          disabled={!usable || confirm.isPending || (changed && name.trim() === '')}
          onClick={() => confirm.mutate()}
        >
          {t('import.letIn')}
        </Button>
        <Discard job={job} />
      </div>
    </>
  );
}

function useLetIn(job: ImportJob, layout: Layout | null, name: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => confirmImport(job.id, layout, name),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: importQuery(job.id).queryKey }),
        queryClient.invalidateQueries({ queryKey: importsQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: profilesQuery.queryKey }),
      ]),
  });
}

function Discard({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const discard = useMutation({
    mutationFn: () => discardImport(job.id),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: importQuery(job.id).queryKey }),
        queryClient.invalidateQueries({ queryKey: importsQuery.queryKey }),
      ]),
  });
  return (
    <Button kind="quiet" disabled={discard.isPending} onClick={() => discard.mutate()}>
      {t('import.discard')}
    </Button>
  );
}
