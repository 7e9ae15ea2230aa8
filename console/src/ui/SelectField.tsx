import { ChevronDown } from 'lucide-react';
import { useId, type ReactNode, type SelectHTMLAttributes } from 'react';

interface SelectFieldProps extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  hint?: ReactNode;
  /** Codes with the words for them. */
  options: readonly (readonly [string, string])[];
}

export function SelectField({ label, hint, options, ...select }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          aria-describedby={hint ? `${id}-note` : undefined}
          className="h-11 w-full appearance-none rounded-lg border border-line-strong bg-surface pr-9 pl-3 text-base text-ink"
          {...select}
        >
          {options.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        <ChevronDown
          size={16}
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-ink-2"
        />
      </div>
      {hint && (
        <div id={`${id}-note`} className="text-xs text-ink-2">
          {hint}
        </div>
      )}
    </div>
  );
}
