import { ChevronDown, Search } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useState } from 'react';
import { useDebounced } from '../lib/hooks';

const CONTROL =
  'h-11 w-full min-w-0 rounded-lg border bg-surface text-sm text-ink hover:bg-hover md:h-9';
const TYPING_PAUSE_MS = 300;

function filledClass(value: string | undefined): string {
  return value ? 'border-ink font-medium' : '';
}

interface ChoiceProps<T extends string> {
  label: string;
  any: string;
  value: T | undefined;
  options: readonly (readonly [T, string])[];
  onValue: (value: string) => void;
}

export function Choice<T extends string>({ label, any, value, options, onValue }: ChoiceProps<T>) {
  return (
    <div className="relative">
      <select
        aria-label={label}
        value={value ?? ''}
        onChange={(event) => onValue(event.target.value)}
        className={`${CONTROL} appearance-none truncate pr-8 pl-3 ${filledClass(value)}`}
      >
        <option value="">{any}</option>
        {options.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <ChevronDown
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-2"
      />
    </div>
  );
}

interface TextFilterProps {
  label: string;
  placeholder: string;
  value: string;
  onValue: (value: string) => void;
  className?: string;
}

/** Text that filters once the typing pauses. */
export function TextFilter({ label, placeholder, value, onValue, className }: TextFilterProps) {
  const [draft, setDraft] = useDraft(value);
  const settled = useDebounced(draft, TYPING_PAUSE_MS).trim();
  const commit = useEffectEvent((text: string) => {
    if (text !== value && text === draft.trim()) onValue(text);
  });
  useEffect(() => commit(settled), [settled]);
  return (
    <div className={`relative ${className ?? ''}`}>
      <Search
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-2"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        maxLength={100}
        onChange={(event) => setDraft(event.target.value)}
        className={`${CONTROL} pr-3 pl-9 ${filledClass(value)}`}
      />
    </div>
  );
}

/** A city is exact, so half a name filters nothing: it counts once chosen, or on Enter. */
export function CityFilter(props: TextFilterProps & { suggestions: readonly string[] }) {
  const { label, placeholder, value, onValue, suggestions, className } = props;
  const listId = useId();
  const [draft, setDraft] = useDraft(value);
  const commit = (text: string) => {
    if (text.trim() !== value) onValue(text.trim());
  };
  return (
    <div className={className}>
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        list={listId}
        maxLength={100}
        onChange={({ target }) => {
          setDraft(target.value);
          if (target.value === '' || suggestions.includes(target.value)) commit(target.value);
        }}
        onKeyDown={(event) => event.key === 'Enter' && commit(draft)}
        onBlur={() => commit(draft)}
        className={`${CONTROL} px-3 ${filledClass(value)}`}
      />
      <datalist id={listId}>
        {suggestions.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </div>
  );
}

/** What is being typed, replaced when the address changes from outside (back, clear). */
function useDraft(value: string): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (draft.trim() !== value) setDraft(value);
  }
  return [draft, setDraft];
}
