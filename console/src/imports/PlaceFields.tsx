import { useId, useState } from 'react';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import type { Inspection, Place } from './mapping';

const CONTROL = 'h-11 rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink md:h-9';

/** Which sheet is read, and in which row its titles stand. */
export function PlaceFields({
  found,
  place,
  onChange,
}: {
  found: Inspection;
  place: Place;
  onChange: (place: Place) => void;
}) {
  const { t } = useI18n();
  const id = useId();
  const [row, setRow] = useState('');
  const shown = row || String(found.proposal.header_row ?? 0);
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ ...place, headerRow: Number(shown) });
      }}
    >
      {found.sheets.length > 1 && (
        <div className="grid gap-1">
          <label htmlFor={`${id}-sheet`} className="text-sm font-medium">
            {t('import.map.sheet')}
          </label>
          <select
            id={`${id}-sheet`}
            className={CONTROL}
            value={place.sheet ?? found.proposal.sheet ?? ''}
            onChange={(event) => onChange({ sheet: event.target.value, headerRow: null })}
          >
            {found.sheets.map((sheet) => (
              <option key={sheet.name} value={sheet.name}>
                {sheet.name}
              </option>
            ))}
          </select>
        </div>
      )}
      <div className="grid gap-1">
        <label htmlFor={`${id}-row`} className="text-sm font-medium">
          {t('import.map.headerRow')}
        </label>
        <input
          id={`${id}-row`}
          type="number"
          min={0}
          max={200}
          className={`${CONTROL} w-28`}
          value={shown}
          onChange={(event) => setRow(event.target.value)}
        />
      </div>
      <Button type="submit">{t('import.map.look')}</Button>
    </form>
  );
}
