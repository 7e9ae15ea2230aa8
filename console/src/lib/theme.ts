import { useEffect, useState } from 'react';
import { readPreference, writePreference } from './preferences';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

function storedTheme(): Theme {
  const stored = readPreference('theme');
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

function applyTheme(theme: Theme, systemIsDark: boolean): void {
  const dark = theme === 'dark' || (theme === 'system' && systemIsDark);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => {
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = () => applyTheme(theme, system.matches);
    apply();
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [theme]);
  const choose = (next: Theme) => {
    writePreference('theme', next);
    setTheme(next);
  };
  return [theme, choose];
}
