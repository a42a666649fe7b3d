/** One provider, asked calmly: not while it is known to be down, and no more at once than is good for it. */
import { createBreaker } from '../../providers/breaker.ts';
import { type CallLimit, UNLIMITED, withPermit } from '../../providers/limits/permit.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { AudioPiece, TranscribeOptions, Transcriber, Transcription } from '../transcriber.ts';

/** Of a provider that fails by chance every third time, 0.3^5 = one in 400 calls would open it. */
const FAILURES_IN_A_ROW = 5;
/** One probe in 10 s: a dead provider costs 6 calls a minute, and is back 10 s after it has come back. */
const CLOSED_AFTER_MS = 10_000;

export interface GuardOptions {
  /** Shared with all processes. Without it only the transcriber's own concurrency bounds the calls. */
  limit?: CallLimit | undefined;
  closedAfterMs?: number | undefined;
}

/** The limit is closed with it. */
export function guard(
  inner: Transcriber,
  { limit = UNLIMITED, closedAfterMs = CLOSED_AFTER_MS }: GuardOptions,
): Transcriber {
  const breaker = createBreaker({
    failuresInARow: FAILURES_IN_A_ROW,
    openMs: closedAfterMs,
    notAsked: (_openForMs, last) => leftAlone(inner.provider, last),
  });

  /** Asked before a permit is waited for. The breaker itself would let others wait for its probe, up to a deadline. */
  const requireHope = () => {
    const { state } = breaker;
    if (state === 'open' || state === 'probing') throw breaker.notAsked();
  };

  return {
    provider: inner.provider,
    model: inner.model,
    get capabilities() {
      return inner.capabilities;
    },
    get cost() {
      return inner.cost;
    },
    concurrency: inner.concurrency,

    async transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription> {
      const { signal, recordingId: of, dueAtMs, hints } = options;
      requireHope();
      const call = async (until: AbortSignal) => {
        requireHope();
        return await breaker.run(() => inner.transcribe(piece, { signal: until, dueAtMs, hints }));
      };
      const isAnswer = ({ attempts }: Transcription) => attempts > 0;
      return await withPermit(limit, { signal, of, dueAtMs }, call, { isAnswer, pausesAll: true });
    },

    async close(): Promise<void> {
      await inner.close();
      await limit.close();
    },
  };
}

/** @param last what the last call of those met: it is what a person has to mend */
function leftAlone(provider: string, last: unknown): ProviderError {
  const why = last instanceof Error ? last.message : 'its calls failed';
  const times = `${FAILURES_IN_A_ROW} calls in a row failed, and it is left alone for a moment`;
  const cause = last instanceof Error ? { cause: last } : {};
  return new ProviderError('upstream', `${provider}: ${why} (${times})`, { call: 'not_made', ...cause });
}
