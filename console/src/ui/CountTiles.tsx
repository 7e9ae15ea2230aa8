import type { ReactNode } from 'react';
import { useI18n } from '../i18n/context';
import { formatNumber } from '../lib/format';

/** Counts side by side, each of which narrows the list below. */
export function CountTiles({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="grid gap-2 sm:grid-cols-2 lg:grid-cols-5">
      {children}
    </div>
  );
}

interface CountTileProps {
  label: string;
  title?: string;
  /** None while it is not known. */
  count: number | undefined;
  chosen: boolean;
  onPress: () => void;
}

export function CountTile({ label, title, count, chosen, onPress }: CountTileProps) {
  const { locale } = useI18n();
  return (
    <button
      type="button"
      aria-pressed={chosen}
      title={title}
      onClick={onPress}
      className={`flex min-h-11 items-center justify-between gap-3 rounded-lg border bg-surface px-3 py-2 text-left text-sm hover:bg-hover ${chosen ? 'border-ink font-medium' : ''}`}
    >
      <span>{label}</span>
      <span className="nums font-semibold">
        {count === undefined ? '–' : formatNumber(count, locale)}
      </span>
    </button>
  );
}
