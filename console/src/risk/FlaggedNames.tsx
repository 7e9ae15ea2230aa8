import { Plus, X } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../i18n/context';
import { MAX_FLAGGED, withName } from '../lib/riskPolicy';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';

interface FlaggedNamesProps {
  label: string;
  /** Asks for one more. */
  other: string;
  hint: string;
  names: readonly string[];
  suggestions: readonly string[];
  nameOf?: (name: string) => string;
  readOnly: boolean;
  onNames: (names: readonly string[]) => void;
}

/** Names that add to the score: each can be taken out, and another written or chosen. */
export function FlaggedNames(props: FlaggedNamesProps) {
  const { label, other, hint, names, suggestions, nameOf, readOnly, onNames } = props;
  const { t } = useI18n();
  const listId = useId();
  const [written, setWritten] = useState('');
  const add = () => {
    onNames(withName(names, written));
    setWritten('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  };
  return (
    <div role="group" aria-label={label} className="grid content-start gap-3">
      <NameList {...{ label, names, readOnly, nameOf, onNames }} />
      {!readOnly && (
        <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
          <Field
            label={other}
            hint={hint}
            list={listId}
            maxLength={100}
            autoComplete="off"
            disabled={names.length >= MAX_FLAGGED}
            value={written}
            onChange={({ target }) => setWritten(target.value)}
            onKeyDown={onKeyDown}
          />
          <Button className="mt-6 !h-11" disabled={written.trim() === ''} onClick={add}>
            <Plus size={15} aria-hidden />
            {t('risk.add')}
          </Button>
          <datalist id={listId}>
            {suggestions.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </div>
      )}
    </div>
  );
}

type NameListProps = Pick<FlaggedNamesProps, 'label' | 'names' | 'readOnly' | 'onNames'> & {
  nameOf: FlaggedNamesProps['nameOf'];
};

function NameList({ label, names, readOnly, nameOf, onNames }: NameListProps) {
  const { t } = useI18n();
  return (
    <div className="grid gap-2">
      <h3 className="text-sm font-medium">{label}</h3>
      {names.length === 0 && <p className="text-sm text-ink-2">{t('risk.none')}</p>}
      <ul className="flex flex-wrap gap-2">
        {names.map((name) => (
          <li
            key={name}
            className="inline-flex max-w-full items-center rounded-lg border bg-sunken pl-3 text-sm"
          >
            <span className="min-w-0 truncate py-1.5 pr-1">{nameOf?.(name) ?? name}</span>
            {readOnly ? (
              <span className="w-2" />
            ) : (
              <button
                type="button"
                aria-label={t('risk.remove.of', { name })}
                onClick={() => onNames(names.filter((each) => each !== name))}
                className="flex size-11 items-center justify-center rounded-lg text-ink-2 hover:bg-hover hover:text-ink md:size-8"
              >
                <X size={14} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
