/** What a person does with a conversation as a whole: title, star, folder, borders, deletion. */
import type { Conversation } from '@afterword/client';
import { useNavigate } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { deleteWithUndo } from '../data/deleting.ts';
import type { Draft, Field } from '../data/drafts.ts';
import { toast } from '../data/toast.ts';
import { orForget, remember, tell } from '../data/undo.ts';
import { useWords } from '../words/words.ts';
import type { Changes, ConversationChange } from './changes.ts';
import type { Neighbour } from './merge-dialog.tsx';
import type { TranscriptState } from './use-transcript.ts';

/** Time enough to look at what two conversations have become. */
const TOLD_MS = 8_000;

export type WholeState = ReturnType<typeof useWhole>;

export function useWhole(
  conversation: Conversation,
  changes: Changes,
  { splitsBefore, rows, drafts }: TranscriptState,
) {
  const words = useWords();
  const texts = words.conversation;
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);
  const [isMerging, setMerging] = useState(false);
  const edited = useSyncExternalStore(drafts.subscribe, drafts.all);
  const { id } = conversation;

  const attempt = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
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
  const show = (to: string) => void navigate({ to: '/c/$id', params: { id: to } });
  const patch = (change: ConversationChange) => void attempt(() => changes.patch(change));
  /** @param before what it was: a change that is taken back is one that follows it */
  const change = (told: string, now: ConversationChange, before: ConversationChange) => {
    const remembered = remember(told, () => changes.patch(before));
    void attempt(() => orForget(remembered, changes.patch(now)));
  };

  const saveField = async (field: Field, draft: Draft, overwrite?: string) => {
    drafts.change(field, { isSaving: true, hasFailed: false });
    try {
      const mine = draft.mine.trim();
      const saved = await changes.saveField(field, draft.base, mine, overwrite);
      if (saved.kind === 'both') return drafts.change(field, { isSaving: false, theirs: saved.theirs });
      drafts.end(field);
      // What was made comes back by itself, also where it is made anew meanwhile.
      const before = conversation.decided.includes(field) ? draft.base : '';
      if (mine !== draft.base)
        tell(field === 'title' ? texts.head.titleChanged : texts.head.overviewChanged, () =>
          changes.putField(field, before),
        );
    } catch {
      drafts.change(field, { isSaving: false, hasFailed: true });
    }
  };

  const split = async (segmentId: string) => {
    const parts = await attempt(() => changes.split(segmentId));
    if (!parts) return;
    const undo = async () => show((await changes.merge([parts.after.id])).id);
    tell(texts.split.done, undo, {
      called: texts.split.undone,
      duration: TOLD_MS,
      beside: { label: texts.split.open, onClick: () => show(parts.after.id) },
    });
  };

  const merge = async (other: Neighbour) => {
    setMerging(false);
    const [firstLine] = rows.filter(({ kind }) => kind === 'line');
    const merged = await attempt(() => changes.merge([other.id]));
    if (!merged) return;
    show(merged.id);
    // It is cut again where the later of the two began.
    const later = Math.max(other.startedAtMs, conversation.startedAtMs);
    const cutAt =
      later === conversation.startedAtMs
        ? firstLine?.key
        : merged.segments.find(({ startedAtMs }) => startedAtMs >= later)?.id;
    if (cutAt === undefined) {
      toast(texts.merge.done);
      return;
    }
    const undo = async () => {
      await changes.splitAnew(merged.id, cutAt);
      show(id);
    };
    tell(texts.merge.done, undo, { called: texts.merge.undone, duration: TOLD_MS });
  };

  return {
    isBusy,
    isMerging,
    setMerging,
    /** @returns what is typed for it while somebody changes it */
    draftOf: (field: Field) => edited.get(field),
    editField: (field: Field) => drafts.begin(field, conversation[field] ?? ''),
    typeField: (field: Field, mine: string) => drafts.change(field, { mine, hasFailed: false }),
    saveField(field: Field, overwrite?: string) {
      const draft = edited.get(field);
      if (draft) void saveField(field, draft, overwrite);
    },
    cancelField: (field: Field) => drafts.end(field),
    star() {
      const { starred } = conversation;
      change(starred ? texts.head.unstarred : texts.head.starred, { starred: !starred }, { starred });
    },
    /** @param name of the folder, or what stands for none */
    move(folder: string | null, name: string) {
      change(texts.head.moved(name), { folder }, { folder: conversation.folder?.id ?? null });
    },
    keep: () => patch({ kept: true }),
    retry: () => void attempt(() => changes.retry()),
    async reprocess() {
      if (await attempt(() => changes.reprocess())) toast(texts.head.reprocessing);
    },
    merge: (other: Neighbour) => void merge(other),
    split() {
      if (splitsBefore === null) toast(texts.split.notHere);
      else void split(splitsBefore);
    },
    remove() {
      const { deleting, untitled } = words.conversations;
      deleteWithUndo(`conversations/${id}`, deleting(conversation.title ?? untitled), () => show(id));
      void navigate({ to: '/' });
    },
  };
}
