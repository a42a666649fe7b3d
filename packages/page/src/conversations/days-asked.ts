/** When a day begins and ends in the person's time zone, as the server is asked for it. */
import { fromLocal } from '../words/zoned.ts';

const DAY_MS = 86_400_000;

/** Both in UTC epoch milliseconds, the end exclusive; undefined where no day is named. */
export function timesOf(
  { from, to }: { from?: string; to?: string },
  timeZone: string,
): { from?: number; to?: number } {
  const dayAfter =
    to === undefined
      ? undefined
      : new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  const begin = from === undefined ? undefined : fromLocal(`${from}T00:00`, timeZone);
  const end = dayAfter === undefined ? undefined : fromLocal(`${dayAfter}T00:00`, timeZone);
  return { ...(begin != null && { from: begin }), ...(end != null && { to: end }) };
}
