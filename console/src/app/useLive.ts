import { useQueryClient, type Query } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { gather, isLive, startLive, watchLive, type Topic } from '../api/live';
import { AUTO_REFRESH_PAGES, KEYS_OF_TOPIC } from '../api/queries';

/** Whether the page is told what changes, instead of asking. */
export function useIsLive(): boolean {
  return useSyncExternalStore(watchLive, isLive);
}

/** Refreshes what is on the screen when the server says that it changed. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const refresh = (topics: ReadonlySet<Topic>) => {
      const keys = new Set([...topics].flatMap((topic) => KEYS_OF_TOPIC[topic]));
      void client.invalidateQueries(
        { predicate: (query) => keys.has(String(query.queryKey[0])) && !isLong(query) },
        // A slow answer is waited for: starting anew each time would never end.
        { cancelRefetch: false },
      );
    };
    return startLive(gather(refresh));
  }, [client]);
}

/** A list scrolled far down would be fetched whole: it is refreshed by hand. */
function isLong(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined;
  return (data?.pages?.length ?? 0) > AUTO_REFRESH_PAGES;
}
