/** What failed over all people and is not tried again by itself, and trying it again with one key. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { useKeys } from '../app/keys.ts';
import { useCommands } from '../app/palette-state.ts';
import { reasonOf, toldOf } from '../app/problem-text.ts';
import { Problem } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { Button } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { DeadLetter, Operation } from './watch.ts';

type Kind = Operation['deadLetters']['kinds'][number];
type Chosen = { id: string } | { kind: Kind['kind']; code?: string };

const nameOf = ({ kind, code }: Pick<Kind, 'kind' | 'code'>) => `${kind} ${code}`;

export function Letters({ kinds }: { kinds: readonly Kind[] }) {
  const { operation } = useWords();
  const words = operation.letters;
  const [chosen, setChosen] = useState(0);
  const rows = useRef<(HTMLLIElement | null)[]>([]);
  const at = Math.min(chosen, kinds.length - 1);
  const redrive = useRedrive();
  const move = (by: number, event: KeyboardEvent) => {
    event.preventDefault();
    const next = Math.min(Math.max(at + by, 0), kinds.length - 1);
    setChosen(next);
    rows.current[next]?.focus();
  };
  const retry = (kind: Kind | undefined) => {
    if (kind && !redrive.isPending)
      redrive.mutate({ kind: kind.kind, ...(kind.code !== null && { code: kind.code }) });
  };
  const isOn = kinds.length > 0;
  useKeys(
    operation.keys.title,
    [
      {
        keys: ['j', 'ArrowDown'],
        label: operation.keys.next,
        run: (event) => move(1, event),
      },
      {
        keys: ['k', 'ArrowUp'],
        label: operation.keys.previous,
        run: (event) => move(-1, event),
      },
      { keys: 'r', label: operation.keys.retry, run: () => retry(kinds[at]) },
    ],
    isOn,
  );
  useCommands(
    isOn ? [{ id: 'redrive', label: operation.keys.retry, keys: 'r', run: () => retry(kinds[at]) }] : [],
  );
  return (
    <section aria-labelledby="letters">
      <h2 id="letters" className="text-lg font-semibold">
        {words.title}
      </h2>
      {kinds.length === 0 && <p className="mt-2 text-ink-soft">{words.none}</p>}
      <ul className="mt-2 flex flex-col gap-2">
        {kinds.map((kind, index) => (
          <li
            key={nameOf(kind)}
            ref={(element) => {
              rows.current[index] = element;
            }}
            tabIndex={-1}
            aria-current={index === at ? 'true' : undefined}
            className={`rounded-lg border bg-raised px-4 py-3 ${index === at ? 'border-accent' : 'border-line'}`}
          >
            <OfKind
              kind={kind}
              isChosen={index === at}
              busy={redrive.isPending}
              onRetry={(one) => redrive.mutate(one)}
              onRetryAll={() => retry(kind)}
            />
          </li>
        ))}
      </ul>
      {redrive.error && <Problem error={redrive.error} />}
    </section>
  );
}

function useRedrive() {
  const { operation } = useWords();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (query: Chosen) =>
      orThrow(await api.POST('/api/v1/operation/dead-letters/retry', { params: { query } })),
    onSuccess: ({ retried, more }) => {
      announce(`${operation.letters.retried(retried)} ${more ? operation.letters.rest : ''}`);
      void queries.invalidateQueries({ queryKey: ['operation', 'letters'] });
    },
  });
}

interface OfKindProps {
  kind: Kind;
  isChosen: boolean;
  busy: boolean;
  onRetryAll: () => void;
  onRetry: (one: Chosen) => void;
}

function OfKind({ kind, isChosen, busy, onRetryAll, onRetry }: OfKindProps) {
  const all = useWords();
  const { operation } = all;
  const words = operation.letters;
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const reason = reasonOf(all, kind.code) ?? words.unknownCode;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-medium">
            {words.counted(kind.kind, kind.count)} · {reason}
          </p>
          <p className="text-sm text-ink-soft">{words.will(kind.kind, kind.count)}</p>
          {kind.code !== null && <p className="text-sm text-ink-soft">{all.problem.code(kind.code)}</p>}
          <p className="text-sm text-ink-soft">{operation.since(format.dateTime(kind.sinceMs))}</p>
        </div>
        <Button kind={isChosen ? 'main' : 'plain'} busy={busy} onClick={onRetryAll}>
          <RotateCcw size={16} aria-hidden />
          {words.retryAll}
          {isChosen && <kbd className="rounded border border-current px-1 text-xs">r</kbd>}
        </Button>
      </div>
      <button
        type="button"
        aria-expanded={isOpen}
        className="mt-1 min-h-6 text-sm text-accent-text underline"
        onClick={() => setOpen(!isOpen)}
      >
        {words.each}
      </button>
      {isOpen && <Each kind={kind} busy={busy} onRetry={onRetry} />}
    </>
  );
}

function Each({ kind, busy, onRetry }: Pick<OfKindProps, 'kind' | 'busy' | 'onRetry'>) {
  const all = useWords();
  const words = all.operation.letters;
  const letters = useInfiniteQuery({
    queryKey: ['operation', 'letters', kind.kind, kind.code],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        kind: kind.kind,
        ...(kind.code !== null && { code: kind.code }),
        ...(pageParam && { cursor: pageParam }),
      };
      return orThrow(await api.GET('/api/v1/operation/dead-letters', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { refetch } = letters;
  // The stream tells that others came or went.
  const { count } = kind;
  useEffect(() => {
    if (count > 0) void refetch();
  }, [count, refetch]);
  if (letters.error) return <Problem error={letters.error} onRetry={() => void refetch()} />;
  const each = letters.data?.pages.flatMap(({ deadLetters }) => deadLetters) ?? [];
  return (
    <>
      <p className="mt-2 text-sm text-ink-soft">{toldOf(all, kind.code)?.remedy ?? each[0]?.remedy}</p>
      <ul className="mt-2 divide-y divide-line">
        {each.map((letter) => (
          <Letter key={letter.id} letter={letter} busy={busy} onRetry={() => onRetry({ id: letter.id })} />
        ))}
      </ul>
      {letters.hasNextPage && (
        <Button kind="quiet" busy={letters.isFetchingNextPage} onClick={() => void letters.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Letter({ letter, busy, onRetry }: { letter: DeadLetter; busy: boolean; onRetry: () => void }) {
  const { operation } = useWords();
  const words = operation.letters;
  const format = useFormat();
  const { id, userId, tries, sinceMs } = letter;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2 text-sm">
      <span className="min-w-0">
        <code>{id}</code> {words.of(userId)}, {words.tries(tries)}, {format.dateTime(sinceMs)}
      </span>
      <Button
        kind="quiet"
        busy={busy}
        title={words.willOne}
        aria-label={`${words.retry}: ${id}`}
        onClick={onRetry}
      >
        {words.retry}
      </Button>
    </li>
  );
}
