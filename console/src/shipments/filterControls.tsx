import { ChevronDown, Search } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
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
  suggestions?: readonly string[];
  className?: string;
  icon?: boolean;
}

/** Text that filters once the typing pauses. */
export function TextFilter(props: TextFilterProps) {
  const { label, placeholder, value, onValue, suggestions = [], className = '', icon } = props;
  const listId = useId();
  const [draft, setDraft] = useDraft(value, onValue);
  return (
    <div className={`relative ${className}`}>
      {icon && (
        <Search
          size={15}
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-2"
        />
      )}
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        list={suggestions.length > 0 ? listId : undefined}
        maxLength={100}
        onChange={(event) => setDraft(event.target.value)}
        className={`${CONTROL} pr-3 ${icon ? 'pl-9' : 'pl-3'} ${filledClass(value)}`}
      />
      {suggestions.length > 0 && (
        <datalist id={listId}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
}

function useDraft(value: string, onValue: (value: string) => void) {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    // The address changed from outside (back button, cleared filters).
    setSeen(value);
    if (draft.trim() !== value) setDraft(value);
  }
  const settled = useDebounced(draft, TYPING_PAUSE_MS).trim();
  useEffect(() => {
    if (settled !== value && settled === draft.trim()) onValue(settled);
    // Only a settled draft speaks; a new value or callback must not resend it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return [draft, setDraft] as const;
}
