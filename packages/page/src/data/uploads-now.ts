/** What is to be known of uploads on every page: how much is under way, and what needs its person since they last looked. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { createStore, keptText } from '../words/store.ts';
import { api, orThrow } from './api.ts';
import { serverNow } from './clock.ts';
import { keys } from './keys.ts';
import { countNow } from './uploads-count.ts';

/** Of so many uploads, the latest, those that are worked on are looked for. */
const LOOKED_AT = 10;
/** What a page shows first must not wait for it. */
const AFTER_MS = 3_000;

const kept = keptText('afterword.uploads-seen');
/** By the clock of the server, UTC epoch milliseconds. */
const seenMs = createStore(Number(kept.get() ?? 0) || 0);

export const latestUploadsQuery = queryOptions({
  queryKey: keys.uploads({ limit: LOOKED_AT }),
  queryFn: async ({ signal }) =>
    orThrow(await api.GET('/api/v1/uploads', { params: { query: { limit: LOOKED_AT } }, signal })).uploads,
});

/** Files of the latest uploads. */
export function useUploadsNow(): { underWay: number; needs: number } {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTime(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const { data = [] } = useQuery({ ...latestUploadsQuery, enabled: isTime });
  const seen = useSyncExternalStore(seenMs.subscribe, seenMs.get);
  return countNow(data, seen);
}

/** Somebody looks at the uploads for as long as the component is shown. */
export function useUploadsSeen(): void {
  useEffect(() => {
    // What becomes of them meanwhile is seen too.
    seenMs.set(Number.POSITIVE_INFINITY);
    return () => {
      seenMs.set(serverNow());
      kept.set(String(seenMs.get()));
    };
  }, []);
}
