import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { importBatchQuery } from '../api/batches';
import {
  importQuery,
  importsQuery,
  isImportRunning,
  queueSummaryQuery,
  waitsForAnswer,
} from '../api/queries';
import type { ImportJob } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { formatBytes } from '../lib/format';
import { buttonClass } from '../ui/Button';
import { ErrorState, Notice, Skeleton } from '../ui/states';
import { When } from '../ui/When';
import { FailedRows } from './FailedRows';
import { HeldImport } from './HeldImport';
import { ImportProgress } from './ImportProgress';
import { ImportNumbers } from './ImportNumbers';
import { warningText } from './warnings';

/** One import, from its first byte read to its result. */
export function ImportCard({ id }: { id: string }) {
  const { data: job, error, refetch } = useQuery(importQuery(id));
  useRefreshWhenDone(job);
  if (job) return <ImportView job={job} />;
  return (
    <div className="rounded-lg border bg-surface">
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="m-6 h-24" />
      )}
    </div>
  );
}

/** The queue and the history show old numbers once an import has ended. */
function useRefreshWhenDone(job: ImportJob | undefined): void {
  const queryClient = useQueryClient();
  const done = job !== undefined && !isImportRunning(job);
  useEffect(() => {
    if (!done) return;
    void queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: queueSummaryQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['queue'] });
    void queryClient.invalidateQueries({ queryKey: ['shipments'] });
  }, [done, queryClient]);
}

function ImportView({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  const running = isImportRunning(job);
  return (
    <section
      aria-label={running ? t('import.progress') : t('import.result')}
      className="rounded-lg border bg-surface"
    >
      <FileLine job={job} />
      <div className="grid gap-4 p-4 md:p-6">
        {running ? <ImportProgress job={job} /> : <Outcome job={job} />}
      </div>
    </section>
  );
}

function FileLine({ job }: { job: ImportJob }) {
  const { t, locale } = useI18n();
  return (
    <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b px-4 py-3 md:px-6">
      <h2 className="min-w-0 font-semibold break-all">{job.file_name}</h2>
      <p className="nums text-sm text-ink-2">
        {formatBytes(job.size_bytes, locale)}
        {job.format && <> · {t(`import.format.${job.format}`)}</>} · <When iso={job.created_at} />
      </p>
    </header>
  );
}

function Outcome({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  if (waitsForAnswer(job)) return <HeldImport job={job} />;
  if (job.status === 'failed') return <Failure job={job} />;
  const partial = job.status === 'partial';
  const Icon = partial ? TriangleAlert : CircleCheck;
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p
          role="status"
          className={`flex flex-1 items-center gap-2 text-lg font-semibold max-sm:basis-full ${partial ? 'text-amber' : 'text-green'}`}
        >
          <Icon size={20} aria-hidden className="shrink-0" />
          {t(partial ? 'import.result.partial' : 'import.result.completed')}
        </p>
        <BatchLink id={job.id} />
        <NextPage format={job.format} />
      </div>
      <ImportNumbers
        result={job.result}
        parcels={job.format !== 'route_history' && job.format !== 'rounds'}
      />
      <Warnings job={job} />
      <FailedRows job={job} />
    </>
  );
}

/** Where what came in is seen. */
function NextPage({ format }: Pick<ImportJob, 'format'>) {
  const { t } = useI18n();
  const may = useMay('users:read');
  if (format === 'route_history') {
    return (
      <Link to="/rutas" className={buttonClass('primary')}>
        {t('import.toRoutes')}
      </Link>
    );
  }
  if (format === 'rounds') {
    return may ? (
      <Link to="/rondas" className={buttonClass('primary')}>
        {t('import.toRounds')}
      </Link>
    ) : null;
  }
  return (
    <Link to="/cola" className={buttonClass('primary')}>
      {t('import.toQueue')}
    </Link>
  );
}

function BatchLink({ id }: { id: string }) {
  const { t } = useI18n();
  const { data: batch } = useQuery(importBatchQuery(id));
  if (!batch) return null;
  return (
    <Link to="/cargas/$id" params={{ id: batch.id }} className={buttonClass()}>
      {t('import.batch')}
    </Link>
  );
}

function Failure({ job }: { job: ImportJob }) {
  const { t, lookUp } = useI18n();
  const code = job.error?.code ?? 'internal';
  const columns = job.error?.columns ?? [];
  return (
    <Notice tone="red" icon={CircleAlert} role="alert">
      <p className="font-semibold">{t('import.result.failed')}</p>
      <p>{lookUp(`import.error.${code}`) ?? t('import.error.internal')}</p>
      {columns.length > 0 && (
        <ul className="my-2 flex flex-wrap gap-2">
          {columns.map((column) => (
            <li key={column} className="rounded-sm border border-red-line px-2 font-mono text-sm">
              {column}
            </li>
          ))}
        </ul>
      )}
      {code === 'missing_columns' && <p>{t('import.error.missing.hint')}</p>}
    </Notice>
  );
}

function Warnings({ job }: { job: ImportJob }) {
  const translator = useI18n();
  const { t } = translator;
  if (job.warnings.length === 0) return null;
  return (
    <Notice tone="amber" icon={TriangleAlert}>
      <p className="font-semibold">{t('import.warnings')}</p>
      <ul>
        {job.warnings.map((warning) => (
          <li key={`${warning.code}:${warning.detail}`}>{warningText(warning, translator)}</li>
        ))}
      </ul>
    </Notice>
  );
}
