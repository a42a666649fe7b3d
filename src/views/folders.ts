/** The folders of a person, in their order, with the number of their conversations. */
import { z } from 'zod';
import { FolderBody, foldersOf } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import type { Database } from '../store/database.ts';

const FolderView = z
  .object({
    ...FolderBody.shape,
    conversationCount: z.int(),
  })
  .meta({ id: 'FolderView' });

export const FoldersBody = z.object({ folders: z.array(FolderView) }).meta({ id: 'Folders' });

export type FolderView = z.infer<typeof FolderView>;

export async function readFolders(db: Database, userId: string): Promise<FolderView[]> {
  const counts = await db
    .selectFrom('conversations')
    .select(['folder_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .where('folder_id', 'is not', null)
    .groupBy('folder_id')
    .execute();
  const countOf = new Map(counts.map(({ folder_id, count }) => [folder_id, Number(count)]));
  return foldersOf(await readChosen(db, userId)).map((folder) => ({
    ...folder,
    conversationCount: countOf.get(folder.id) ?? 0,
  }));
}
