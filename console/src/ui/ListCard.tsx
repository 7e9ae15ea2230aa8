import type { ReactNode } from 'react';
import { Notice, ErrorState, SkeletonRows } from './states';
import { CircleAlert } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';

interface ListCardProps<T> {
  title: string;
  /** What the list is and what to do with it. */
  body?: ReactNode;
  tools?: ReactNode;
  query: {
    data: { items: T[] } | undefined;
    isPending: boolean;
    isError: boolean;
    error: unknown;
    refetch: () => unknown;
  };
  empty: ReactNode;
  children: (rows: T[]) => ReactNode;
}

/** A list with its heading, in each of its states: on the way, failed, empty, there. */
export function ListCard<T>({ title, body, tools, query, empty, children }: ListCardProps<T>) {
  const rows = query.data?.items;
  return (
    <section aria-label={title} className="overflow-hidden rounded-lg border bg-surface">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b px-4 py-3">
        <div className="min-w-48 flex-1">
          <h2 className="text-sm font-semibold">{title}</h2>
          {body && <p className="text-sm text-ink-2">{body}</p>}
        </div>
        {tools}
      </header>
      {!rows && query.isPending && <SkeletonRows rows={4} height="h-11" />}
      {!rows && query.isError && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {rows?.length === 0 && empty}
      {rows && rows.length > 0 && children(rows)}
    </section>
  );
}

/** Nothing here, in one line, where emptiness is good or plain. */
export function NothingHere({ children }: { children: ReactNode }) {
  return <p className="px-4 py-6 text-center text-sm text-ink-2">{children}</p>;
}

/** What a change failed of, beside where it was asked for. */
export function FailureNotice({ error }: { error: unknown }) {
  const translator = useI18n();
  if (!error) return null;
  return (
    <Notice tone="red" icon={CircleAlert} role="alert">
      {errorMessage(error, translator)}
    </Notice>
  );
}
