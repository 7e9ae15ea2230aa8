import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react';
import type { Theme } from '../lib/theme';

export const THEME_ICON: Record<Theme, LucideIcon> = { system: Monitor, light: Sun, dark: Moon };

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}

export function Avatar({ name }: { name: string }) {
  return (
    <span className="flex size-8 items-center justify-center rounded-full border bg-sunken text-xs font-semibold text-ink">
      {initials(name)}
    </span>
  );
}
