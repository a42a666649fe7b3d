/** This file makes a call with a permit, and tells the limit what the call has shown about its provider. */
import { untilAny } from '../deadline.ts';
import { ProviderError } from '../provider-error.ts';
import { Semaphore } from '../semaphore.ts';

/** A call shows this about its provider. */
export interface Seen {
  /** `refused`: for being asked too much, while it may be well. */
  outcome: 'answered' | 'refused' | 'late' | 'other';
  tookMs: number;
  /** The provider asked to be left alone for this long. */
  pauseMs?: number | undefined;
}

export interface Permit {
  /** Aborts when the permit is lost; the call must end then. */
  readonly signal: AbortSignal;
  end(seen: Seen): void;
}

/** An applicant waits for a permit: whose `of` has the fewest calls under way is next, and of equals whoever is due first. */
export interface Applicant {
  signal: AbortSignal;
  of?: string | undefined;
  dueAtMs?: number | undefined;
}

/** A call limit bounds the calls to a provider: within this process, or over all of them (`limit.ts`). */
export interface CallLimit {
  take(signal: AbortSignal, of?: string, dueAtMs?: number): Promise<Permit>;
  close(): Promise<void>;
}

/** Bounds the calls of this process alone. */
export function localLimit(calls: number): CallLimit {
  const semaphore = new Semaphore(calls);
  const { signal } = new AbortController();
  return {
    take: async (until, _of, dueAtMs) => ({ signal, end: await semaphore.take(until, dueAtMs) }),
    async close() {},
  };
}

/** Bounds nothing: whatever is called has a bound of its own. */
export const UNLIMITED: CallLimit = {
  take: async () => ({ signal: new AbortController().signal, end: () => {} }),
  async close() {},
};

interface Lesson<T> {
  /** Whether the provider was really asked for this answer. */
  isAnswer?: (answer: T) => boolean;
  /** Where the duration of an answer says nothing of how busy the provider is, every answer counts as this long. */
  tookMs?: number;
  /** Whether a wait that the provider asks for holds for everybody. */
  pausesAll: boolean;
}

/** Waits for a permit and makes the call, whose signal ends it with the caller or with the permit. */
export async function withPermit<T>(
  limit: CallLimit,
  { signal, of, dueAtMs }: Applicant,
  call: (until: AbortSignal) => Promise<T>,
  { isAnswer = () => true, tookMs, pausesAll }: Lesson<T>,
): Promise<T> {
  const permit = await limit.take(signal, of, dueAtMs);
  const startedAt = performance.now();
  let outcome: Seen['outcome'] = 'other';
  let pauseMs: number | undefined;
  try {
    const answer = await untilAny([signal, permit.signal], call);
    if (isAnswer(answer)) outcome = 'answered';
    return answer;
  } catch (error) {
    if (error instanceof ProviderError && !signal.aborted) {
      outcome = troubleOf(error);
      if (pausesAll) pauseMs = error.retryAfterMs;
    }
    throw error;
  } finally {
    permit.end({ outcome, tookMs: tookMs ?? performance.now() - startedAt, pauseMs });
  }
}

function troubleOf({ code, call }: ProviderError): Seen['outcome'] {
  if (call !== 'made') return 'other';
  if (code === 'rate_limited') return 'refused';
  return code === 'timeout' ? 'late' : 'other';
}
