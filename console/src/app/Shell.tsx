import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { FlaskConical, WifiOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { sessionQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { useOnline } from '../lib/hooks';
import { BottomNav, SideNav } from './Nav';
import { TopBar } from './TopBar';
import { useLive } from './useLive';

export function Shell() {
  const { t } = useI18n();
  const { data: session } = useQuery(sessionQuery);
  const main = useFocusOnNavigation();
  useLive();
  if (!session) return null;
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
        className="absolute top-2 left-2 z-50 -translate-y-16 rounded-lg bg-ink px-4 py-2 text-surface focus:translate-y-0"
      >
        {t('app.skip')}
      </a>
      <SideNav permissions={session.permissions} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <TopBar session={session} />
        <OfflineBanner />
        {session.tenant.demo && <DemoBanner />}
        <main
          id="content"
          ref={main}
          tabIndex={-1}
          className="relative min-h-0 flex-1 overflow-y-auto"
        >
          <Outlet />
        </main>
      </div>
      <BottomNav />
    </div>
  );
}

/** Moves the focus to the new page, as a full page load would. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const previous = useRef(pathname);
  useEffect(() => {
    if (previous.current !== pathname) main.current?.focus({ preventScroll: true });
    previous.current = pathname;
  }, [pathname]);
  return main;
}

/** Says on every page that nothing here is anybody's. */
function DemoBanner() {
  const { t } = useI18n();
  return (
    <aside
      aria-label={t('app.demo')}
      className="flex items-center gap-2 border-b border-blue-line bg-blue-soft px-4 py-1.5 text-xs text-blue md:px-6"
    >
      <FlaskConical size={14} aria-hidden className="shrink-0" />
      {t('app.demo.banner')}
    </aside>
  );
}

function OfflineBanner() {
  const { t } = useI18n();
  const online = useOnline();
  if (online) return null;
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b border-amber-line bg-amber-soft px-4 py-2 text-sm text-amber md:px-6"
    >
      <WifiOff size={16} aria-hidden className="shrink-0" />
      {t('app.offline')}
    </div>
  );
}
