import { useQuery } from '@tanstack/react-query';
import { ArrowUpRight, Eye, Sprout, Wrench, type LucideIcon } from 'lucide-react';
import { routeMatrixQuery } from '../api/routes';
import type { Route } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDecimal, formatNumber } from '../lib/format';
import { ended } from '../lib/routes';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { NothingHere } from '../ui/ListCard';
import { ErrorState, SkeletonRows } from '../ui/states';
import type { RouteActions } from './Chosen';
import { RowMenu } from './RowMenu';

/** As they lie: much above little, poor delivery left of good. */
const PLACES = ['fix', 'scale', 'review', 'grow'] as const;
type Place = (typeof PLACES)[number];
const LOOK: Record<Place, { icon: LucideIcon; tone: string }> = {
  fix: { icon: Wrench, tone: 'text-red' },
  scale: { icon: ArrowUpRight, tone: 'text-green' },
  review: { icon: Eye, tone: 'text-amber' },
  grow: { icon: Sprout, tone: 'text-green' },
};

/** What each route's volume and rate ask for. */
export default function Matrix(act: RouteActions) {
  const { t, locale } = useI18n();
  const { data, isPending, error, refetch } = useQuery(routeMatrixQuery);
  if (!data) {
    if (isPending) return <SkeletonRows rows={10} height="h-11" />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  const numbers = {
    volume: formatDecimal(data.volume_from, locale),
    rate: formatDecimal(data.rate_from, locale),
    few: data.too_few,
  };
  return (
    <>
      <p className="max-w-3xl text-sm text-ink-2">{t('matrix.body', numbers)}</p>
      {data.items.length === 0 && <NothingHere>{t('matrix.empty')}</NothingHere>}
      {data.items.length > 0 && (
        <div className="grid gap-4 md:grid-cols-2">
          {PLACES.map((place) => (
            <Quadrant
              key={place}
              place={place}
              routes={data.items.filter((item) => item.place === place).map(({ route }) => route)}
              {...act}
            />
          ))}
        </div>
      )}
    </>
  );
}

function Quadrant({
  place,
  routes,
  ...act
}: { place: Place; routes: readonly Route[] } & RouteActions) {
  const { t, locale } = useI18n();
  const { nameOf } = useCarriers();
  const { icon: Icon, tone } = LOOK[place];
  return (
    <section aria-label={t(`matrix.${place}`)} className="rounded-lg border bg-surface">
      <header className="flex items-center gap-2 border-b px-4 py-3">
        <Icon size={17} aria-hidden className={tone} />
        <h2 className="text-sm font-semibold">{t(`matrix.${place}`)}</h2>
        <p className="min-w-0 flex-1 truncate text-right text-xs text-ink-2">
          {t(`matrix.${place}.body`)}
        </p>
      </header>
      {routes.length === 0 && <NothingHere>{t('matrix.none')}</NothingHere>}
      <ul className="max-h-80 overflow-y-auto">
        {routes.map((route) => (
          <li
            key={`${route.city_key}:${route.carrier_code}`}
            className="flex items-center gap-2 border-b pl-4 last:border-b-0"
          >
            <span className="min-w-0 flex-1 py-1 text-sm">
              <span className="block truncate">{cityWords(route.city_name)}</span>
              <span className="block truncate text-xs text-ink-2">
                {nameOf(route.carrier_code)}
              </span>
            </span>
            <span className="nums text-right text-sm">
              {route.likely_rate !== null && `${formatDecimal(route.likely_rate, locale)} %`}
              <span className="block text-xs text-ink-2">{formatNumber(ended(route), locale)}</span>
            </span>
            <RowMenu route={route} {...act} />
          </li>
        ))}
      </ul>
    </section>
  );
}
