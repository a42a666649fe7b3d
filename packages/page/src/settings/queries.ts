/** What the settings read and change. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useProblemText } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';

export const apiKeysQuery = queryOptions({
  queryKey: keys.account('keys'),
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/me/keys', { signal })).keys,
});

export const sessionsQuery = queryOptions({
  queryKey: keys.account('sessions'),
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/me/sessions', { signal })).sessions,
});

export const identitiesQuery = queryOptions({
  queryKey: keys.account('identities'),
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/me/identities', { signal })).identities,
});

export const devicesQuery = queryOptions({
  queryKey: keys.pushDevices,
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/push/devices', { signal })),
});

export const webhooksQuery = queryOptions({
  queryKey: keys.webhooks,
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/webhooks', { signal })).webhooks,
});

/** No event tells of a delivery, so the latest are read whenever somebody opens them. */
export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.deliveries(id),
    staleTime: 0,
    queryFn: async ({ signal }) =>
      orThrow(
        await api.GET('/api/v1/webhooks/{id}/deliveries', {
          params: { path: { id }, query: { limit: 20 } },
          signal,
        }),
      ).deliveries,
  });

export const usageQuery = queryOptions({
  queryKey: keys.usage(),
  queryFn: async ({ signal }) => orThrow(await api.GET('/api/v1/usage', { signal })),
});

/**
 * Changes something and reads anew what that makes stale; a refusal is told.
 * @param oneByOne names changes of which each begins when what the one before it made stale was read
 */
export function useChange<Input, Output>(
  change: (input: Input) => Promise<Output>,
  stale: readonly (readonly unknown[])[],
  oneByOne?: string,
) {
  const queries = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: change,
    ...(oneByOne !== undefined && { scope: { id: oneByOne } }),
    onSuccess: () =>
      Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] }))),
    onError: (error) => toast.error(problemText(error)),
  });
}
