import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type Column, Figures, State } from './table.tsx';
import type { Operation } from './watch.ts';

type Worker = Operation['workers'][number];

const TONES = { alive: 'good', silent: 'warning', dead: 'plain' } as const;

/** Who works, when they were heard of last, and what they hold. */
export function Workers({ workers, atMs }: { workers: readonly Worker[]; atMs: number }) {
  const { operation } = useWords();
  const words = operation.workers;
  const format = useFormat();
  const columns: Column<Worker>[] = [
    { head: words.worker, cell: ({ host, pid }) => `${host} · ${pid}` },
    { head: words.state, cell: ({ state }) => <State tone={TONES[state]}>{words.states[state]}</State> },
    {
      head: words.beat,
      cell: ({ beatAtMs }) => format.relative(Math.min(beatAtMs, atMs), atMs),
      isNumber: true,
    },
    { head: words.since, cell: ({ startedAtMs }) => format.dateTime(startedAtMs), isNumber: true },
    {
      head: words.places,
      cell: ({ places }) => (places === null ? '–' : format.count(places)),
      isNumber: true,
    },
    { head: words.holds, cell: (worker) => <Held worker={worker} atMs={atMs} /> },
  ];
  return (
    <Figures title={words.title} columns={columns} rows={workers} keyOf={({ id }) => id} none={words.none} />
  );
}

function Held({ worker: { held, holds }, atMs }: { worker: Worker; atMs: number }) {
  const { operation } = useWords();
  const words = operation.workers;
  const format = useFormat();
  if (holds === 0) return format.count(0);
  return (
    <details>
      <summary className="cursor-pointer">
        {format.count(holds)} <span className="sr-only">{words.showHeld}</span>
      </summary>
      <ul className="mt-1 flex flex-col gap-1 text-ink-soft">
        {held.map(({ id, kind, userId, sinceMs, share, crashes }) => (
          <li key={id}>
            {[
              words.held(operation.letters.kinds[kind], id, userId),
              sinceMs === null ? null : format.duration(Math.max(0, atMs - sinceMs)),
              share === null ? null : words.share(format.percent(share)),
              crashes === 0 ? null : words.crashes(crashes),
            ]
              .filter((part) => part !== null)
              .join(', ')}
          </li>
        ))}
      </ul>
    </details>
  );
}
