import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { MessageKey } from '../i18n/es';
import { useI18n } from '../i18n/context';
import { Mark } from '../ui/Mark';
import { DAILY, groupsFor, type Place } from './places';

export function SideNav({ permissions }: { permissions: readonly string[] }) {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t('nav.label')}
      className="hidden w-16 shrink-0 flex-col overflow-y-auto border-r bg-surface md:flex lg:w-52"
    >
      <Link to="/cola" className="flex h-14 shrink-0 items-center gap-2 px-5 font-semibold lg:px-4">
        <Mark />
        <span className="sr-only tracking-tight lg:not-sr-only">{t('app.name')}</span>
      </Link>
      <PlaceList places={DAILY} />
      {groupsFor(permissions).map(({ label, places }) => (
        <div key={label} className="max-lg:border-t lg:mt-2">
          <h2 className="sr-only px-5 pt-2 text-xs font-medium text-ink-3 lg:not-sr-only lg:block lg:px-5">
            {t(label)}
          </h2>
          <PlaceList places={places} />
        </div>
      ))}
    </nav>
  );
}

function PlaceList({ places }: { places: readonly Place[] }) {
  const { t } = useI18n();
  return (
    <ul className="grid gap-1 p-2">
      {places.map(({ to, icon: Icon, label }) => (
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
  );
}

interface BottomPlace {
  to: Place['to'] | '/mas';
  icon: Place['icon'];
  short: MessageKey;
}

const MORE: BottomPlace = { to: '/mas', icon: Ellipsis, short: 'nav.more' };

/** On a phone the daily places are at the thumb, and the others behind "Más". */
export function BottomNav() {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t('nav.label')}
      className="shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="grid grid-cols-5">
        {[...DAILY, MORE].map(({ to, icon: Icon, short }) => (
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
