import { Check } from 'lucide-react';
import { IMPORT_PHASES, type ImportJob, type ImportPhase } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';
import { progressShare } from './progress';

export function ImportProgress({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  return (
    <>
      <Phases current={job.phase} />
      <ProgressBar share={progressShare(job)} label={t('import.progress')} />
      <p className="nums text-sm text-ink-2" role="status">
        <ProgressText job={job} />
      </p>
    </>
  );
}

function ProgressText({ job }: { job: ImportJob }) {
  const { t, locale } = useI18n();
  if (job.phase === 'waiting') return t('import.waiting');
  const { rows_read: read, rows_applied: applied, rows_total: total } = job.progress;
  const numbers =
    job.phase === 'applying'
      ? t('import.rowsApplied', {
          count: applied,
          total: total === null ? '?' : formatNumber(total, locale),
        })
      : t('import.rowsRead', { count: read });
  return `${numbers}. ${t('import.leave')}`;
}

/** `share` null: the amount of work is not known yet, so no figure is invented. */
export function ProgressBar({ share, label }: { share: number | null; label: string }) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-2 flex-1 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full bg-ink transition-[width] duration-300 ${percent === undefined ? 'animate-skeleton' : ''}`}
          style={{ width: `${percent ?? 100}%` }}
        />
      </div>
      {percent !== undefined && (
        <span className="nums w-10 text-right text-sm font-medium">{percent}&nbsp;%</span>
      )}
    </div>
  );
}

function Phases({ current }: { current: ImportPhase }) {
  const { t } = useI18n();
  const at = IMPORT_PHASES.indexOf(current);
  return (
    <ol className="flex flex-wrap gap-x-6 gap-y-2">
      {IMPORT_PHASES.map((phase, index) => (
        <li
          key={phase}
          aria-current={index === at ? 'step' : undefined}
          className={`flex items-center gap-2 text-sm ${index === at ? 'font-semibold' : 'text-ink-2'}`}
        >
          <span
            className={`nums flex size-6 items-center justify-center rounded-full border text-xs ${index === at ? 'border-ink bg-ink text-surface' : ''}`}
          >
            {index < at ? <Check size={13} aria-hidden /> : index + 1}
          </span>
          {t(`import.phase.${phase}`)}
        </li>
      ))}
    </ol>
  );
}
