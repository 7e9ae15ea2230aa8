import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { sessionQuery } from '../api/queries';
import type { Session } from '../api/types';
import { safeNext } from '../lib/filters';

/** Stores a new session and goes to where the person was heading. */
export function useEnter(): (session: Session, next?: string) => void {
  const queryClient = useQueryClient();
  const router = useRouter();
  return (session, next) => {
    queryClient.setQueryData(sessionQuery.queryKey, session);
    router.history.replace(safeNext(next));
  };
}
