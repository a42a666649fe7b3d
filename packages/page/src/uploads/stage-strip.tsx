import { Check, CircleDashed, Clock, LoaderCircle, X } from 'lucide-react';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type FileOfUpload, type Step, stripOf, type Upload } from './strip.ts';

/** Each state differs by its sign as well as by its colour. */
const LOOKS: Record<Step['state'], { icon: typeof Check; look: string; line: string }> = {
  done: { icon: Check, look: 'text-good-text', line: 'bg-good-line' },
  now: { icon: LoaderCircle, look: 'text-accent-text', line: 'bg-line' },
  waiting: { icon: Clock, look: 'text-warning-text', line: 'bg-line' },
  ahead: { icon: CircleDashed, look: 'text-ink-faint', line: 'bg-line' },
  failed: { icon: X, look: 'text-danger-text', line: 'bg-danger-line' },
  skipped: { icon: CircleDashed, look: 'text-ink-faint', line: 'bg-line' },
};

/** The stages of a file in a row: with all their names where there is room, else with that of the present one. */
export function Strip({ file, upload }: { file: FileOfUpload; upload: Upload }) {
  const { uploads: words } = useWords();
  const format = useFormat();
  const steps = stripOf(file, upload);
  const nameOf = ({ stage, state }: Step) =>
    // What was sent was accepted; what is in it was not.
    stage === 'accepted' && state === 'failed' ? words.refused : words.stages[stage];
  const here = steps.find(isPresent);
  return (
    <div className="@container my-2">
      <ol aria-label={words.stripLabel} className="grid grid-cols-6 gap-1">
        {steps.map((step) => {
          const { stage, state, share } = step;
          const { icon: Icon, look, line } = LOOKS[state];
          const isHere = isPresent(step);
          const name = nameOf(step);
          const told =
            share === null
              ? words.step(name, words.states[state])
              : words.stepShare(name, format.percent(share));
          return (
            <li
              key={stage}
              data-stage={stage}
              data-state={state}
              aria-current={isHere ? 'step' : undefined}
              className="min-w-0"
            >
              <span
                className="relative block h-1 forced-color-adjust-none overflow-hidden rounded-full bg-line"
                aria-hidden
              >
                <span className={`absolute inset-y-0 left-0 ${line}`} style={{ width: '100%' }} />
                {share !== null && (
                  <span
                    className="absolute inset-y-0 left-0 bg-accent"
                    style={{ width: `${share * 100}%` }}
                  />
                )}
              </span>
              <span className={`mt-1 flex items-center gap-1 text-xs ${look}`}>
                <Icon
                  size={12}
                  aria-hidden
                  className={`shrink-0 ${state === 'now' ? 'motion-safe:animate-spin' : ''}`}
                />
                <span className="truncate @max-xl:hidden" aria-hidden>
                  {name}
                </span>
                <span className="sr-only">{told}</span>
              </span>
            </li>
          );
        })}
      </ol>
      {/* A sixth of a phone has no room for a name. */}
      {here && (
        <p aria-hidden className={`text-xs @xl:hidden ${LOOKS[here.state].look}`}>
          {nameOf(here)}
        </p>
      )}
    </div>
  );
}

function isPresent({ state }: Step): boolean {
  return state === 'now' || state === 'waiting' || state === 'failed';
}
