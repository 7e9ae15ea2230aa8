import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useI18n } from '../i18n/context';
import { Button } from './Button';

/** A text to be pasted elsewhere. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The browser refuses without https; the text can still be marked and copied.
      setCopied(false);
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code className="min-w-0 rounded-sm border bg-sunken px-2 py-1 font-mono text-xs break-all">
        {text}
      </code>
      <Button kind="quiet" aria-label={`${t('copy')}: ${label}`} onClick={() => void copy()}>
        <Icon size={15} aria-hidden />
        {t(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}
