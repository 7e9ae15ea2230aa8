import { useEffect, type ReactNode } from 'react';
import { useI18n } from '../i18n/context';

export function useTitle(title: string): void {
  const { t } = useI18n();
  const product = t('app.name');
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
}

/** Title line of a page, with its actions on the right. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  useTitle(title);
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 md:px-6">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {children}
    </header>
  );
}

export function Card({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="rounded-lg border bg-surface" aria-label={title}>
      {title && <h2 className="border-b px-4 py-3 text-sm font-semibold">{title}</h2>}
      {children}
    </section>
  );
}
