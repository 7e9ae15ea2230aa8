import { CircleAlert, RotateCw, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';
import { Button } from './Button';

/** An empty place that says what belongs here and how to fill it. */
export function EmptyState({
  icon: Icon,
  title,
  body,
  children,
}: {
  icon: LucideIcon;
  title: string;
  body: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <div className="flex size-12 items-center justify-center rounded-lg border bg-sunken text-ink-2">
        <Icon size={22} aria-hidden />
      </div>
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="max-w-md text-ink-2">{body}</p>
      {children && <div className="mt-2 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const translator = useI18n();
  const { t } = translator;
  const isMissing = error instanceof ApiError && error.status === 404;
  const requestId = error instanceof ApiError && !isMissing ? error.requestId : null;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-16 text-center">
      <CircleAlert size={24} className="text-red" aria-hidden />
      <h2 className="text-lg font-semibold">{t('error.title')}</h2>
      <p className="max-w-md text-ink-2">{errorMessage(error, translator)}</p>
      {requestId && (
        <p className="font-mono text-xs text-ink-3">{t('error.requestId', { id: requestId })}</p>
      )}
      {onRetry && !isMissing && (
        <Button className="mt-2" onClick={onRetry}>
          <RotateCw size={16} aria-hidden />
          {t('error.retry')}
        </Button>
      )}
    </div>
  );
}

export function Skeleton({ className = '' }: { className?: string }) {
  return <div aria-hidden className={`animate-skeleton rounded-sm bg-sunken ${className}`} />;
}

/** Placeholder rows of the same height as the list that will replace them. */
export function SkeletonRows({ rows = 12, height = 'h-10' }: { rows?: number; height?: string }) {
  const { t } = useI18n();
  return (
    <div role="status" aria-label={t('app.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={`flex items-center gap-4 border-b px-4 ${height}`}>
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-28" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="hidden h-4 w-24 md:block" />
        </div>
      ))}
    </div>
  );
}

export function Notice({
  tone,
  icon: Icon,
  children,
  role,
}: {
  tone: 'red' | 'amber' | 'green' | 'blue';
  icon: LucideIcon;
  children: ReactNode;
  role?: 'alert' | 'status';
}) {
  return (
    <div role={role} className={`flex gap-3 rounded-lg border px-4 py-3 ${NOTICE_TONES[tone]}`}>
      <Icon size={18} className="mt-px shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 text-ink">{children}</div>
    </div>
  );
}

const NOTICE_TONES = {
  red: 'border-red-line bg-red-soft text-red',
  amber: 'border-amber-line bg-amber-soft text-amber',
  green: 'border-green-line bg-green-soft text-green',
  blue: 'border-blue-line bg-blue-soft text-blue',
} as const;
