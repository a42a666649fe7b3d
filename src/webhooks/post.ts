/** Sends one attempt and says what came of it. */
import { within } from '../providers/deadline.ts';
import { type Answer, postHeardOut } from './heard-out.ts';
import { addressOf, guardedLookup, mayReach, type Reach, type Resolve } from './reachable.ts';
import { type Failure, failureOf, fetchError } from './refused.ts';

/** Svix's, and the lowest of the specification. */
const ATTEMPT_MS = 15_000;

export interface Outcome {
  status: number | null;
  /** null: it was taken. */
  failure: Failure | null;
  retryAfterMs?: number | undefined;
}

interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface PostOptions {
  reach: Reach;
  signal: AbortSignal;
  attemptMs?: number;
  /** Only for tests of names that lead to one address and then to another. */
  resolve?: Resolve;
}

export async function post(
  { url: given, headers, body }: Post,
  { reach, signal, attemptMs = ATTEMPT_MS, resolve }: PostOptions,
): Promise<Outcome> {
  const url = new URL(given);
  const isPlain = url.protocol === 'http:';
  const address = addressOf(url);
  // No name is looked up for it, so it is checked here.
  if (address !== null && !mayReach(address, reach, isPlain))
    return { status: null, failure: 'address_refused' };
  try {
    const late = () => fetchError('timeout');
    return await within([signal], { ms: attemptMs, late }, async (until) => {
      const answer = await postHeardOut(url, body, {
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        lookup: guardedLookup(reach, isPlain, resolve),
        signal: until,
      });
      return toOutcome(answer);
    });
  } catch (error) {
    // The worker stops: this attempt was none.
    signal.throwIfAborted();
    return { status: null, failure: failureOf(error) };
  }
}

function toOutcome({ status, retryAfterMs }: Answer): Outcome {
  if (status >= 200 && status < 300) return { status, failure: null };
  const failure = status >= 300 && status < 400 ? 'redirect' : 'status';
  return { status, failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
