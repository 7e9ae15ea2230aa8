/** What each person got done in rounds. */
import { queryOptions } from '@tanstack/react-query';
import type { RoundSearch } from '../lib/roundSearch';
import { queryString, request } from './client';
import type { RoundPeople } from './types';

export const roundPeopleQuery = (days: RoundSearch) =>
  queryOptions({
    queryKey: ['rounds', 'people', days],
    queryFn: ({ signal }) =>
      request<RoundPeople>(`/v1/rounds/people${queryString({ ...days })}`, { signal }),
    staleTime: 30_000,
  });
