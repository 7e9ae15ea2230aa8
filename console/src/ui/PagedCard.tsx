import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '../api/types';
import { useI18n } from '../i18n/context';
import { ListCard } from './ListCard';
import { MoreButton } from './MoreButton';

interface PagedCardProps<T> {
  title: string;
  body?: ReactNode;
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  empty: ReactNode;
  children: (rows: T[]) => ReactNode;
}

/** A {@link ListCard} of a list that comes page by page. */
export function PagedCard<T>({ query, children, ...card }: PagedCardProps<T>) {
  const { t } = useI18n();
  const items = query.data?.pages.flatMap((page) => page.items);
  const whole = {
    data: items && { items },
    isPending: query.isPending,
    isError: query.isError,
    error: query.error,
    refetch: query.refetch,
  };
  return (
    <ListCard {...card} query={whole}>
      {(rows) => (
        <>
          {children(rows)}
          <MoreButton query={query} label={t('list.more')} />
        </>
      )}
    </ListCard>
  );
}
