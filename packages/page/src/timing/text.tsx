/** The same as the waterfall shows, to be read: for screen readers, and for whoever likes figures better. */
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { barSentence, stageName } from './names.ts';
import { isTakenOver, isWait } from './path.ts';
import type { Bar, Timing } from './rows.ts';

/** What decided when it was done, as one line of parts. */
export function Path({ path, totalMs }: { path: Timing['path']; totalMs: number }) {
  const { timing: words } = useWords();
  const format = useFormat();
  if (path.length === 0) return null;
  const nameOf = (stage: string, at: number) => {
    const name = stageName(words, stage);
    return isTakenOver(path, at) ? words.takenOver(name) : name;
  };
  return (
    <section aria-labelledby="path">
      <h2 id="path" className="font-semibold">
        {words.pathTitle}
      </h2>
      <p className="text-sm text-ink-soft">{words.pathText}</p>
      <div className="mt-2 flex h-3 gap-px overflow-hidden rounded" aria-hidden>
        {path.map(({ stage, fromMs, ms }) => (
          <span
            key={`${stage} ${fromMs}`}
            className={`forced-color-adjust-none ${isWait(stage) ? 'bg-line-strong' : 'bg-accent'}`}
            style={{ width: `${(ms / Math.max(1, totalMs)) * 100}%`, minWidth: 2 }}
          />
        ))}
      </div>
      <ol className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {path.map(({ stage, fromMs, ms, code }, at) => (
          <li key={`${stage} ${fromMs}`} className="flex items-center gap-1.5">
            <span
              className={`size-2.5 forced-color-adjust-none rounded-sm ${isWait(stage) ? 'bg-line-strong' : 'bg-accent'}`}
              aria-hidden
            />
            {words.pathPart(nameOf(stage, at), format.duration(ms))}
            {code && code !== 'queued' && <span className="text-ink-soft">{words.because(code)}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A page of text is read; a thousand lines at once are not. */
const LINES = 200;

export function AsText({ timing, bars }: { timing: Timing; bars: readonly Bar[] }) {
  const { timing: words, common } = useWords();
  const format = useFormat();
  const [shown, setShown] = useState(LINES);
  const nowMs = timing.acceptedAtMs + timing.totalMs;
  return (
    <details className="rounded-lg border border-line bg-raised px-4 py-3">
      <summary className="cursor-pointer font-medium touch:min-h-11 touch:py-2.5">{words.asText}</summary>
      {timing.calls.length > 0 && (
        <>
          <h3 className="mt-3 text-sm font-medium">{words.callsTitle}</h3>
          <ul className="text-sm">
            {timing.calls.map(({ kind, provider, calls, failed, tries, ms }) => (
              <li key={`${kind} ${provider}`}>
                {[
                  words.callOf(words.kinds[kind as Bar['kind']] ?? kind, provider),
                  words.tries(calls),
                  failed > 0 ? `${words.failed} ${format.count(failed)}` : null,
                  tries > 1 ? `${words.mostTries} ${format.count(tries)}` : null,
                  `${words.together} ${format.duration(ms)}`,
                ]
                  .filter((part) => part !== null)
                  .join(', ')}
              </li>
            ))}
          </ul>
        </>
      )}
      <ol className="mt-3 flex flex-col gap-0.5 text-sm">
        {bars.slice(0, shown).map((bar) => (
          <li key={bar.id} className={bar.parentId === null ? 'font-medium' : 'pl-4'}>
            {barSentence(words, format, bar, timing.acceptedAtMs, nowMs)}
          </li>
        ))}
      </ol>
      {bars.length > shown && (
        <Button kind="quiet" onClick={() => setShown(shown + LINES)}>
          {common.more}
        </Button>
      )}
    </details>
  );
}
