import { ProviderError } from '../../providers/provider-error.ts';
import { Semaphore } from '../../providers/semaphore.ts';

/** Who may call when: places of this process, or a limit that all processes share (`providers/limits/limit.ts`). */
export interface CallTurns {
  take(signal: AbortSignal): Promise<CallTurn>;
  close(): Promise<void>;
}

interface CallTurn {
  /** Aborts when the turn was lost. */
  readonly signal: AbortSignal;
  end(seen: { outcome: Seen; tookMs: number }): void;
}

type Seen = 'answered' | 'troubled' | 'other';

/** Places of this process alone. */
export function ownTurns(calls: number): CallTurns {
  const turns = new Semaphore(calls);
  const { signal } = new AbortController();
  return {
    take: async (until) => ({ signal, end: await turns.take(until) }),
    async close() {},
  };
}

/**
 * How long an answer takes says how long the conversation is, and nothing of how busy the model is: of that only
 * refusals and time-outs tell. So every answer takes as long as any other.
 */
const ANY_ANSWER_MS = 1;

/**
 * One call in its turn, and what it teaches about how many at once the model can take. For how long it wants to be left
 * alone is not told: each conversation waits that out by itself, and one that a person sends on is tried at once.
 */
export async function inTurn<T>(
  turns: CallTurns,
  signal: AbortSignal,
  call: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const turn = await turns.take(signal);
  let outcome: Seen = 'other';
  try {
    const answer = await call(turn.signal);
    outcome = 'answered';
    return answer;
  } catch (error) {
    const isTooMuch =
      error instanceof ProviderError &&
      error.call === 'made' &&
      (error.code === 'timeout' || error.code === 'rate_limited');
    if (isTooMuch && !signal.aborted) outcome = 'troubled';
    throw error;
  } finally {
    turn.end({ outcome, tookMs: ANY_ANSWER_MS });
  }
}
