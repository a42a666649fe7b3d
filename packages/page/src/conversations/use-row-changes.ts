import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { useProblemText } from '../app/problems.tsx';
import { deleteWithUndo } from '../data/deleting.ts';
import { useWords } from '../words/words.ts';
import { type Listed, moveToFolder, setStarred, showInLists } from './queries.ts';

/** What can be done with a row: shown at once, and taken back with the reason if the server refuses. */
export function useRowChanges() {
  const queries = useQueryClient();
  const { conversations: words } = useWords();
  const textOf = useProblemText();
  const act = useCallback(
    async (conversation: Listed, shown: Partial<Listed>, send: () => Promise<void>) => {
      showInLists(queries, conversation.id, shown);
      try {
        await send();
      } catch (error) {
        showInLists(queries, conversation.id, conversation);
        toast.error(textOf(error));
      }
    },
    [queries, textOf],
  );
  const star = useCallback(
    (conversation: Listed) => {
      const starred = !conversation.starred;
      void act(conversation, { starred }, () => setStarred(conversation.id, starred));
    },
    [act],
  );
  const move = useCallback(
    (conversation: Listed, folderId: string | null) => {
      const folder = folderId === null ? null : { id: folderId, confidence: null };
      void act(conversation, { folder }, () => moveToFolder(conversation.id, folderId));
    },
    [act],
  );
  const remove = useCallback(
    ({ id, title }: Listed) => deleteWithUndo(`conversations/${id}`, words.deleting(title ?? words.untitled)),
    [words],
  );
  return { star, move, remove };
}
