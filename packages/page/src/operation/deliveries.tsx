/** What is stored, and what is told to servers and devices of others. */
import type { ReactNode } from 'react';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type Column, Figures, State } from './table.tsx';
import type { Operation } from './watch.ts';

export function Storage({ storage }: { storage: Operation['storage'] }) {
  const { operation } = useWords();
  const words = operation.storage;
  const format = useFormat();
  const rows: [string, ReactNode][] = [
    [words.recordings, storage.recordings === null ? words.counting : format.count(storage.recordings)],
    [words.audio, storage.audioBytes === null ? words.counting : format.bytes(storage.audioBytes)],
    [words.copies, storage.copyBytes === null ? words.counting : format.bytes(storage.copyBytes)],
    [words.database, format.bytes(storage.databaseBytes)],
    [words.orphans, format.count(storage.orphans)],
  ];
  return (
    <section>
      <h2 className="text-lg font-semibold">{words.title}</h2>
      <dl className="mt-2 divide-y divide-line rounded-lg border border-line text-sm">
        <div className="flex items-center justify-between gap-4 px-3 py-2">
          <dt>{words.title}</dt>
          <dd>
            <State tone={storage.state === 'ok' ? 'good' : 'danger'}>{words.states[storage.state]}</State>
          </dd>
        </div>
        {rows.map(([name, value]) => (
          <div key={name} className="flex items-center justify-between gap-4 px-3 py-2">
            <dt>{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Way {
  name: string;
  waiting: number;
  oldestMs: number;
  failedLately: number;
  targets: number;
  failing: number | null;
  disabled: Operation['webhooks']['disabled'] | null;
}

export function Deliveries({ webhooks, push }: Pick<Operation, 'webhooks' | 'push'>) {
  const all = useWords();
  const words = all.operation.deliveries;
  const why = all.deliveries.disabled as Record<string, string>;
  const format = useFormat();
  const ways: Way[] = [
    { name: words.webhooks, ...webhooks, targets: webhooks.endpoints },
    { name: words.push, ...push, targets: push.devices, failing: null, disabled: null },
  ];
  const columns: Column<Way>[] = [
    { head: words.title, cell: ({ name }) => name },
    { head: words.targets, cell: ({ targets }) => format.count(targets), isNumber: true },
    { head: words.waiting, cell: ({ waiting }) => format.count(waiting), isNumber: true },
    {
      head: words.oldest,
      cell: ({ waiting, oldestMs }) => (waiting > 0 ? format.duration(oldestMs) : '–'),
      isNumber: true,
    },
    { head: words.failed, cell: ({ failedLately }) => format.count(failedLately), isNumber: true },
    {
      head: words.failing,
      cell: ({ failing }) => (failing === null ? '–' : format.count(failing)),
      isNumber: true,
    },
    {
      head: words.disabled,
      cell: ({ disabled }) =>
        disabled === null || disabled.length === 0
          ? '–'
          : disabled
              .map(({ id, userId, code }) =>
                words.disabledOne(id, userId, why[code ?? ''] ?? all.deliveries.unknown),
              )
              .join('; '),
    },
  ];
  return <Figures title={words.title} columns={columns} rows={ways} keyOf={({ name }) => name} />;
}
