/** Keeps a list that was read as it is now: asks for those conversations that events have named, and for no others. */
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { queryKey } = listQuery(asked, timeZone);
    const read = async () => {
      timer = undefined;
      const ids = [...named];
      named = new Set();
      // So many at once are read more cheaply with the list.
      if (ids.length > MOST_IDS) return await queries.invalidateQueries({ queryKey });
      const present = await listAmong(ids, asked, timeZone, ended.signal).catch(() => null);
      if (ended.signal.aborted) return;
      if (present === null) return await queries.invalidateQueries({ queryKey });
      queries.setQueryData<InfiniteData<ListPage, string>>(
        queryKey,
        (read) => read && { ...read, pages: withChanges(read.pages, new Set(ids), present) },
      );
    };
    const end = onEvent(({ type, data }) => {
      if (typeof data.conversationId !== 'string') return;
      const id = data.conversationId;
      named.add(id);
      if (typeof data.mergedInto === 'string') named.add(data.mergedInto);
      if (type === 'conversation.ready') setArrived((before) => new Set(before).add(id));
      timer ??= setTimeout(read, GATHER_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
      ended.abort();
    };
  }, [asked, timeZone, queries]);
  return arrived;
}
