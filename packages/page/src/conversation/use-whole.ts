/** What a person does with a conversation as a whole: title, star, folder, borders, deletion. */
import type { Conversation } from '@afterword/client';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { toast } from 'sonner';
import { useProblemText } from '../app/problems.tsx';
import { deleteWithUndo } from '../data/deleting.ts';
import { useWords } from '../words/words.ts';
import type { Changes, ConversationChange } from './changes.ts';
import type { Done } from './corrections.ts';
import type { Draft } from './drafts.ts';
import type { Neighbour } from './merge-dialog.tsx';
import type { TranscriptState } from './use-transcript.ts';

export type Field = 'title' | 'overview';

export type WholeState = ReturnType<typeof useWhole>;

export function useWhole(
  conversation: Conversation,
  changes: Changes,
  { splitsBefore, rows, corrections }: TranscriptState,
) {
  const words = useWords();
  const texts = words.conversation;
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);
  const [isMerging, setMerging] = useState(false);
  const [edited, setEdited] = useState<{ field: Field; draft: Draft } | null>(null);
  const { id } = conversation;

  const tell = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    try {
      return await act();
    } catch (error) {
      toast.error(texts.failed, { description: problemText(error) });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const open = (to: string) => void navigate({ to: '/c/$id', params: { id: to } });
  const patch = (change: ConversationChange) => void tell(() => changes.patch(change));

  const saveField = async (overwrite?: string) => {
    if (!edited) return;
    const { field, draft } = edited;
    setEdited({ field, draft: { ...draft, isSaving: true, hasFailed: false } });
    try {
      const saved = await changes.saveField(field, draft.base, draft.mine.trim(), overwrite);
      if (saved.kind !== 'both') return setEdited(null);
      setEdited({ field, draft: { ...draft, isSaving: false, theirs: saved.theirs } });
    } catch {
      setEdited({ field, draft: { ...draft, isSaving: false, hasFailed: true } });
    }
  };

  const split = async (segmentId: string) => {
    const parts = await tell(() => changes.split(segmentId));
    if (!parts) return;
    const done: Done = { told: texts.split.undone, undo: () => changes.merge([parts.after.id]) };
    corrections.remember(done);
    done.toast = toast(texts.split.done, {
      duration: 8_000,
      action: { label: words.common.undo, onClick: () => void corrections.undo(done) },
      cancel: { label: texts.split.open, onClick: () => open(parts.after.id) },
    });
  };

  const merge = async (other: Neighbour) => {
    setMerging(false);
    const [firstLine] = rows.filter(({ kind }) => kind === 'line');
    const merged = await tell(() => changes.merge([other.id]));
    if (!merged) return;
    open(merged.id);
    // It is cut again where the later of the two began.
    const later = Math.max(other.startedAtMs, conversation.startedAtMs);
    const cutAt =
      later === conversation.startedAtMs
        ? firstLine?.key
        : merged.segments.find(({ startedAtMs }) => startedAtMs >= later)?.id;
    toast(texts.merge.done, {
      duration: 8_000,
      action: {
        label: words.common.undo,
        onClick: () => {
          if (cutAt !== undefined) void tell(() => changes.splitAnew(merged.id, cutAt)).then(() => open(id));
        },
      },
    });
  };

  return {
    isBusy,
    isMerging,
    setMerging,
    edited,
    editField(field: Field) {
      const base = conversation[field] ?? '';
      setEdited({ field, draft: { base, mine: base, isSaving: false, theirs: null, hasFailed: false } });
    },
    typeField(mine: string) {
      setEdited((before) => before && { ...before, draft: { ...before.draft, mine, hasFailed: false } });
    },
    saveField: (overwrite?: string) => void saveField(overwrite),
    cancelField: () => setEdited(null),
    star: () => patch({ starred: !conversation.starred }),
    move: (folder: string | null) => patch({ folder }),
    keep: () => patch({ kept: true }),
    retry: () => void tell(() => changes.retry()),
    reprocess: () => void tell(() => changes.reprocess()),
    merge: (other: Neighbour) => void merge(other),
    split() {
      if (splitsBefore === null) toast(texts.split.notHere);
      else void split(splitsBefore);
    },
    remove() {
      deleteWithUndo(`conversations/${id}`, texts.remove, () => open(id));
      void navigate({ to: '/' });
    },
  };
}
