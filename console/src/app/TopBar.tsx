import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Session } from '../api/types';
import { useI18n } from '../i18n/context';
import { useTheme } from '../lib/theme';
import { Mark } from '../ui/Mark';
import { QuickFind } from './QuickFind';
import { OnDemandMenu } from './OnDemandMenu';
import { Avatar, THEME_ICON } from './menuFaces';

function useFindShortcut(open: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [open]);
}

const loadThemeMenu = () => import('./menus').then((menus) => menus.ThemeMenu);
const loadUserMenu = () => import('./menus').then((menus) => menus.UserMenu);

export function TopBar({ session }: { session: Session }) {
  const { t } = useI18n();
  const [finding, setFinding] = useState(false);
  const [open] = useState(() => () => setFinding(true));
  const [theme, setTheme] = useTheme();
  const ThemeIcon = THEME_ICON[theme];
  useFindShortcut(open);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b bg-surface px-2 pl-4 md:gap-2 md:px-6">
      <span className="md:hidden">
        <Mark />
      </span>
      <p className="ml-1 min-w-0 flex-1 truncate font-medium md:ml-0" title={session.tenant.name}>
        {session.tenant.name}
      </p>
      <button
        type="button"
        onClick={open}
        aria-keyshortcuts="Control+K"
        aria-label={t('find.open')}
        className="flex size-11 items-center justify-center gap-2 rounded-lg text-sm text-ink-2 hover:bg-hover md:h-9 md:w-80 md:justify-start md:border md:bg-canvas md:px-3"
      >
        <Search size={16} aria-hidden className="shrink-0" />
        <span className="hidden flex-1 truncate text-left md:block">{t('find.open')}</span>
        <kbd className="hidden rounded-sm border bg-surface px-1 font-sans text-2xs md:block">
          Ctrl K
        </kbd>
      </button>
      <OnDemandMenu
        load={loadThemeMenu}
        props={{ theme, onTheme: setTheme }}
        label={t('theme.label')}
      >
        <ThemeIcon size={17} aria-hidden />
      </OnDemandMenu>
      <OnDemandMenu
        load={loadUserMenu}
        props={{ session }}
        label={t('user.menu', { name: session.user.name })}
      >
        <Avatar name={session.user.name} />
      </OnDemandMenu>
      {finding && <QuickFind onClose={() => setFinding(false)} />}
    </header>
  );
}
