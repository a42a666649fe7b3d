/** What the list reads: pages of conversations, what a search finds, and what can be narrowed to. */

import type { components } from '@afterword/client';
import { type InfiniteData, infiniteQueryOptions, type QueryClient } from '@tanstack/react-query';
import { api, orThrow } from '../data/api.ts';
import type { FolderWithCount } from '../data/folders.ts';
import { keys } from '../data/keys.ts';
import type { Asked } from './asked.ts';
import { timesOf } from './days-asked.ts';
import { lastWordBegun } from './typed.ts';

export type Listed = components['schemas']['ConversationPage']['conversations'][number];
export type Found = components['schemas']['FoundConversation'];
export type ListPage = components['schemas']['ConversationPage'];

/** One page fills several screens; the next one is asked for while the last rows come near. */
const PAGE = 100;
const FOUND_PAGE = 20;

export function listQuery(asked: Asked, timeZone: string) {
  return infiniteQueryOptions({
    queryKey: keys.conversationList(zoned(asked, timeZone)),
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) =>
      await list(asked, timeZone, { limit: PAGE, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** The zone of the person, which is known after the list is first asked for, says only when the days begin and end. */
function zoned(asked: Asked, timeZone: string): Record<string, unknown> {
  return asked.from === undefined && asked.to === undefined ? { ...asked } : { ...asked, timeZone };
}

/** @returns those of these conversations that belong into a list */
export async function listAmong(
  ids: readonly string[],
  asked: Asked,
  timeZone: string,
  signal: AbortSignal,
): Promise<Listed[]> {
  return (await list(asked, timeZone, { limit: PAGE, ids: ids.join(',') }, signal)).conversations;
}

async function list(
  { folder, speaker, starred, status, discarded, ...days }: Asked,
  timeZone: string,
  page: { limit: number; cursor?: string; ids?: string },
  signal: AbortSignal,
): Promise<ListPage> {
  return orThrow(
    await api.GET('/api/v1/conversations', {
      params: {
        query: {
          ...page,
          ...timesOf(days, timeZone),
          ...(folder !== undefined && { folder }),
          ...(speaker !== undefined && { speaker }),
          ...(starred && { starred: 'true' }),
          ...(status && { status }),
          ...(discarded && { include: 'discarded' as const }),
        },
      },
      signal,
    }),
  );
}

/** The words as they stand, and where they find nothing, with the last one as a beginning: it may still be typed. */
export function searchQuery(asked: Asked, timeZone: string) {
  const q = (asked.q ?? '').trim();
  const begun = lastWordBegun(q);
  return infiniteQueryOptions({
    queryKey: keys.search(zoned({ ...asked, q }, timeZone)),
    initialPageParam: { q, cursor: '' },
    queryFn: async ({ pageParam, signal }) => {
      const page = await find(pageParam.q, pageParam.cursor, asked, timeZone, signal);
      if (page.total > 0 || begun === null || pageParam.q === begun) return { ...page, q: pageParam.q };
      return { ...(await find(begun, '', asked, timeZone, signal)), q: begun };
    },
    getNextPageParam: (page) => (page.nextCursor === null ? null : { q: page.q, cursor: page.nextCursor }),
  });
}

async function find(q: string, cursor: string, asked: Asked, timeZone: string, signal: AbortSignal) {
  const { folder, speaker, discarded } = asked;
  return orThrow(
    await api.GET('/api/v1/search', {
      params: {
        query: {
          q,
          limit: FOUND_PAGE,
          ...timesOf(asked, timeZone),
          ...(cursor !== '' && { cursor }),
          ...(folder !== undefined && { folder }),
          ...(speaker !== undefined && { speaker }),
          ...(discarded && { include: 'discarded' as const }),
        },
      },
      signal,
    }),
  );
}

/** @returns every conversation of the lists that were read, once */
export function listedIn(queries: QueryClient): Listed[] {
  const lists = queries.getQueriesData<InfiniteData<ListPage>>({ queryKey: ['conversation-list'] });
  const all = lists.flatMap(([, read]) => read?.pages.flatMap(({ conversations }) => conversations) ?? []);
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** @param hidden paths of what is not to be shown. @returns the folders with the numbers that are seen in them */
export function withoutHidden(
  folders: readonly FolderWithCount[],
  listed: readonly Pick<Listed, 'id' | 'folder'>[],
  hidden: ReadonlySet<string>,
): FolderWithCount[] {
  const gone = listed.filter(({ id }) => hidden.has(`conversations/${id}`));
  return folders.map((folder) => {
    const fewer = gone.filter((one) => one.folder?.id === folder.id).length;
    return { ...folder, conversationCount: Math.max(0, folder.conversationCount - fewer) };
  });
}

/** Shows a change of a conversation in every list that was read, before the server has answered. */
export function showInLists(queries: QueryClient, id: string, shown: Partial<Listed>): void {
  queries.setQueriesData<InfiniteData<ListPage>>(
    { queryKey: ['conversation-list'] },
    (read) =>
      read && {
        ...read,
        pages: read.pages.map((page) => ({
          ...page,
          conversations: page.conversations.map((one) => (one.id === id ? { ...one, ...shown } : one)),
        })),
      },
  );
}

export async function setStarred(id: string, starred: boolean): Promise<void> {
  await change(id, { starred });
}

/** @param folder null takes it out of its folder */
export async function moveToFolder(id: string, folder: string | null): Promise<void> {
  await change(id, { folder });
}

async function change(id: string, body: components['schemas']['ConversationChange']): Promise<void> {
  orThrow(await api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body }));
}
