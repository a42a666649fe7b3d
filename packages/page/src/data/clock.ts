/** The time of the server. What it tells is compared with that: the clock of a device may be an hour wrong. */

/** A server tells whole seconds. */
const WHOLE_MS = 1_000;

let aheadMs = 0;

/**
 * @param told the `date` of an answer
 * @param sentMs when it was asked for, by the clock of this device, and when it came: in between it was written
 */
export function noteServerTime(told: string | null, sentMs: number, cameMs: number): void {
  const serverMs = told === null ? Number.NaN : Date.parse(told);
  if (Number.isNaN(serverMs)) return;
  if (serverMs > cameMs) aheadMs = serverMs - cameMs;
  else aheadMs = Math.min(0, serverMs + WHOLE_MS - sentMs);
}

/** UTC epoch milliseconds. */
export function serverNow(hereMs = Date.now()): number {
  return hereMs + aheadMs;
}
