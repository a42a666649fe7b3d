import { OctagonAlert, TriangleAlert } from 'lucide-react';
import { reasonOf } from '../app/problem-text.ts';
import type { Words } from '../words/en.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Operation } from './watch.ts';

type Trouble = Operation['troubles'][number];

/** What is wrong, the worst first. */
export function Troubles({ troubles, providers, atMs }: Pick<Operation, 'troubles' | 'providers' | 'atMs'>) {
  const all = useWords();
  const { operation: words } = all;
  const format = useFormat();
  const codeOf = ({ subject }: Trouble) =>
    reasonOf(all, providers.find(({ provider }) => provider === subject)?.lastCode ?? null) ??
    words.troubles.noCode;
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles" className="sr-only">
        {words.worst}
      </h2>
      <ul className="flex flex-col gap-2">
        {troubles.map((trouble) => {
          const isBad = trouble.level === 'bad';
          const Icon = isBad ? OctagonAlert : TriangleAlert;
          const age = trouble.sinceMs === null ? '' : format.duration(Math.max(0, atMs - trouble.sinceMs));
          return (
            <li
              key={`${trouble.code} ${trouble.subject}`}
              className={`flex gap-3 rounded-lg border px-4 py-3 ${isBad ? 'border-danger-line bg-danger-soft' : 'border-warning-line bg-warning-soft'}`}
            >
              <Icon
                size={20}
                aria-hidden
                className={`mt-0.5 shrink-0 ${isBad ? 'text-danger-text' : 'text-warning-text'}`}
              />
              <div className="min-w-0">
                <p className={`text-xs font-medium ${isBad ? 'text-danger-text' : 'text-warning-text'}`}>
                  {words.levels[trouble.level]}
                </p>
                <p>{sentenceOf(words, trouble, { age, code: codeOf(trouble) })}</p>
                {trouble.sinceMs !== null && (
                  <p className="text-sm text-ink-soft">{words.since(format.dateTime(trouble.sinceMs))}</p>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface More {
  /** Since when, as a duration; empty where that is not known. */
  age: string;
  /** Of the last failure of the provider that is meant. */
  code: string;
}

function sentenceOf(words: Words['operation'], trouble: Trouble, { age, code: lastCode }: More): string {
  const { troubles } = words;
  const { code, count, subject } = trouble;
  const name = subject ?? '';
  switch (code) {
    case 'storage_unavailable':
      return troubles.storage_unavailable[name as keyof typeof troubles.storage_unavailable] ?? trouble.text;
    case 'queue_stuck':
      return troubles.queue_stuck(
        words.lanes.names[name as keyof typeof words.lanes.names] ?? name,
        count,
        age,
      );
    case 'worker_silent':
      return troubles.worker_silent(age, count);
    case 'provider_down':
      return troubles.provider_down(name, lastCode);
    case 'provider_failing':
      return troubles.provider_failing(name, lastCode, count);
    case 'provider_paused':
      return troubles.provider_paused(name);
    default:
      return troubles[code]?.(count) ?? trouble.text;
  }
}
