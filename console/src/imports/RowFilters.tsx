import { Plus, X } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { Button, IconButton } from '../ui/Button';
import { MAX_FILTERS, RULES, type Layout, type LayoutFilter } from './mapping';

const CONTROL =
  'h-11 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-2 text-sm text-ink md:h-9 md:w-auto';

/** Which rows are read: those that fit every line. */
export function RowFilters({
  layout,
  onChange,
}: {
  layout: Layout;
  onChange: (layout: Layout) => void;
}) {
  const { t } = useI18n();
  const filters = layout.filters ?? [];
  const fields = layout.columns.map(({ field }) => field);
  const [first] = fields;
  const replace = (at: number, next: LayoutFilter) =>
    onChange({ ...layout, filters: filters.map((each, index) => (index === at ? next : each)) });
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium">{t('import.filters')}</legend>
      <p className="text-xs text-ink-2">{t('import.filters.hint')}</p>
      {filters.map((filter, at) => (
        <div key={at} className="grid gap-2 md:flex md:items-center">
          <select
            aria-label={t('import.filters.field')}
            className={CONTROL}
            value={filter.field}
            onChange={({ target }) => {
              const field = fields.find((each) => each === target.value);
              if (field) replace(at, { ...filter, field });
            }}
          >
            {fields.map((each) => (
              <option key={each} value={each}>
                {t(`field.${each}`)}
              </option>
            ))}
          </select>
          <select
            aria-label={t('import.filters.rule')}
            className={CONTROL}
            value={filter.rule}
            onChange={({ target }) => {
              const rule = RULES.find((each) => each === target.value);
              if (rule) replace(at, { ...filter, rule });
            }}
          >
            {RULES.map((each) => (
              <option key={each} value={each}>
                {t(`import.rule.${each}`)}
              </option>
            ))}
          </select>
          <input
            aria-label={t('import.filters.value')}
            className={CONTROL}
            value={filter.value}
            maxLength={200}
            onChange={({ target }) => replace(at, { ...filter, value: target.value })}
          />
          <IconButton
            label={t('import.filters.remove')}
            onClick={() =>
              onChange({ ...layout, filters: filters.filter((_, index) => index !== at) })
            }
          >
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
      {first && filters.length < MAX_FILTERS && (
        <div>
          <Button
            kind="quiet"
            onClick={() =>
              onChange({
                ...layout,
                filters: [...filters, { field: first, rule: 'is_not', value: '' }],
              })
            }
          >
            <Plus size={15} aria-hidden />
            {t('import.filters.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
