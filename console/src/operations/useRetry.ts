import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Tries a thing of a list again, and asks for the list anew. */
export function useRetry<T>(
  queryKey: readonly unknown[],
  retry: (item: T) => Promise<void>,
  keyOf: (item: T) => string,
) {
  const client = useQueryClient();
  const { error, mutate, isPending, variables } = useMutation({
    mutationFn: retry,
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const busy = isPending && variables !== undefined ? keyOf(variables) : undefined;
  return { error, retry: mutate, isBusy: (item: T) => busy === keyOf(item) };
}
