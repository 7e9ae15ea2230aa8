import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleHelp, FileUp } from 'lucide-react';
import { queueSummaryQuery } from '../api/queries';
import { RISK_LEVELS, type QueueSummary, type RiskLevel } from '../api/types';
import { useI18n } from '../i18n/context';
import { elapsedSince, formatAge, formatNumber } from '../lib/format';
import { useNow } from '../lib/hooks';
import { LevelMark } from '../ui/Chip';

interface SummaryStripProps {
  level: RiskLevel | undefined;
  onLevel: (level: RiskLevel | undefined) => void;
}

function countOf(summary: QueueSummary, level: RiskLevel): number {
  const counts = { HIGH: summary.high, MEDIUM: summary.medium, LOW: summary.low };
  return counts[level];
}

export function SummaryStrip({ level, onLevel }: SummaryStripProps) {
  const { t, locale } = useI18n();
  const { data: summary } = useQuery(queueSummaryQuery);
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 pb-3 md:px-6">
      <div
        role="group"
        aria-label={t('queue.levels')}
        className="grid w-full grid-cols-3 gap-2 sm:w-auto"
      >
        {RISK_LEVELS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={level === each}
            onClick={() => onLevel(level === each ? undefined : each)}
            className="flex h-11 items-center justify-between gap-1 rounded-lg border bg-surface px-2 text-sm sm:gap-3 sm:px-3 sm:text-base hover:bg-hover aria-pressed:border-ink aria-pressed:bg-selected md:h-9"
          >
            <LevelMark level={each} />
            <span className="nums font-semibold">
              {summary ? formatNumber(countOf(summary, each), locale) : '–'}
            </span>
          </button>
        ))}
      </div>
      {summary && <SummaryNotes summary={summary} />}
    </div>
  );
}

function SummaryNotes({ summary }: { summary: QueueSummary }) {
  const { plural } = useI18n();
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-ink-2">
      <LastImport summary={summary} />
      {summary.unmapped_statuses > 0 && (
        <p className="flex items-center gap-1.5">
          <CircleHelp size={14} aria-hidden className="shrink-0" />
          {plural('queue.unmapped', summary.unmapped_statuses)}
        </p>
      )}
      {summary.terminal > 0 && <p>{plural('queue.terminal', summary.terminal)}</p>}
    </div>
  );
}

function LastImport({ summary }: { summary: QueueSummary }) {
  const { t } = useI18n();
  const now = useNow();
  const last = summary.last_import;
  if (!last) return <p>{t('queue.lastImport.none')}</p>;
  return (
    <p className="flex items-center gap-1.5">
      <FileUp size={14} aria-hidden className="shrink-0" />
      <Link
        to="/importar/$id"
        params={{ id: last.id }}
        title={last.file_name}
        aria-label={t('queue.lastImport.open', { name: last.file_name })}
        className="underline underline-offset-2 hover:text-ink"
      >
        {t('queue.lastImport')}
      </Link>
      <span className="nums">
        {last.finished_at
          ? t('queue.lastImport.age', { age: formatAge(elapsedSince(last.finished_at, now)) })
          : t(`import.status.${last.status}`)}
      </span>
    </p>
  );
}
