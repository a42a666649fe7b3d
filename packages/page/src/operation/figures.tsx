/** The lanes, the stages and the providers as figures. */
import { reasonOf, toldOf } from '../app/problem-text.ts';
import { type Format, useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type Column, Figures, State } from './table.tsx';
import type { Operation } from './watch.ts';

type Lane = Operation['lanes'][number];
type Stage = Operation['stages'][number];
type Provider = Operation['providers'][number];

export function Lanes({ lanes }: { lanes: readonly Lane[] }) {
  const all = useWords();
  const words = all.operation.lanes;
  const format = useFormat();
  const columns: Column<Lane>[] = [
    { head: words.title, cell: ({ lane }) => words.names[lane] },
    { head: words.waiting, cell: ({ waiting }) => format.count(waiting), isNumber: true },
    { head: words.running, cell: ({ running }) => format.count(running), isNumber: true },
    {
      head: words.oldest,
      cell: ({ waiting, oldestMs }) => (waiting > 0 ? format.duration(oldestMs) : '–'),
      isNumber: true,
    },
    {
      head: words.reasons,
      cell: ({ reasons }) =>
        reasons.length === 0
          ? '–'
          : reasons.map(({ code, count, nextTryAtMs }) => (
              <p key={code}>
                {nextTryAtMs === null
                  ? `${code} ${format.count(count)}`
                  : `${code} ${format.count(count)}, ${words.goesOn(format.time(nextTryAtMs))}`}
                {/* What the code means, for whoever does not know the table of the errors. */}
                <span className="block text-xs text-ink-soft">{toldOf(all, code)?.what}</span>
              </p>
            )),
    },
  ];
  return <Figures title={words.title} columns={columns} rows={lanes} keyOf={({ lane }) => lane} />;
}

export function Stages({ stages }: { stages: readonly Stage[] }) {
  const { operation } = useWords();
  const words = operation.stages;
  const format = useFormat();
  const time = (of: (stage: Stage) => number) => (stage: Stage) =>
    stage.count > 0 ? format.duration(of(stage)) : '–';
  const columns: Column<Stage>[] = [
    { head: words.stage, cell: ({ stage }) => words.names[stage] },
    { head: words.ended, cell: ({ count }) => format.count(count), isNumber: true },
    { head: words.half, cell: time(({ p50Ms }) => p50Ms), isNumber: true },
    { head: words.most, cell: time(({ p95Ms }) => p95Ms), isNumber: true },
  ];
  return (
    <Figures
      title={words.title}
      note={words.lately}
      columns={columns}
      rows={stages}
      keyOf={({ stage }) => stage}
    />
  );
}

const TONES = { well: 'good', failing: 'warning', down: 'danger', idle: 'plain' } as const;

export function Providers({ providers }: { providers: readonly Provider[] }) {
  const all = useWords();
  const { providers: words, troubles } = all.operation;
  const { noCode } = troubles;
  const format = useFormat();
  const columns: Column<Provider>[] = [
    { head: words.provider, cell: ({ provider }) => provider },
    { head: words.state, cell: ({ state }) => <State tone={TONES[state]}>{words.states[state]}</State> },
    {
      head: words.limit,
      cell: ({ limit, underWay }) =>
        limit ? words.limitOf(format.count(underWay), format.count(Math.floor(limit.allowed))) : words.own,
      isNumber: true,
    },
    { head: words.answered, cell: ({ answered }) => format.count(answered), isNumber: true },
    { head: words.failed, cell: ({ failed }) => format.count(failed), isNumber: true },
    { head: words.spared, cell: ({ spared }) => format.count(spared), isNumber: true },
    { head: words.half, cell: ({ p50Ms }) => durationOf(format, p50Ms), isNumber: true },
    { head: words.most, cell: ({ p95Ms }) => durationOf(format, p95Ms), isNumber: true },
    {
      head: words.last,
      cell: ({ lastCode, lastFailedAtMs }) =>
        lastFailedAtMs === null
          ? '–'
          : words.lastOf(format.time(lastFailedAtMs), reasonOf(all, lastCode) ?? noCode),
    },
  ];
  return (
    <Figures
      title={words.title}
      note={words.lately}
      columns={columns}
      rows={providers}
      keyOf={({ provider }) => provider}
      none={words.none}
    />
  );
}

function durationOf(format: Format, ms: number | null): string {
  return ms === null ? '–' : format.duration(ms);
}
