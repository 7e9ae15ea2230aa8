import { useI18n } from '../i18n/context';

/** What a program says went wrong: for support, not for reading aloud. */
export function ErrorText({ error }: { error: string | null }) {
  const { t } = useI18n();
  if (!error) return <span className="text-ink-3">{t('failure.unknown')}</span>;
  return <span className="font-mono text-xs break-words">{error}</span>;
}
