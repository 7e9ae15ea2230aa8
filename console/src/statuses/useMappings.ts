import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { deleteMapping, mappingsQuery, putMappings, unmappedQuery } from '../api/setup';
import type { StatusMapping } from '../api/types';

/** Events are read once more within moments; then the list of unknown phrases is another. */
const REREAD_MS = 3_000;

async function afterChange(client: QueryClient): Promise<void> {
  const unknown = () => client.invalidateQueries({ queryKey: unmappedQuery.queryKey });
  setTimeout(() => void unknown(), REREAD_MS);
  await Promise.all([client.invalidateQueries({ queryKey: mappingsQuery.queryKey }), unknown()]);
}

export function usePutMappings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mappings: readonly StatusMapping[]) => putMappings(mappings),
    onSuccess: () => afterChange(client),
  });
}

export function useDeleteMapping() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mapping: StatusMapping) => deleteMapping(mapping),
    onSuccess: () => afterChange(client),
  });
}
