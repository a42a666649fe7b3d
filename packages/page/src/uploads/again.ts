/** When what was not sent is sent again by itself, and what the server said about it. Pure. */
import { AfterwordProblem } from '@afterword/client';

/** The first is at once: most connections that are lost are back then. */
const PAUSES_MS = [0, 1_000, 3_000, 5_000, 10_000];
/** Somebody waits before the page, so it asks more often than a server in need might like: never less than this apart. */
const LONGEST_MS = 10_000;
/** For about an hour without a network; then the file can be sent again by hand. */
const MOST_ATTEMPTS = 365;

/** Statuses of another request that has the file, or of too many at once: they pass, whatever the answer says. */
const PASSING = new Set([408, 409, 423, 429]);

/** Each attempt with a pause before it, for a library that takes a list. */
export const ALL_PAUSES_MS: readonly number[] = Array.from({ length: MOST_ATTEMPTS }, (_, n) => pauseOf(n));

/**
 * @param attempts how many have failed already in a row, without the one that just has
 * @returns how long to wait; null: it would fail again
 */
export function pauseBefore(problem: unknown, attempts: number): number | null {
  if (attempts >= MOST_ATTEMPTS || !mayPass(problem)) return null;
  const asked = problem instanceof AfterwordProblem ? problem.retryAfterMs : null;
  return asked === null ? pauseOf(attempts) : Math.max(asked, pauseOf(attempts));
}

/** Whether it succeeds as soon as the person has signed in again. */
export function hasSignInEnded(problem: unknown): problem is AfterwordProblem {
  return problem instanceof AfterwordProblem && problem.status === 401;
}

/** Whether the same request can succeed later: where nobody was reached, and where the server says so. */
export function mayPass(problem: unknown): boolean {
  if (!(problem instanceof AfterwordProblem)) return problem instanceof TypeError;
  const { status, retryable, code } = problem;
  if (status === 401 || status === 403) return false;
  // What fills a person's own space goes on only when they make room.
  if (code === 'space_used_up') return false;
  return retryable || status >= 500 || PASSING.has(status);
}

function pauseOf(attempts: number): number {
  return PAUSES_MS[attempts] ?? LONGEST_MS;
}

interface Answered {
  getStatus(): number;
  getBody(): string;
  getHeader(name: string): string | undefined;
}

/** An answer to one of the requests in which a large file is sent; null: nobody was reached. */
export function problemOfAnswer(answer: Answered | null): Error {
  if (!answer || answer.getStatus() === 0) return new TypeError('The server was not reached.');
  const seconds = Number(answer.getHeader('retry-after') ?? Number.NaN);
  return new AfterwordProblem(
    parsed(answer.getBody()),
    answer.getStatus(),
    Number.isFinite(seconds) ? seconds * 1000 : null,
  );
}

function parsed(body: string): Record<string, never> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, never>) : {};
  } catch {
    // A proxy in between answers with a page of its own.
    return {};
  }
}

/** Codes after which the same bytes are taken when they are sent with the wish to have them back. */
const RESTORED = new Set(['deleted', 'user_deleted']);

export function canRestore(problem: unknown): boolean {
  return problem instanceof AfterwordProblem && RESTORED.has(problem.code);
}
