/** The folders that everybody begins with are named by the server in English, and shown in the language of the page. Pure. */
import { en, type Words } from './en.ts';

type First = Words['firstFolders'];

/** A name that somebody gave stays as it is, and so does a description. */
export function shownFolder<T extends { id: string; name: string; description: string }>(
  folder: T,
  words: First,
): T {
  if (!isFirst(folder.id)) return folder;
  const [given, shown] = [en.firstFolders[folder.id], words[folder.id]];
  return {
    ...folder,
    name: folder.name === given.name ? shown.name : folder.name,
    description: folder.description === given.description ? shown.description : folder.description,
  };
}

function isFirst(id: string): id is keyof First {
  return Object.hasOwn(en.firstFolders, id);
}
