/**
 * Keeps the lists that were read as they are now. Of the one that is shown, those conversations are asked for that events have
 * named, and no others. The others are marked, and read again when somebody comes back to them.
 */
import { type InfiniteData, type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { onEvent } from '../data/live.ts';
import type { Asked } from './asked.ts';
import { withChanges } from './list-changes.ts';
import { type ListPage, listAmong, listQuery } from './queries.ts';

/** Events come in bursts: a file that is placed tells of its conversation several times. */
const GATHER_MS = 300;
/** What the server takes in one request. */
const MOST_IDS = 100;

/** @returns the conversations that have become ready since the list is shown */
export function useListChanges(asked: Asked, timeZone: string): ReadonlySet<string> {
  const queries = useQueryClient();
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const ended = new AbortController();
    let named = new Set<string>();
    let isReading = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { queryKey } = listQuery(asked, timeZone);
    const readAgain = async () => await queries.invalidateQueries({ queryKey });
    const read = async () => {
      timer = undefined;
      const ids = [...named];
      named = new Set();
      // So many at once are read more cheaply with the list.
      if (ids.length > MOST_IDS) return await readAgain();
      await settled(queries, queryKey);
      const present = await listAmong(ids, asked, timeZone, ended.signal).catch(() => null);
      // What the list has been asked for meanwhile may be older than these, and would be put over them.
      await settled(queries, queryKey);
      if (ended.signal.aborted) return;
      if (present === null) return await readAgain();
      queries.setQueryData<InfiniteData<ListPage, string>>(
        queryKey,
        (read) => read && { ...read, pages: withChanges(read.pages, new Set(ids), present) },
      );
    };
    const readInTurn = async () => {
      isReading = true;
      await read();
      isReading = false;
      if (named.size > 0 && !ended.signal.aborted) timer ??= setTimeout(readInTurn, GATHER_MS);
    };
    const end = onEvent(({ type, data }) => {
      if (typeof data.conversationId !== 'string') return;
      const id = data.conversationId;
      named.add(id);
      if (typeof data.mergedInto === 'string') named.add(data.mergedInto);
      if (type === 'conversation.ready') setArrived((before) => new Set(before).add(id));
      if (!isReading) timer ??= setTimeout(readInTurn, GATHER_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
      ended.abort();
      // What was named and is not in the list yet is read when somebody comes back to it.
      if (named.size > 0 || isReading) void queries.invalidateQueries({ queryKey, refetchType: 'none' });
    };
  }, [asked, timeZone, queries]);
  return arrived;
}

/** Waits while the list is being asked for. */
async function settled(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  for (;;) {
    const query = queries.getQueryCache().find({ queryKey, exact: true });
    if (query?.state.fetchStatus !== 'fetching' || !query.promise) return;
    await query.promise.catch(() => undefined);
  }
}
