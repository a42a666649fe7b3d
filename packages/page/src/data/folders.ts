/** The folders as they are shown: those that everybody begins with have their names in the language of the page. */
import type { components } from '@afterword/client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { shownFolder } from '../words/first-folders.ts';
import { useWords } from '../words/words.ts';
import { foldersQuery } from './queries.ts';

export type FolderWithCount = components['schemas']['FolderView'];

const NO_FOLDERS: readonly FolderWithCount[] = [];

/** The query's own answer, and the folders as they are shown; none before they are read. */
export function useFolders({ enabled = true }: { enabled?: boolean } = {}) {
  const { firstFolders } = useWords();
  const query = useQuery({ ...foldersQuery, enabled });
  const { data } = query;
  const folders = useMemo(
    () => data?.map((folder) => shownFolder(folder, firstFolders)) ?? NO_FOLDERS,
    [data, firstFolders],
  );
  return { query, folders };
}
