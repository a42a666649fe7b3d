/** The hosted detector, asked calmly. There is always another one at hand: nobody waits for this one to be well again. */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Logger } from 'pino';
import { NoTurn } from '../speech/hosted-vad.ts';
import { TranscriptionError } from '../speech/transcriber.ts';
import type { Span, VoiceActivityDetector } from '../speech/voice-activity.ts';

/** As many as a recording asks for ahead: an outage costs it one deadline, not two. */
const FAILURES_IN_A_ROW = 3;
/** One probe in 10 s, for which nobody waits. */
const CLOSED_AFTER_MS = 10_000;
/** A server that asks for a day is asked again before: by its answer we know whether it meant it. */
const LONGEST_PAUSE_MS = 300_000;

/** It is known to be down or has asked for time; this has cost no call. */
class NotAsked extends TranscriptionError {
  constructor() {
    super('upstream', 'the detector is not asked for now');
    this.name = 'NotAsked';
  }
}

interface GuardOptions {
  log: Logger;
  closedAfterMs?: number | undefined;
}

export function guardVad(
  inner: VoiceActivityDetector,
  { log, closedAfterMs = CLOSED_AFTER_MS }: GuardOptions,
): VoiceActivityDetector {
  // Of calls made together the answers come first and all time-outs after them, in a row: a failure of a call that
  // was made before the last answer came says nothing new. Only those made since are counted.
  const old = new WeakSet<Error>();
  let answeredAt = 0;
  const breaker = circuitBreaker(
    handleWhen((error) => isTheServersFault(error) && !old.has(error)),
    { halfOpenAfter: closedAfterMs, breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW) },
  );
  let pausedUntil = 0;
  const pause = (ms: number) => {
    pausedUntil = Math.max(pausedUntil, performance.now() + ms);
  };
  breaker.onBreak(() => pause(closedAfterMs));
  let isDown = false;

  const call = async (samples: Float32Array, signal: AbortSignal): Promise<Span[]> => {
    const startedAt = performance.now();
    try {
      const spans = await breaker.execute(async () => {
        try {
          return await inner.detect(samples, { signal });
        } catch (error) {
          if (error instanceof Error && startedAt < answeredAt) old.add(error);
          throw error;
        }
      });
      answeredAt = performance.now();
      if (isDown && breaker.state === CircuitState.Closed) {
        isDown = false;
        log.info('the voice activity detector answers again');
      }
      return spans;
    } catch (error) {
      if (error instanceof TranscriptionError && !signal.aborted) note(error);
      throw error;
    }
  };

  /** Once for an outage, however many windows it meets. */
  const note = (error: TranscriptionError) => {
    const { kind: code, message: reason, retryAfterMs = 0 } = error;
    if (retryAfterMs > 0) pause(Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    log.debug({ code, reason }, 'a window has no answer and is heard here');
    if (isDown || (code !== 'configuration' && breaker.state === CircuitState.Closed)) return;
    isDown = true;
    log.warn(
      { code, reason },
      'the voice activity detector fails: until it answers again, speech is found here',
    );
  };

  return {
    async detect(samples, { signal }) {
      signal.throwIfAborted();
      if (performance.now() < pausedUntil) throw new NotAsked();
      if (breaker.state === CircuitState.Closed) return await call(samples, signal);
      // The probe is this window, whose recording goes on without it: it must not end with the recording either, for
      // the breaker would take that for an answer.
      if (breaker.state === CircuitState.Open) call(samples, new AbortController().signal).catch(() => {});
      throw new NotAsked();
    },

    close: () => inner.close(),
  };
}

/** A refusal of one window is the answer of a server that is well, and so is one that names its time. */
function isTheServersFault(error: unknown): error is TranscriptionError {
  if (!(error instanceof TranscriptionError) || error instanceof NoTurn) return false;
  return error.kind !== 'invalid_input' && !(error.kind === 'rate_limited' && error.retryAfterMs);
}
