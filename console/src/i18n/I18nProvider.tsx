import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Locale } from '../lib/format';
import { readPreference, writePreference } from '../lib/preferences';
import { I18nContext } from './context';
import { es } from './es';
import { createTranslator, type Catalogue } from './translate';

const LANG: Record<Locale, string> = { es: 'es-CO', en: 'en' };

/** English is loaded only when it is chosen. */
async function loadCatalogue(locale: Locale): Promise<Catalogue> {
  return locale === 'en' ? (await import('./en')).en : es;
}

interface Loaded {
  locale: Locale;
  catalogue: Catalogue;
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState<Locale>(() =>
    readPreference('locale') === 'en' ? 'en' : 'es',
  );
  const [loaded, setLoaded] = useState<Loaded>({ locale: 'es', catalogue: es });

  useEffect(() => {
    let current = true;
    void loadCatalogue(wanted).then((catalogue) => {
      if (!current) return;
      document.documentElement.lang = LANG[wanted];
      setLoaded({ locale: wanted, catalogue });
    });
    return () => {
      current = false;
    };
  }, [wanted]);

  const value = useMemo(() => {
    const setLocale = (locale: Locale) => {
      writePreference('locale', locale);
      setWanted(locale);
    };
    return { ...createTranslator(loaded.locale, loaded.catalogue), setLocale };
  }, [loaded]);
  return <I18nContext value={value}>{children}</I18nContext>;
}
