/**
 * Makes, changes, orders and deletes folders. They are among the settings of their person; what lies in a folder is decided
 * about each conversation. A conversation whose folder is gone lies in none.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Decider } from '../decisions/facts.ts';
import { AfterwordError } from '../errors.ts';
import {
  type ChosenPreferences,
  foldersOf,
  MOST_FOLDERS,
  type PersonFolder,
  type PreferenceDefaults,
} from '../preferences/preferences.ts';
import { changePreferences } from '../preferences/store.ts';
import type { Database } from '../store/database.ts';
import { moveToFolder } from './about-conversation.ts';

/** Conversations that are moved in one transaction: each holds the timeline's lock. */
const MOVED_AT_ONCE = 500;

interface Parts {
  db: Database;
  defaults: PreferenceDefaults;
}

/** Says whether the folders are still as their person has read them, under the lock of the change. */
export type FoldersPrecondition = (folders: readonly PersonFolder[]) => void;

/**
 * Making the same folder again changes nothing.
 * @throws AfterwordError `folder_exists`, `too_many_folders`, `user_deleted`
 */
export async function createFolder(
  { db, defaults }: Parts,
  userId: string,
  folder: PersonFolder,
): Promise<void> {
  await changeFolders({ db, defaults }, userId, (folders) => {
    const known = folders.find(({ id }) => id === folder.id);
    if (known) {
      if (isDeepStrictEqual(known, folder)) return [...folders];
      throw new AfterwordError('folder_exists');
    }
    if (folders.length === MOST_FOLDERS) throw new AfterwordError('too_many_folders');
    return [...folders, folder];
  });
}

/** @throws AfterwordError `not_found`, or what the precondition throws */
export async function changeFolder(
  parts: Parts,
  userId: string,
  id: string,
  change: Partial<Omit<PersonFolder, 'id'>>,
  require: FoldersPrecondition = () => {},
): Promise<void> {
  await changeFolders(parts, userId, (folders) => {
    if (!folders.some((folder) => folder.id === id)) throw new AfterwordError('not_found');
    require(folders);
    return folders.map((folder) => (folder.id === id ? { ...folder, ...change } : folder));
  });
}

/**
 * Ids that are missing keep their order behind those that are named.
 * @throws AfterwordError `unknown_folder`, or what the precondition throws
 */
export async function orderFolders(
  parts: Parts,
  userId: string,
  ids: readonly string[],
  require: FoldersPrecondition = () => {},
): Promise<void> {
  await changeFolders(parts, userId, (folders) => {
    require(folders);
    const named = [...new Set(ids)].map((id) => {
      const folder = folders.find((one) => one.id === id);
      if (!folder) throw new AfterwordError('unknown_folder');
      return folder;
    });
    return [...named, ...folders.filter((folder) => !named.includes(folder))];
  });
}

/**
 * Deletes a folder. Its conversations go to another one, or to none.
 * @throws AfterwordError `not_found`, `last_folder`, `unknown_folder`, or what the precondition throws
 */
export async function deleteFolder(
  parts: Parts,
  decider: Decider,
  id: string,
  { moveTo, require = () => {} }: { moveTo: string | null; require?: FoldersPrecondition },
): Promise<void> {
  const { userId } = decider;
  const check = (folders: readonly PersonFolder[]) => {
    if (!folders.some((folder) => folder.id === id)) throw new AfterwordError('not_found');
    require(folders);
    if (folders.length === 1) throw new AfterwordError('last_folder');
    if (moveTo !== null && (moveTo === id || !folders.some((folder) => folder.id === moveTo)))
      throw new AfterwordError('unknown_folder');
  };
  // Checked before anything is moved.
  await changeFolders(parts, userId, (folders) => {
    check(folders);
    return [...folders];
  });
  if (moveTo !== null) await moveAll(parts.db, decider, id, moveTo);
  await changeFolders(parts, userId, (folders) => {
    check(folders);
    return folders.filter((folder) => folder.id !== id);
  });
}

/** Page by page: who asks again after an interruption goes on where it was. */
async function moveAll(db: Database, decider: Decider, from: string, to: string): Promise<void> {
  for (;;) {
    const page = await db
      .selectFrom('conversations')
      .select('id')
      .where('user_id', '=', decider.userId)
      .where('folder_id', '=', from)
      .where('merged_into', 'is', null)
      .limit(MOVED_AT_ONCE)
      .execute();
    const ids = page.map(({ id }) => id);
    if (ids.length === 0 || (await moveToFolder(db, decider, ids, to)).length === 0) return;
  }
}

async function changeFolders(
  { db, defaults }: Parts,
  userId: string,
  change: (folders: readonly PersonFolder[]) => PersonFolder[],
): Promise<void> {
  await changePreferences(db, userId, defaults, (before: ChosenPreferences) => {
    const folders = foldersOf(before);
    const after = change(folders);
    return isDeepStrictEqual(after, folders) ? {} : { folders: after };
  });
}
