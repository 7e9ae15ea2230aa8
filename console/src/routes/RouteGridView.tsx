import { useQuery } from '@tanstack/react-query';
import { CirclePause } from 'lucide-react';
import { routeGridQuery } from '../api/routes';
import type { RouteGrid } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatDecimal, formatNumber } from '../lib/format';
import { ROUTE_LIGHTS, type RouteLight } from '../lib/routes';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { ErrorState, SkeletonRows } from '../ui/states';
import type { RouteActions } from './Chosen';

const TONES: Record<RouteLight, string> = {
  green: 'bg-green-soft text-green border-green-line',
  amber: 'bg-amber-soft text-amber border-amber-line',
  red: 'bg-red-soft text-red border-red-line',
  grey: 'bg-grey-soft text-grey border-grey-line',
};
/** Each light has a shape, so that colour is never alone. */
const SHAPES: Record<RouteLight, string> = { green: '●', amber: '▲', red: '■', grey: '○' };

/** Cities by carriers; a city leads to its best carrier. */
export default function RouteGridView({ onAction }: RouteActions) {
  const { t } = useI18n();
  const { data, isPending, error, refetch } = useQuery(routeGridQuery);
  if (!data) {
    if (isPending) return <SkeletonRows rows={10} height="h-12" />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      <p className="text-sm text-ink-2">
        {t('grid.body', { count: data.cities.length, all: data.cities_of_all })}
      </p>
      <div className="relative overflow-x-auto rounded-lg border bg-surface">
        <Grid grid={data} onCity={(city, cityName) => onAction({ name: 'best', city, cityName })} />
      </div>
    </>
  );
}

function Grid({ grid, onCity }: { grid: RouteGrid; onCity: (key: string, name: string) => void }) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  return (
    <table aria-label={t('grid.label')} className="w-full border-separate border-spacing-1 text-sm">
      <thead className="text-xs text-ink-2">
        <tr>
          <th className="sticky left-0 z-10 bg-surface px-2 text-left font-medium">
            {t('table.city')}
          </th>
          {grid.carriers.map((code) => (
            <th key={code} className="px-1 py-2 text-center font-medium whitespace-nowrap">
              {nameOf(code)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.cities.map((city) => (
          <tr key={city.city_key}>
            <th className="sticky left-0 z-10 max-w-40 bg-surface text-left font-normal">
              <button
                type="button"
                onClick={() => onCity(city.city_key, cityWords(city.city_name))}
                title={t('routes.best.of', { city: cityWords(city.city_name) })}
                className="min-h-11 w-full truncate rounded-sm px-2 text-left hover:bg-hover md:min-h-9"
              >
                {cityWords(city.city_name)}
              </button>
            </th>
            {city.cells.map((cell, place) => (
              <Cell
                key={grid.carriers[place]}
                cell={cell}
                city={cityWords(city.city_name)}
                carrier={nameOf(grid.carriers[place] ?? '')}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  cell: RouteGrid['cities'][number]['cells'][number];
  city: string;
  carrier: string;
}

function Cell({ cell, city, carrier }: CellProps) {
  const { t, locale } = useI18n();
  if (!cell) {
    return (
      <td className="text-center text-ink-3">
        <span aria-hidden>·</span>
        <span className="sr-only">{t('grid.none')}</span>
      </td>
    );
  }
  const light = ROUTE_LIGHTS.find((each) => each === cell.light) ?? 'grey';
  const rate = cell.likely_rate === null ? '–' : `${formatDecimal(cell.likely_rate, locale)} %`;
  const words = t('grid.cell', {
    city,
    carrier,
    light: t(`light.${light}`),
    rate,
    ended: cell.ended,
  });
  return (
    <td
      className={`nums min-w-20 rounded-sm border px-1 py-1 text-center ${TONES[light]}`}
      title={words}
    >
      <span aria-hidden className="block font-medium whitespace-nowrap">
        {cell.paused ? (
          <CirclePause size={12} className="mr-1 inline" />
        ) : (
          <span className="mr-1 text-2xs">{SHAPES[light]}</span>
        )}
        {rate}
      </span>
      <span aria-hidden className="block text-2xs">
        {formatNumber(cell.ended, locale)}
      </span>
      <span className="sr-only">
        {words}
        {cell.paused && `, ${t('grid.cell.paused')}`}
      </span>
    </td>
  );
}
