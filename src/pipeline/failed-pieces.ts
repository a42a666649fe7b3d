import type { ProviderError } from '../providers/provider-error.ts';
import { canHeal } from '../providers/retry.ts';

/** As many failures in a row as open the breaker of a provider: then it is the provider that fails, and not the call. */
const MOST_IN_A_ROW = 5;

/**
 * Decides whether an attempt at a recording goes on after a piece that its provider failed at. It does, so that the next
 * attempt has few pieces left: of 200 pieces and a provider that fails 4 times in 10, each attempt leaves the 16 % whose
 * two calls failed, and 4 attempts are enough. An attempt that ended at the first failure would store some 8 pieces, and
 * the 10 attempts of a day would not do. The attempt fails at its end all the same, with the first failure.
 */
export class FailedPieces {
  first: ProviderError | undefined;
  #inARow = 0;

  /**
   * Leaves the piece to the next attempt.
   *
   * @throws the error itself, where the other pieces would fail like this one or nobody waits for them any more
   */
  leave(error: unknown, signal: AbortSignal): null {
    if (signal.aborted || !canHeal(error) || error.call === 'not_made') throw error;
    // A provider that named a time is not to be called before, and the attempt does not wait for it.
    if (error.retryAfterMs !== undefined || ++this.#inARow >= MOST_IN_A_ROW) throw error;
    this.first ??= error;
    return null;
  }

  passes(): void {
    this.#inARow = 0;
  }
}
