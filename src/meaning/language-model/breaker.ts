/** A model that is down is known to be down: it is asked by one call now and then, and not by every conversation. */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { AfterwordError } from '../../errors.ts';
import { CallFailure } from './failure.ts';

export interface BreakerOptions {
  failuresInARow: number;
  /** How long nobody is let through before the next call tries. */
  openMs: number;
}

/** It was not asked at all. This can heal, but not by asking again at once: it is no {@link CallFailure}. */
class NotAsked extends AfterwordError {}

export interface Breaker {
  /** @throws NotAsked while it is open */
  requireHope(): void;
  /** One call; while another one finds out whether the model is back, it waits for that. @throws NotAsked */
  run<T>(call: () => Promise<T>): Promise<T>;
}

export function createBreaker(model: string, { failuresInARow, openMs }: BreakerOptions): Breaker {
  // Of calls made together the answers come first and all time-outs after them: a failure of a call that was made
  // before the last answer came says nothing new.
  const old = new WeakSet<Error>();
  let answeredAt = 0;
  let openUntilMs = 0;
  const breaker = circuitBreaker(
    // A probe that was given up has found out nothing, and what is no failure would close the breaker.
    handleWhen(
      (error): boolean =>
        (isAnOutage(error) && !old.has(error)) ||
        (breaker.state === CircuitState.HalfOpen && !(error instanceof CallFailure)),
    ),
    { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failuresInARow) },
  );
  breaker.onBreak(() => {
    openUntilMs = Date.now() + openMs;
  });

  const notAsked = (): NotAsked => {
    const reason = breaker.lastFailure;
    const last = reason && 'error' in reason && reason.error instanceof CallFailure ? reason.error : null;
    return new NotAsked(
      last?.code ?? 'upstream',
      `${model} failed ${failuresInARow} times in a row and is left alone for now; at last: ${last?.message}`,
      { retryAfterMs: Math.max(1, openUntilMs - Date.now()) },
    );
  };

  return {
    requireHope() {
      if (breaker.state === CircuitState.Open && Date.now() < openUntilMs) throw notAsked();
    },
    async run(call) {
      try {
        return await breaker.execute(async () => {
          const startedAt = performance.now();
          try {
            const answer = await call();
            answeredAt = performance.now();
            return answer;
          } catch (error) {
            if (error instanceof Error && startedAt < answeredAt) old.add(error);
            throw error;
          }
        });
      } catch (error) {
        throw error instanceof BrokenCircuitError ? notAsked() : error;
      }
    },
  };
}

/** A refusal is the answer of a model that is well, and so is one that is of no use. */
function isAnOutage(error: unknown): error is CallFailure {
  if (!(error instanceof CallFailure) || error.garbled) return false;
  return error.code === 'timeout' || error.code === 'upstream';
}
