import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import {
  FileUp,
  FlaskConical,
  ListOrdered,
  ShoppingBag,
  Truck,
  WifiOff,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useRef } from 'react';
import { sessionQuery } from '../api/queries';
import type { MessageKey } from '../i18n/es';
import { useI18n } from '../i18n/context';
import { useOnline } from '../lib/hooks';
import { Mark } from '../ui/Mark';
import { TopBar } from './TopBar';
import { useLive } from './useLive';

interface Place {
  to: '/cola' | '/guias' | '/pedidos' | '/importar';
  icon: LucideIcon;
  label: MessageKey;
  short: MessageKey;
}

const PLACES: readonly Place[] = [
  { to: '/cola', icon: ListOrdered, label: 'nav.queue', short: 'nav.queue.short' },
  { to: '/guias', icon: Truck, label: 'nav.shipments', short: 'nav.shipments' },
  { to: '/pedidos', icon: ShoppingBag, label: 'nav.orders', short: 'nav.orders' },
  { to: '/importar', icon: FileUp, label: 'nav.import', short: 'nav.import' },
];

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
      <SideNav />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <TopBar session={session} />
        <OfflineBanner />
        {session.tenant.demo && <DemoBanner />}
        <main id="content" ref={main} tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto">
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

function SideNav() {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t('nav.label')}
      className="hidden w-16 shrink-0 flex-col border-r bg-surface md:flex lg:w-52"
    >
      <Link to="/cola" className="flex h-14 items-center gap-2 px-5 font-semibold lg:px-4">
        <Mark />
        <span className="sr-only tracking-tight lg:not-sr-only">{t('app.name')}</span>
      </Link>
      <ul className="grid gap-1 p-2">
        {PLACES.map(({ to, icon: Icon, label }) => (
          <li key={to}>
            <Link
              to={to}
              title={t(label)}
              className="flex h-9 items-center justify-center gap-3 rounded-lg px-3 text-sm text-ink-2 hover:bg-hover hover:text-ink lg:justify-start"
              activeProps={{ className: 'bg-selected !text-ink font-semibold' }}
            >
              <Icon size={17} aria-hidden className="shrink-0" />
              <span className="sr-only lg:not-sr-only">{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function BottomNav() {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t('nav.label')}
      className="shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="grid grid-cols-4">
        {PLACES.map(({ to, icon: Icon, short }) => (
          <li key={to}>
            <Link
              to={to}
              className="flex h-14 flex-col items-center justify-center gap-0.5 text-2xs text-ink-2"
              activeProps={{ className: '!text-ink font-semibold' }}
            >
              {({ isActive }) => (
                <>
                  <span
                    className={`flex h-6 w-12 items-center justify-center rounded-full ${isActive ? 'bg-selected' : ''}`}
                  >
                    <Icon size={18} aria-hidden />
                  </span>
                  {t(short)}
                </>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
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
