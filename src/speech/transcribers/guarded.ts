/** One provider, asked calmly: not while it is known to be down, and no more at once than is good for it. */

import { createBreaker } from '../../providers/breaker.ts';
import type { Limit, Permit, Seen } from '../../providers/limits/limit.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { AudioPiece, TranscribeOptions, Transcriber, Transcription } from '../transcriber.ts';
import type { Hedge } from './hedge.ts';
import { race } from './race.ts';

/** Of a provider that fails by chance every third time, 0.3^5 = one in 400 calls would open it. */
const FAILURES_IN_A_ROW = 5;
/** One probe in 10 s: a dead provider costs 6 calls a minute, and is back 10 s after it has come back. */
const CLOSED_AFTER_MS = 10_000;

export interface GuardOptions {
  /** Shared with all processes. Without it only the transcriber's own concurrency bounds the calls. */
  limit?: Limit | undefined;
  closedAfterMs?: number | undefined;
  /** Slow calls are made a second time, where there is a limit that has room for them. */
  hedge?: Hedge | undefined;
}

/** What one gets where there is no limit. */
const UNLIMITED = { signal: new AbortController().signal, end: (_seen: Seen) => {} };

/** The limit is closed with it. */
export function guard(
  inner: Transcriber,
  { limit, closedAfterMs = CLOSED_AFTER_MS, hedge }: GuardOptions,
): Transcriber {
  const breaker = createBreaker({
    failuresInARow: FAILURES_IN_A_ROW,
    openMs: closedAfterMs,
    notAsked: (_openForMs, last) => leftAlone(inner.provider, last),
  });

  /** Asked before a turn is waited for. The breaker itself would let others wait for its probe, up to a deadline. */
  const requireHope = () => {
    const { state } = breaker;
    if (state === 'open' || state === 'probing') throw breaker.notAsked();
  };

  /** One call, with a turn that has come. What is ended from outside says nothing of the provider. */
  const call = async (
    piece: AudioPiece,
    turn: Permit,
    { signal, dueAtMs }: TranscribeOptions,
  ): Promise<Transcription> => {
    const startedAt = performance.now();
    let seen: Seen['outcome'] = 'other';
    let pauseMs: number | undefined;
    try {
      requireHope();
      const until = AbortSignal.any([signal, turn.signal]);
      const answer = await breaker.run(() => inner.transcribe(piece, { signal: until, dueAtMs }));
      if (answer.attempts > 0) seen = 'answered';
      return answer;
    } catch (error) {
      if (error instanceof ProviderError && !signal.aborted) {
        if (error.code === 'timeout' || error.code === 'rate_limited') seen = 'troubled';
        pauseMs = error.retryAfterMs;
      }
      throw error;
    } finally {
      turn.end({ outcome: seen, tookMs: performance.now() - startedAt, pauseMs });
    }
  };

  /** A turn for a second call: only of a provider that is well, within the budget, and where nobody waits. */
  const takeHedge = (): Permit | null => {
    if (!hedge?.isAffordable || breaker.state !== 'closed') return null;
    const turn = limit?.takeFree() ?? null;
    if (turn) hedge.spend();
    return turn;
  };

  return {
    provider: inner.provider,
    model: inner.model,
    capabilities: inner.capabilities,
    concurrency: inner.concurrency,

    async transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription> {
      const { signal, recordingId, dueAtMs, onCall } = options;
      requireHope();
      const turn = limit ? await limit.take(signal, recordingId, dueAtMs) : UNLIMITED;
      if (!hedge) return await call(piece, turn, options);
      const second = () => {
        const free = takeHedge();
        return free && ((until: AbortSignal) => call(piece, free, { signal: until, dueAtMs }));
      };
      const first = (until: AbortSignal) => call(piece, turn, { signal: until, dueAtMs });
      let firstTookMs = 0;
      const answer = await race({ first, second, afterMs: hedge.slowMs, signal }, (calls) => {
        firstTookMs = calls[0]?.tookMs ?? 0;
        // Of one call alone whoever asked knows all there is to know.
        if (calls.length < 2) return;
        const { provider, model } = inner;
        for (const each of calls) onCall?.({ provider, model, round: 0, link: 0, ...each });
      });
      if (answer.attempts > 0) hedge.answered(firstTookMs);
      return answer;
    },

    async close(): Promise<void> {
      await inner.close();
      await limit?.close();
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
