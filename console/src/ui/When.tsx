import { useI18n } from '../i18n/context';
import { formatExact, formatWhen } from '../lib/format';
import { useNow } from '../lib/hooks';

/** A moment in the words of the reader, with the exact time on hover. */
export function When({ iso, className = '' }: { iso: string; className?: string }) {
  const { locale } = useI18n();
  const now = useNow();
  return (
    <time dateTime={iso} title={formatExact(iso, now, locale)} className={`nums ${className}`}>
      {formatWhen(iso, now, locale)}
    </time>
  );
}
