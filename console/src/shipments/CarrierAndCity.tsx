import { useI18n } from '../i18n/context';
import { Choice, TextFilter } from './filterControls';
import { useCarriers } from './useCarriers';

export interface CarrierAndCityFilters {
  carrier?: string | undefined;
  city?: string | undefined;
}

interface CarrierAndCityProps {
  filters: CarrierAndCityFilters;
  onChange: (change: CarrierAndCityFilters) => void;
}

/** The two filters that every list of shipments has. */
export function CarrierAndCity({ filters, onChange }: CarrierAndCityProps) {
  const { t } = useI18n();
  const { options } = useCarriers();
  return (
    <>
      <Choice
        label={t('filters.carrier')}
        any={t('filters.any.carrier')}
        value={filters.carrier}
        options={options}
        onValue={(carrier) => onChange({ carrier: carrier || undefined })}
      />
      <TextFilter
        label={t('filters.city')}
        placeholder={t('filters.city')}
        value={filters.city ?? ''}
        onValue={(city) => onChange({ city: city || undefined })}
      />
    </>
  );
}
