import { useQuery } from '@tanstack/react-query';
import { useI18n } from '../i18n/context';
import { SelectField } from '../ui/SelectField';
import { profilesQuery, readyLayouts, type Layout } from './mapping';

/** Begins with a layout that is ready: a built-in one by the place of its columns, or one saved before. */
export function LayoutPicker({
  layout,
  onChoose,
}: {
  layout: Layout;
  onChoose: (layout: Layout) => void;
}) {
  const translator = useI18n();
  const { t, lookUp } = translator;
  const { data } = useQuery(profilesQuery);
  const ready = data ? readyLayouts(data) : [];
  if (ready.length === 0) return null;
  const nameOf = (key: string, name: string) =>
    key.startsWith('preset:') ? (lookUp(`import.preset.${name}`) ?? name) : name;
  const stated = (layout.defaults ?? [])
    .map(({ field, value }) => `${t(`field.${field}`)}: ${value}`)
    .join(' · ');
  return (
    <div className="max-w-md">
      <SelectField
        label={t('import.map.ready')}
        hint={stated ? t('import.map.stated', { values: stated }) : t('import.map.ready.hint')}
        value=""
        options={[
          ['', t('import.map.ready.choose')],
          ...ready.map(({ key, name }) => [key, nameOf(key, name)] as const),
        ]}
        onChange={({ target }) => {
          const chosen = ready.find(({ key }) => key === target.value);
          // The sheet is the one that is looked at.
          if (chosen) onChoose({ ...chosen.layout, sheet: layout.sheet ?? null });
        }}
      />
    </div>
  );
}
