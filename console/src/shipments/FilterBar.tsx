import { useQuery } from '@tanstack/react-query';
import { SlidersHorizontal, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { facetsQuery, type ShipmentSource } from '../api/queries';
import { RISK_LEVELS, SHIPMENT_STATUSES, type Carrier, type ShipmentStatus } from '../api/types';
import { useI18n } from '../i18n/context';
import { hasFilters, withFilter, type ShipmentFilters } from '../lib/filters';
import { Button } from '../ui/Button';
import { placeName } from './cells';
import { Choice, CityFilter, TextFilter } from './filterControls';

/** Statuses of closed shipments, which are in the queue for whoever asks for them. */
const CLOSED: readonly ShipmentStatus[] = ['DELIVERED', 'CANCELLED'];

/** Code of carriers that Litper does not know. */
const OTHER = 'otro';

interface FilterBarProps {
  source: ShipmentSource;
  filters: ShipmentFilters;
  onFilters: (filters: ShipmentFilters) => void;
  /** On a phone the choices fold behind a button. */
  phone: boolean;
}

type SetFilter = (name: keyof ShipmentFilters, value: string) => void;

export function FilterBar(props: FilterBarProps) {
  const { source, filters, onFilters, phone } = props;
  const { t } = useI18n();
  const [unfolded, setUnfolded] = useState(false);
  const set: SetFilter = (name, value) => onFilters(withFilter(filters, name, value));
  const clear = hasFilters(filters) && (
    <Button kind="quiet" onClick={() => onFilters({})}>
      <X size={15} aria-hidden />
      {t('filters.clear')}
    </Button>
  );
  return (
    <div
      role="search"
      aria-label={t('filters.label')}
      className="grid items-center gap-2 px-4 pb-3 md:flex md:flex-wrap md:px-6"
    >
      {source === 'shipments' && (
        <TextFilter
          label={t('shipments.search')}
          placeholder={t('shipments.search.hint')}
          value={filters.q ?? ''}
          onValue={(value) => set('q', value)}
          className="md:w-72"
        />
      )}
      {phone && (
        <div className="flex gap-2">
          <Button
            className="flex-1"
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
          >
            <SlidersHorizontal size={15} aria-hidden />
            <FilterCount filters={filters} />
          </Button>
          {clear}
        </div>
      )}
      {(!phone || unfolded) && <Choices {...props} set={set} />}
      {!phone && clear}
    </div>
  );
}

/** Filters that the folded bar hides: the search and the level chips stay visible. */
function FilterCount({ filters }: { filters: ShipmentFilters }) {
  const { t } = useI18n();
  const count = [filters.status, filters.carrier, filters.city, filters.include_terminal].filter(
    Boolean,
  ).length;
  return count > 0 ? t('filters.active', { count }) : t('filters.show');
}

function Choices({ source, filters, set }: FilterBarProps & { set: SetFilter }) {
  const { t } = useI18n();
  const { carriers, cities } = useFacets(filters.carrier);
  const closed = source === 'shipments' || filters.include_terminal !== undefined;
  const statuses = SHIPMENT_STATUSES.filter((status) => closed || !CLOSED.includes(status));
  return (
    <>
      {source === 'shipments' && (
        <Choice
          label={t('filters.level')}
          any={t('filters.any.level')}
          value={filters.level}
          options={RISK_LEVELS.map((level) => [level, t(`level.${level}`)])}
          onValue={(value) => set('level', value)}
        />
      )}
      <Choice
        label={t('filters.status')}
        any={t('filters.any.status')}
        value={filters.status}
        options={statuses.map((status) => [status, t(`status.${status}`)])}
        onValue={(value) => set('status', value)}
      />
      <Choice
        label={t('filters.carrier')}
        any={t('filters.any.carrier')}
        value={filters.carrier}
        options={carriers.map(({ code, name }) => [code, name])}
        onValue={(value) => set('carrier', value)}
      />
      <CityFilter
        label={t('filters.city')}
        placeholder={t('filters.any.city')}
        value={filters.city ?? ''}
        onValue={(value) => set('city', value)}
        suggestions={cities}
        className="md:w-52"
      />
      {source === 'queue' && (
        <label className="inline-flex min-h-11 items-center gap-2 text-sm md:min-h-9">
          <input
            type="checkbox"
            className="size-5 md:size-4"
            checked={closed}
            onChange={({ target }) => set('include_terminal', target.checked ? 'true' : '')}
          />
          {t('filters.terminal')}
        </label>
      )}
    </>
  );
}

/** Carriers and cities to offer: those that shipments have, by name. */
function useFacets(chosen: string | undefined): { carriers: Carrier[]; cities: string[] } {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const other = t('carrier.other');
  return useMemo(() => {
    const carriers = (data?.carriers ?? []).map((carrier) =>
      carrier.code === OTHER ? { ...carrier, name: other } : carrier,
    );
    if (chosen && !carriers.some(({ code }) => code === chosen)) {
      carriers.push({ code: chosen, name: chosen });
    }
    const cities = new Set(data?.cities.map(placeName));
    return {
      carriers: carriers.sort((a, b) => a.name.localeCompare(b.name)),
      cities: [...cities].sort((a, b) => a.localeCompare(b)),
    };
  }, [data, chosen, other]);
}
