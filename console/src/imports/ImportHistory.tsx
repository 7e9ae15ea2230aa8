import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  CircleCheck,
  CircleHelp,
  CircleX,
  Clock,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { importsQuery, isImportRunning, waitsForAnswer } from '../api/queries';
import type { ImportJob, ImportStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { Chip, type Tone } from '../ui/Chip';
import { MoreButton } from '../ui/MoreButton';
import { Card } from '../ui/page';
import { ErrorState, SkeletonRows } from '../ui/states';
import { When } from '../ui/When';

const LOOK: Record<ImportStatus, { tone: Tone; icon: LucideIcon }> = {
  queued: { tone: 'grey', icon: Clock },
  held: { tone: 'amber', icon: CircleHelp },
  running: { tone: 'blue', icon: LoaderCircle },
  completed: { tone: 'green', icon: CircleCheck },
  partial: { tone: 'amber', icon: TriangleAlert },
  failed: { tone: 'red', icon: CircleX },
};

export function ImportStatusChip({ status }: { status: ImportStatus }) {
  const { t } = useI18n();
  return (
    <Chip tone={LOOK[status].tone} icon={LOOK[status].icon}>
      {t(`import.status.${status}`)}
    </Chip>
  );
}

export function ImportHistory() {
  const { t } = useI18n();
  const query = useInfiniteQuery(importsQuery);
  const jobs = query.data?.pages.flatMap((page) => page.items);
  return (
    <Card title={t('import.history')}>
      {!jobs && query.isPending && <SkeletonRows rows={4} />}
      {!jobs && query.isError && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {jobs?.length === 0 && (
        <p className="px-4 py-8 text-center text-ink-2">{t('import.history.empty')}</p>
      )}
      <ul>
        {jobs?.map((job) => (
          <HistoryRow key={job.id} job={job} />
        ))}
      </ul>
      <MoreButton query={query} label={t('import.more')} />
    </Card>
  );
}

function HistoryRow({ job }: { job: ImportJob }) {
  const { t, locale } = useI18n();
  const result = isImportRunning(job) ? null : job.result;
  const failed = result?.rows_failed ?? 0;
  return (
    <li className="border-b last:border-b-0">
      <Link
        to="/importar/$id"
        params={{ id: job.id }}
        className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm hover:bg-hover"
      >
        <span className="min-w-0 basis-full truncate font-medium md:flex-1 md:basis-0">
          {job.file_name}
        </span>
        <span className="nums text-ink-2 md:w-36 md:text-right">
          {result && t('import.rowsRead', { count: result.rows_read })}
        </span>
        <span className="nums text-ink-2 md:w-24 md:text-right">
          {failed > 0 &&
            `${formatNumber(failed, locale)} ${t('import.history.failed').toLowerCase()}`}
        </span>
        <When
          iso={job.created_at}
          className="flex-1 text-ink-2 md:w-40 md:flex-none md:text-right"
        />
        <span className="md:w-44 md:text-right">
          <ImportStatusChip status={waitsForAnswer(job) ? 'held' : job.status} />
        </span>
      </Link>
    </li>
  );
}
