/** The hosted detector, asked calmly. There is always another one at hand: nobody waits for this one to be well again. */

import type { Logger } from 'pino';
import { createBreaker } from '../../providers/breaker.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { DetectOptions, Span, VoiceActivityDetector } from '../voice-activity.ts';

/** As many as a recording asks for ahead: an outage costs it one deadline, not two. */
const FAILURES_IN_A_ROW = 3;
/** One probe in 10 s, for which nobody waits. */
const CLOSED_AFTER_MS = 10_000;
/** A server that asks for a day is asked again before: by its answer we know whether it meant it. */
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
        log.info('the voice activity detector answers again');
      }
      return spans;
    } catch (error) {
      if (error instanceof ProviderError && !options.signal.aborted) note(error);
      throw error;
    }
  };

  /** Once for an outage, however many windows it meets. */
  const note = (error: ProviderError) => {
    const { code, message: reason, retryAfterMs = 0 } = error;
    if (retryAfterMs > 0) {
      pausedUntil = Math.max(pausedUntil, performance.now() + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    }
    log.debug({ code, reason }, 'a window has no answer and is heard here');
    if (isDown || (code !== 'configuration' && breaker.state === 'closed')) return;
    isDown = true;
    log.warn(
      { code, reason },
      'the voice activity detector fails: until it answers again, speech is found here',
    );
  };

  return {
    async detect(samples, options) {
      options.signal.throwIfAborted();
      if (performance.now() < pausedUntil) throw breaker.notAsked();
      if (breaker.state === 'closed') return await call(samples, options);
      // The probe is this window, whose recording goes on without it: it does not end with the recording either.
      const { signal } = new AbortController();
      if (breaker.state === 'due') call(samples, { ...options, signal }).catch(() => {});
      throw breaker.notAsked();
    },

    close: () => inner.close(),
  };
}

/** A refusal of one window is the answer of a server that is well, and so is one that names its time. */
function isTheServersFault(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError) || error.call !== 'made') return false;
  return error.code !== 'invalid_input' && !(error.code === 'rate_limited' && error.retryAfterMs);
}
