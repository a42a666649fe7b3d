/** Says when a notification is sent again that was not taken, and until when it is worth sending. No I/O. */
import { jittered } from '../jitter.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What was not delivered within a day is no news. */
export const KEPT_FOR_MS = 24 * HOUR_MS;
/** The waits before the second attempt and those after it: FCM wants 10 s at least. */
const WAITS_MS: readonly number[] = [
  10 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
];
/** FCM wants a minute at least after its quota is used up, if it does not say how long. */
const QUOTA_MS = MINUTE_MS;
const SPREAD = 0.2;

/** @returns the wait before the next attempt; null: there is none */
export function waitAfter(
  { attempt, expiresAtMs, nowMs }: { attempt: number; expiresAtMs: number; nowMs: number },
  { isQuota, retryAfterMs }: { isQuota: boolean; retryAfterMs?: number | undefined },
  random: () => number = Math.random,
): number | null {
  const own = WAITS_MS[attempt - 1];
  if (own === undefined) return null;
  // Never below what is asked for.
  const wishedMs = retryAfterMs ?? (isQuota ? Math.max(own, QUOTA_MS) : own);
  const waitMs = Math.round(Math.max(wishedMs, jittered(wishedMs, SPREAD, random)));
  return nowMs + waitMs < expiresAtMs ? waitMs : null;
}
