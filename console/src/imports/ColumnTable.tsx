import { useI18n } from '../i18n/context';
import type { Translator } from '../i18n/translate';
import {
  fieldAt,
  FIELDS,
  transformAt,
  TRANSFORMS,
  transformsOf,
  withField,
  withTransform,
  type InspectedColumn,
  type Inspection,
  type Layout,
  type LayoutField,
  type Transform,
} from './mapping';

/** A row for each column of the file: its first values, and what it is. */
export function ColumnTable({
  found,
  layout,
  onChange,
}: {
  found: Inspection;
  layout: Layout;
  onChange: (layout: Layout) => void;
}) {
  const { t } = useI18n();
  return (
    <div
      className="relative max-h-128 overflow-auto rounded-lg border"
      // A region that scrolls must be reachable from the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('import.map.columns')}
    >
      <table className="w-full text-left text-sm">
        <thead className="sticky top-0 bg-sunken text-xs text-ink-2">
          <tr>
            <th className="px-4 py-2 font-medium">{t('import.map.column')}</th>
            <th className="px-4 py-2 font-medium">{t('import.map.samples')}</th>
            <th className="px-4 py-2 font-medium">{t('import.map.field')}</th>
          </tr>
        </thead>
        <tbody>
          {found.columns.map((column) => (
            <ColumnRow
              key={column.index}
              column={column}
              field={fieldAt(layout, column.index)}
              transform={transformAt(layout, column.index)}
              onChange={(field) => onChange(withField(layout, column.index, field))}
              onTransform={(next) => onChange(withTransform(layout, column.index, next))}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf(column: InspectedColumn): string {
  return column.title ? `${column.letter} · ${column.title}` : column.letter;
}

function guessText(column: InspectedColumn, { t }: Translator): string | null {
  if (!column.guess) return null;
  return column.guess.by === 'title'
    ? t('import.map.byTitle')
    : t('import.map.byContent', { percent: column.guess.confidence });
}

function ColumnRow({
  column,
  field,
  transform,
  onChange,
  onTransform,
}: {
  column: InspectedColumn;
  field: LayoutField | null;
  transform: Transform | null;
  onChange: (field: LayoutField | null) => void;
  onTransform: (transform: Transform | null) => void;
}) {
  const translator = useI18n();
  const { t } = translator;
  const guessed = column.guess?.field === field ? guessText(column, translator) : null;
  return (
    <tr className="border-t align-top">
      <th scope="row" className="px-4 py-2 font-medium">
        {nameOf(column)}
      </th>
      <td className="max-w-56 truncate px-4 py-2 font-mono text-xs text-ink-2">
        {column.samples.slice(0, 3).join(' · ') || '–'}
      </td>
      <td className="px-4 py-2">
        <select
          aria-label={t('import.map.fieldOf', { column: nameOf(column) })}
          className="h-11 w-full min-w-44 rounded-lg border border-line-strong bg-surface px-2 text-sm text-ink md:h-9"
          value={field ?? ''}
          onChange={(event) => onChange(FIELDS.find((each) => each === event.target.value) ?? null)}
        >
          <option value="">{t('import.map.leaveOut')}</option>
          {FIELDS.map((each) => (
            <option key={each} value={each}>
              {t(`field.${each}`)}
            </option>
          ))}
        </select>
        {field && (
          <select
            aria-label={t('import.map.transformOf', { column: nameOf(column) })}
            className="mt-1 h-11 w-full min-w-44 rounded-lg border bg-surface px-2 text-xs text-ink-2 md:h-8"
            value={transform ?? ''}
            onChange={({ target }) =>
              onTransform(TRANSFORMS.find((each) => each === target.value) ?? null)
            }
          >
            <option value="">{t('import.transform.none')}</option>
            {transformsOf(field).map((each) => (
              <option key={each} value={each}>
                {t(`import.transform.${each}`)}
              </option>
            ))}
          </select>
        )}
        {guessed && <p className="mt-1 text-xs text-ink-2">{guessed}</p>}
      </td>
    </tr>
  );
}
