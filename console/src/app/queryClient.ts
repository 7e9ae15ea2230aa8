import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/client';

type Listener = () => void;
let onExpired: Listener = () => undefined;

/** The router registers here what to do when the server no longer knows the session. */
export function whenSessionExpires(listener: Listener): void {
  onExpired = listener;
}

export function reportIfExpired(error: unknown): void {
  if (error instanceof ApiError && error.slug === 'unauthenticated') onExpired();
}

function shouldRetry(failures: number, error: Error): boolean {
  const passing = !(error instanceof ApiError) || error.status === 0 || error.status >= 502;
  return passing && failures < 2;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: reportIfExpired }),
  mutationCache: new MutationCache({ onError: reportIfExpired }),
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 5_000 },
    mutations: { retry: false },
  },
});
