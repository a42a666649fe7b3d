/** One question, asked a second time when the first call is slow. */
import { ProviderError } from '../../providers/provider-error.ts';
import type { ProviderCall } from '../transcriber.ts';

type Ask<Answer> = (signal: AbortSignal) => Promise<Answer>;

export interface RaceOptions<Answer> {
  first: Ask<Answer>;
  /** Asked for after `afterMs`; null when there is to be no second call. */
  second: () => Ask<Answer> | null;
  /** null: never. */
  afterMs: number | null;
  signal: AbortSignal;
}

interface Runner {
  isHedge: boolean;
  startedAtMs: number;
  /** By time as it passes. */
  startedAt: number;
  beaten: AbortController;
  /** undefined while it runs. */
  end?: { outcome: ProviderCall['outcome']; tookMs: number; error?: unknown };
}

/** Why a call was ended: it is nobody's failure. */
class Beaten extends Error {
  constructor() {
    super('another call was answered sooner');
    this.name = 'Beaten';
  }
}

/** What became of each call, the first one first. */
export type Finish = Pick<ProviderCall, 'outcome' | 'startedAtMs' | 'tookMs' | 'hedge'>;

/**
 * The first answer wins and ends the other call. A failure waits for the other call; when both fail it is the first
 * one's that counts. Rejects with the signal's reason, as the calls do.
 *
 * @param tell is told of the calls before the answer is given
 */
export async function race<Answer>(
  { first, second, afterMs, signal }: RaceOptions<Answer>,
  tell: (calls: readonly Finish[]) => void,
): Promise<Answer> {
  const runners: Runner[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();

  const run = (ask: Ask<Answer>, isHedge: boolean) => {
    const startedAt = performance.now();
    const runner: Runner = { isHedge, startedAtMs: Date.now(), startedAt, beaten: new AbortController() };
    runners.push(runner);
    const finish = (outcome: ProviderCall['outcome'], error?: unknown) => {
      runner.end ??= { outcome, tookMs: Math.round(performance.now() - startedAt), error };
    };
    runner.beaten.signal.addEventListener('abort', () => finish('cancelled'));
    ask(AbortSignal.any([signal, runner.beaten.signal])).then(
      (answer) => {
        finish('answered');
        for (const other of runners) if (!other.end) other.beaten.abort(new Beaten());
        resolve(answer);
      },
      (error: unknown) => {
        finish(signal.aborted ? 'cancelled' : kindOf(error), error);
        if (runners.every(({ end }) => end)) reject(runners[0]?.end?.error);
      },
    );
  };

  run(first, false);
  const startSecond = () => {
    const ask = second();
    if (ask) run(ask, true);
  };
  const timer = afterMs === null ? undefined : setTimeout(startSecond, afterMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    tell(runners.map(finishOf));
  }
}

function finishOf({ isHedge, startedAtMs, startedAt, end }: Runner): Finish {
  const { outcome, tookMs } = end ?? {
    outcome: 'cancelled',
    tookMs: Math.round(performance.now() - startedAt),
  };
  return { outcome, startedAtMs, tookMs, ...(isHedge ? { hedge: true } : {}) };
}

function kindOf(error: unknown): ProviderCall['outcome'] {
  return error instanceof ProviderError ? error.code : 'upstream';
}
