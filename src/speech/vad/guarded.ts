/**
 * Calls the hosted detector with a circuit breaker. Silero is always available, so nobody waits until the hosted
 * detector recovers.
 */

import type { Logger } from 'pino';
import { createBreaker } from '../../providers/breaker.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { DetectOptions, Span, VoiceActivityDetector } from '../voice-activity.ts';

/** The number of windows that a recording sends ahead, so an outage costs it one deadline and not two. */
const FAILURES_IN_A_ROW = 3;
/** While the breaker is open, one test call is made every 10 s. Nobody waits for it. */
const CLOSED_AFTER_MS = 10_000;
/** A server that asks for a pause of a day is called again earlier; its answer shows whether it meant that. */
const LONGEST_PAUSE_MS = 300_000;

interface GuardOptions {
  log: Logger;
  closedAfterMs?: number | undefined;
}

export function guardVad(
  inner: VoiceActivityDetector,
  { log, closedAfterMs = CLOSED_AFTER_MS }: GuardOptions,
): VoiceActivityDetector {
  const breaker = createBreaker({
    failuresInARow: FAILURES_IN_A_ROW,
    openMs: closedAfterMs,
    isFailure: isTheServersFault,
    notAsked: () => new ProviderError('upstream', 'the detector is not asked for now', { call: 'not_made' }),
  });
  let pausedUntil = 0;
  let isDown = false;

  const call = async (samples: Float32Array, options: DetectOptions): Promise<Span[]> => {
    try {
      const spans = await breaker.run(() => inner.detect(samples, options));
      if (isDown && breaker.state === 'closed') {
        isDown = false;
        log.info('the hosted speech detector answers again');
      }
      return spans;
    } catch (error) {
      if (error instanceof ProviderError && !options.signal.aborted) note(error);
      throw error;
    }
  };

  /** Logs an outage once, however many windows it affects. */
  const note = (error: ProviderError) => {
    const { code, message: reason, retryAfterMs = 0 } = error;
    if (retryAfterMs > 0) {
      pausedUntil = Math.max(pausedUntil, performance.now() + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    }
    log.debug({ code, reason }, 'a window has no answer and is examined by Silero');
    if (isDown || (code !== 'configuration' && breaker.state === 'closed')) return;
    isDown = true;
    log.warn(
      { code, reason },
      'the hosted speech detector fails: Silero finds the speech until it answers again',
    );
  };

  return {
    async detect(samples, options) {
      options.signal.throwIfAborted();
      if (performance.now() < pausedUntil) throw breaker.notAsked();
      if (breaker.state === 'closed') return await call(samples, options);
      // This window is the test call. Its recording goes on without it, and the call does not end with the recording
      // either.
      const { signal } = new AbortController();
      if (breaker.state === 'due') call(samples, { ...options, signal }).catch(() => {});
      throw breaker.notAsked();
    },

    close: () => inner.close(),
  };
}

/** A server that refuses one window, or asks for a pause, works. Neither counts as a failure. */
function isTheServersFault(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError) || error.call !== 'made') return false;
  return error.code !== 'invalid_input' && !(error.code === 'rate_limited' && error.retryAfterMs);
}
