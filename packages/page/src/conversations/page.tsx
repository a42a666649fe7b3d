import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { Page } from '../app/page.tsx';
import { useHidden } from '../data/deleting.ts';
import { useFolders } from '../data/folders.ts';
import { Welcome } from '../welcome/welcome.tsx';
import { useWords } from '../words/words.ts';
import { type Asked, askedWith, isSearch } from './asked.ts';
import { ConversationList } from './list.tsx';
import { listedIn, withoutHidden } from './queries.ts';
import { SearchResults } from './results.tsx';
import { SearchBar } from './search-bar.tsx';

export function ConversationsPage() {
  const words = useWords();
  const asked = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const { folders: read } = useFolders();
  const queries = useQueryClient();
  const hidden = useHidden();
  // What is about to be deleted is counted by the server still.
  const folders = useMemo(() => withoutHidden(read, listedIn(queries), hidden), [read, queries, hidden]);
  const ask = useCallback(
    (change: { [Name in keyof Asked]?: Asked[Name] | undefined }) =>
      // Going back leaves the search, and does not take it away letter by letter.
      void navigate({ search: (before) => askedWith(before, change), replace: true, resetScroll: false }),
    [navigate],
  );
  return (
    <Page title={words.conversations.title}>
      <SearchBar asked={asked} folders={folders} onAsk={ask} />
      {isSearch(asked) ? (
        <SearchResults asked={asked} />
      ) : (
        <ConversationList asked={asked} empty={<Welcome />} />
      )}
    </Page>
  );
}
