import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { deleteWithUndo } from '../data/deleting.ts';
import { toast } from '../data/toast.ts';
import { orForget, remember } from '../data/undo.ts';
import { useWords } from '../words/words.ts';
import { type Listed, moveToFolder, setStarred, showInLists } from './queries.ts';

interface ShownChange {
  shown: Partial<Listed>;
  send: () => Promise<void>;
}

/** What can be done with a row: shown at once, and taken back with the reason if the server refuses. */
export function useRowChanges() {
  const queries = useQueryClient();
  const { conversations: words, conversation: texts } = useWords();
  const textOf = useProblemText();
  const act = useCallback(
    async (told: string, { id }: Listed, change: ShownChange, before: ShownChange) => {
      const make = async (now: ShownChange, otherwise: ShownChange) => {
        showInLists(queries, id, now.shown);
        try {
          await now.send();
        } catch (error) {
          showInLists(queries, id, otherwise.shown);
          throw error;
        }
      };
      const remembered = remember(told, () => make(before, change));
      await orForget(remembered, make(change, before)).catch((error: unknown) => toast.error(textOf(error)));
    },
    [queries, textOf],
  );
  const star = useCallback(
    (conversation: Listed) => {
      const { id, starred } = conversation;
      const to = (value: boolean) => ({ shown: { starred: value }, send: () => setStarred(id, value) });
      const told = starred ? texts.head.unstarred : texts.head.starred;
      void act(told, conversation, to(!starred), to(starred));
    },
    [act, texts],
  );
  const move = useCallback(
    (conversation: Listed, folderId: string | null, name: string) => {
      const to = (folder: Listed['folder']) => ({
        shown: { folder },
        send: () => moveToFolder(conversation.id, folder?.id ?? null),
      });
      const folder = folderId === null ? null : { id: folderId, confidence: null };
      void act(texts.head.moved(name), conversation, to(folder), to(conversation.folder));
    },
    [act, texts],
  );
  const remove = useCallback(
    ({ id, title }: Listed) => deleteWithUndo(`conversations/${id}`, words.deleting(title ?? words.untitled)),
    [words],
  );
  return { star, move, remove };
}
