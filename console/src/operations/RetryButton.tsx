import { RotateCw } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';

interface RetryButtonProps {
  /** What is tried again, to tell the buttons apart. */
  of: string;
  busy: boolean;
  onRetry: () => void;
}

export function RetryButton({ of, busy, onRetry }: RetryButtonProps) {
  const { t } = useI18n();
  return (
    <Button disabled={busy} aria-label={t('retry.of', { of })} onClick={onRetry}>
      <RotateCw size={15} aria-hidden />
      {t('retry')}
    </Button>
  );
}
