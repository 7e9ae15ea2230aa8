import { formatNumber, type Locale } from '../lib/format';
import type { MessageKey } from './es';

export type Catalogue = Readonly<Record<MessageKey, string>>;
export type Params = Readonly<Record<string, string | number>>;

/** Bases of messages that exist as `<base>.one` and `<base>.other`. */
export type PluralBase = {
  [K in MessageKey]: K extends `${infer B}.one` ? B : never;
}[MessageKey];

export interface Translator {
  locale: Locale;
  t: (key: MessageKey, params?: Params) => string;
  /** Picks the singular or plural message and fills in `{count}`. */
  plural: (base: PluralBase, count: number) => string;
  /** For keys made from server codes: the message, or undefined when it is not known. */
  lookUp: (key: string) => string | undefined;
}

function fill(template: string, params: Params, locale: Locale): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatNumber(value, locale) : value;
  });
}

export function createTranslator(locale: Locale, catalogue: Catalogue): Translator {
  const t = (key: MessageKey, params: Params = {}) => fill(catalogue[key], params, locale);
  return {
    locale,
    t,
    plural: (base, count) => t(`${base}.${count === 1 ? 'one' : 'other'}` as MessageKey, { count }),
    lookUp: (key) => (Object.hasOwn(catalogue, key) ? catalogue[key as MessageKey] : undefined),
  };
}
