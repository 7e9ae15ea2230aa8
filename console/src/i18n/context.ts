import { createContext, useContext } from 'react';
import type { Locale } from '../lib/format';
import { es } from './es';
import { createTranslator, type Translator } from './translate';

export interface I18n extends Translator {
  setLocale: (locale: Locale) => void;
}

export const I18nContext = createContext<I18n>({
  ...createTranslator('es', es),
  setLocale: () => undefined,
});

export function useI18n(): I18n {
  return useContext(I18nContext);
}
