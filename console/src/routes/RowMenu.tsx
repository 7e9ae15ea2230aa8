import { Link } from '@tanstack/react-router';
import { CirclePause, List, Scale } from 'lucide-react';
import type { Route } from '../api/types';
import { useI18n } from '../i18n/context';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { IconButton, iconButtonClass } from '../ui/Button';
import type { RouteActions } from './Chosen';

interface RowMenuProps extends RouteActions {
  route: Route;
  /** The city as the list of shipments filters by it; absent where the row has no such link. */
  place?: string;
}

/** What can be done with a route. */
export function RowMenu({ route, place, onAction, mayPause }: RowMenuProps) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  const names = { city: cityWords(route.city_name), carrier: nameOf(route.carrier_code) };
  return (
    <span className="inline-flex">
      <IconButton
        label={t('routes.best.of', { city: names.city })}
        onClick={() => onAction({ name: 'best', city: route.city_key, cityName: names.city })}
      >
        <Scale size={16} aria-hidden />
      </IconButton>
      {mayPause && !route.paused && (
        <IconButton
          label={t('routes.pause.of', names)}
          onClick={() =>
            onAction({
              name: 'pause',
              city: route.city_key,
              cityName: names.city,
              carrier: route.carrier_code,
            })
          }
        >
          <CirclePause size={16} aria-hidden />
        </IconButton>
      )}
      {place !== undefined && (
        <Link
          to="/guias"
          search={{ city: place, carrier: route.carrier_code }}
          aria-label={t('routes.shipments.of', names)}
          title={t('routes.shipments.of', names)}
          className={iconButtonClass()}
        >
          <List size={16} aria-hidden />
        </Link>
      )}
    </span>
  );
}
