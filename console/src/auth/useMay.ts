import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries';

/** Whether the person may do it; the server decides again. */
export function useMay(permission: string): boolean {
  const { data: session } = useQuery(sessionQuery);
  return session?.permissions.includes(permission) ?? false;
}
