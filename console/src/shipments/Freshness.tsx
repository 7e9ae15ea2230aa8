import { RotateCw } from 'lucide-react';
import { useIsLive } from '../app/useLive';
import { useI18n } from '../i18n/context';
import { formatAge } from '../lib/format';
import { useNow } from '../lib/hooks';
import { IconButton } from '../ui/Button';

interface FreshnessProps {
  /** Milliseconds since 1970; 0 when nothing was read yet. */
  updatedAt: number;
  failed: boolean;
  busy: boolean;
  onRefresh: () => void;
}

/** How old the figures on the screen are, always. */
export function Freshness({ updatedAt, failed, busy, onRefresh }: FreshnessProps) {
  const { t } = useI18n();
  const now = useNow(1000);
  const live = useIsLive();
  const age = formatAge(now.getTime() - updatedAt);
  return (
    <div className="ml-auto flex items-center gap-1">
      {updatedAt > 0 && live && !failed && (
        <p
          title={t('queue.refreshed', { age })}
          className="flex items-center gap-1.5 text-xs text-ink-2"
        >
          <span aria-hidden className="size-2 rounded-full bg-green" />
          {t('queue.live')}
        </p>
      )}
      {updatedAt > 0 && (!live || failed) && (
        <p className={`nums text-xs ${failed ? 'text-amber' : 'text-ink-2'}`}>
          {t(failed ? 'queue.stale' : 'queue.refreshed', { age })}
        </p>
      )}
      <IconButton label={t('queue.refresh')} onClick={onRefresh} disabled={busy}>
        <RotateCw size={15} aria-hidden />
      </IconButton>
    </div>
  );
}
