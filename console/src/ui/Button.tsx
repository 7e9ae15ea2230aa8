import type { ButtonHTMLAttributes, Ref } from 'react';

export type ButtonKind = 'primary' | 'plain' | 'quiet';

const KINDS: Record<ButtonKind, string> = {
  primary:
    'bg-brand text-on-brand font-semibold hover:bg-brand-hover disabled:bg-sunken disabled:text-ink-3',
  plain: 'border border-line bg-surface text-ink hover:bg-hover disabled:text-ink-3',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
};

/** Shared by buttons and links that look like one. */
export function buttonClass(kind: ButtonKind = 'plain', extra = ''): string {
  return `inline-flex h-11 shrink-0 items-center justify-center gap-2 rounded-lg px-4 text-sm font-medium whitespace-nowrap transition-colors md:h-9 md:px-3 ${KINDS[kind]} ${extra}`;
}

export function iconButtonClass(extra = ''): string {
  return `inline-flex size-11 shrink-0 items-center justify-center rounded-lg text-ink-2 transition-colors hover:bg-hover hover:text-ink md:size-9 ${extra}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(kind, className)} {...rest} />;
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, className = '', type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={iconButtonClass(className)}
      {...rest}
    />
  );
}
