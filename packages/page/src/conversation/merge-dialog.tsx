import type { Conversation } from '@afterword/client';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { buttonLook } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Loading } from '../parts/loading.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

export interface Neighbour {
  id: string;
  title: string | null;
  startedAtMs: number;
  endedAtMs: number;
}

const AROUND_MS = 86_400_000;
const MOST_SHOWN = 4;

/** The conversations right before and right after. */
const neighboursQuery = ({ id, startedAtMs, endedAtMs }: Conversation) => ({
  queryKey: [...keys.conversation(id), 'neighbours', startedAtMs, endedAtMs],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const list = async (query: { from: number; to: number; limit: number }) =>
      orThrow(await api.GET('/api/v1/conversations', { params: { query }, signal })).conversations;
    // Newest first: those that follow come from the end of a page.
    const [earlier, later] = await Promise.all([
      list({ from: startedAtMs - AROUND_MS, to: startedAtMs, limit: MOST_SHOWN + 1 }),
      list({ from: endedAtMs, to: endedAtMs + AROUND_MS, limit: 200 }),
    ]);
    const isOther = (one: Neighbour) => one.id !== id;
    return {
      before: earlier.filter(isOther).slice(0, MOST_SHOWN),
      after: later
        .filter((one) => isOther(one) && one.startedAtMs > startedAtMs)
        .slice(-MOST_SHOWN)
        .reverse(),
    };
  },
});

export interface MergeDialogProps {
  conversation: Conversation;
  open: boolean;
  onClose: () => void;
  onMerge: (other: Neighbour) => void;
}

export function MergeDialog({ conversation, open, onClose, onMerge }: MergeDialogProps) {
  const words = useWords();
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={words.conversation.merge.title}
      description={words.conversation.merge.text}
      closeLabel={words.common.close}
    >
      {open && <Neighbours conversation={conversation} onMerge={onMerge} />}
    </Dialog>
  );
}

function Neighbours({
  conversation,
  onMerge,
}: {
  conversation: Conversation;
  onMerge: (other: Neighbour) => void;
}) {
  const words = useWords();
  const { data } = useQuery(neighboursQuery(conversation));
  const list = useRef<HTMLDivElement>(null);
  const buttons = () => [...(list.current?.querySelectorAll('button') ?? [])];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one gets the focus once they are there
  useEffect(() => buttons()[0]?.focus(), [data]);
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
  };
  if (!data) return <Loading label={words.common.loading} rows={2} />;
  if (data.before.length + data.after.length === 0)
    return <p className="text-sm text-ink-soft">{words.conversation.merge.none}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it have the focus, and arrows go from one to the next
    <div ref={list} onKeyDown={walk}>
      <Group title={words.conversation.merge.before} of={data.before} onMerge={onMerge} />
      <Group title={words.conversation.merge.after} of={data.after} onMerge={onMerge} />
    </div>
  );
}

function Group({
  title,
  of,
  onMerge,
}: {
  title: string;
  of: readonly Neighbour[];
  onMerge: (other: Neighbour) => void;
}) {
  const words = useWords();
  const format = useFormat();
  if (of.length === 0) return null;
  return (
    <section className="mb-3">
      <h3 className="mb-1 text-xs text-ink-soft">{title}</h3>
      <ul className="flex flex-col gap-1">
        {of.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              onClick={() => onMerge(one)}
              className={`${buttonLook('plain')} h-auto w-full justify-between! gap-3 py-2 text-left`}
            >
              <span className="min-w-0 truncate">{one.title ?? words.conversation.untitled}</span>
              <span className="shrink-0 text-xs tabular-nums text-ink-soft">
                {`${format.date(one.startedAtMs)} ${format.time(one.startedAtMs)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
