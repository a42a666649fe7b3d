/**
 * The circuit breaker stops calls to a provider that is down, and lets one call test it now and then. Transcribers, the
 * detector and the language model have one each. It is Cockatiel's, with two additions for calls that are made together.
 */

import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { ProviderError } from './provider-error.ts';

export interface BreakerBounds {
  failuresInARow: number;
  /** The breaker lets no call through for this long; the next one tests the provider. */
  openMs: number;
}

export interface BreakerOptions extends BreakerBounds {
  /** Whether the provider is down, and not only refusing this one call. Default: {@link isOutage} */
  isFailure?: (error: unknown) => boolean;
  /** Whether the provider is well, and has refused. Default: every other failure of a call that was made. */
  isAnswer?: (error: unknown) => boolean;
  /** Makes the error of a call that is not made; its `call` is `not_made`. */
  notAsked: (openForMs: number, lastFailure: unknown) => Error;
}

/** `due`: the next call finds out whether it is well again; `probing`: one is finding out. */
type State = 'closed' | 'open' | 'due' | 'probing';

export interface Breaker {
  readonly state: State;
  notAsked(): Error;
  /** One call. While it is probing it waits for what comes of that. @throws what `notAsked` makes */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/** Says whether the provider is down. Refusals and useless answers come from a provider that is well; cancelled calls do not count. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof ProviderError) || error.call !== 'made' || error.garbled) return false;
  return error.code === 'timeout' || error.code === 'upstream';
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { failuresInARow, openMs, isFailure = isOutage, isAnswer = isRefusal } = options;
  /** Cancelled calls count as neither success nor failure. */
  function isRefusal(error: unknown): boolean {
    return error instanceof ProviderError && error.call === 'made' && !isFailure(error);
  }
  // A failure counts only if its call was made after the last answer: of calls made together the answers come first and all
  // time-outs after them, in a row, and those say nothing new.
  const old = new WeakSet<Error>();
  let answeredAt = 0;
  const isNew = (error: unknown) => !(error instanceof Error && old.has(error));
  // A cancelled probe keeps the breaker open: it has found out nothing, and what is no failure would close it.
  const isInVain = (error: unknown) => circuit.state === CircuitState.HalfOpen && !isAnswer(error);
  let openUntil = 0;
  // Cockatiel compares this duration with the wall clock, and would stay open for as long as that is set back. So it is
  // told "not yet" or "now", by the monotonic clock.
  const halfOpenAfter = {
    next: () => halfOpenAfter,
    get duration() {
      return performance.now() < openUntil ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
  };
  const circuit = circuitBreaker(
    handleWhen((error): boolean => (isFailure(error) && isNew(error)) || isInVain(error)),
    { halfOpenAfter, breaker: new ConsecutiveBreaker(failuresInARow) },
  );
  circuit.onBreak(() => {
    openUntil = performance.now() + openMs;
  });

  const breaker: Breaker = {
    get state() {
      if (circuit.state === CircuitState.HalfOpen) return 'probing';
      if (circuit.state === CircuitState.Closed) return 'closed';
      return performance.now() < openUntil ? 'open' : 'due';
    },

    notAsked() {
      const reason = circuit.lastFailure;
      const last = reason && 'error' in reason ? reason.error : undefined;
      return options.notAsked(Math.max(0, openUntil - performance.now()), last);
    },

    async run(call) {
      try {
        return await circuit.execute(async () => {
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
        throw error instanceof BrokenCircuitError ? breaker.notAsked() : error;
      }
    },
  };
  return breaker;
}
