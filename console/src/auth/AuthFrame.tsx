import type { ReactNode } from 'react';
import { useI18n } from '../i18n/context';
import { Mark } from '../ui/Mark';
import { useTitle } from '../ui/page';

export function AuthFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useI18n();
  useTitle(title);
  return (
    <main className="flex min-h-full flex-col items-center px-4 py-8 sm:justify-center">
      <div className="grid w-full max-w-sm gap-6">
        <p className="flex items-center gap-2 text-lg font-semibold tracking-tight">
          <Mark size={28} />
          {t('app.name')}
        </p>
        <div className="grid gap-5 rounded-lg border bg-surface p-6">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  );
}
