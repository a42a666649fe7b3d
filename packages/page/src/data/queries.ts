/** What the page reads, each with its name among what was read. The rooms add theirs beside their pages. */
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { api, isWorthRetrying, orThrow, send } from './api.ts';
import { keys } from './keys.ts';
import { notePerson } from './session.ts';

const MOST_RETRIES = 3;

/** What was read counts until an event says otherwise, so nothing is stale by age, focus or a new connection. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 30 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failed, error) => failed < MOST_RETRIES && isWorthRetrying(error),
        retryDelay: (failed) => Math.min(500 * 2 ** failed, 8000),
      },
      mutations: { retry: false },
    },
  });
}

/** Everything waits for this one, so it is asked for until the server answers. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  retry: (_failed, error) => isWorthRetrying(error),
  queryFn: async ({ signal }) => {
    const me = orThrow(await api.GET('/api/v1/me', { signal }));
    notePerson(me.id);
    return me;
  },
});

/** How this server lets people in. It changes with a setting of the server only. */
export const waysQuery = queryOptions({
  queryKey: keys.ways,
  // Whoever wants to sign in waits for it, so it is asked for until the server answers.
  retry: true,
  queryFn: async ({ signal }): Promise<{ ways: string[]; provider: string | null }> => {
    const response = await send(`${location.origin}/auth/ways`, { signal });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return await response.json();
  },
});

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: async ({ signal }) =>
      orThrow(await api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });

export const uploadQuery = (id: string) =>
  queryOptions({
    queryKey: keys.upload(id),
    queryFn: async ({ signal }) =>
      orThrow(await api.GET('/api/v1/uploads/{id}', { params: { path: { id } }, signal })),
  });

export const foldersQuery = queryOptions({
  queryKey: keys.folders,
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/folders', { signal })).folders,
});

export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/people', { signal })).people,
});

export function useMe() {
  return useQuery(meQuery);
}

/** Whether somebody has signed in here, and can sign out again: not behind a gateway, and not where nobody signs in. */
export function useMaySignOut(): boolean {
  const { data: me } = useMe();
  return me?.signedInBy === 'session' || me?.signedInBy === 'key';
}
