/** When a day begins and ends in the person's time zone, as the server is asked for it. */

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
  const begin = from === undefined ? undefined : beginOf(from, timeZone);
  const end = dayAfter === undefined ? undefined : beginOf(dayAfter, timeZone);
  return { ...(begin !== undefined && { from: begin }), ...(end !== undefined && { to: end }) };
}

/**
 * The midnight of a day is that of UTC less how far the zone's clock is ahead at that moment. The second look is for the days
 * on which the clock changes: how far it is ahead is asked at the time that the first look has found.
 */
function beginOf(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc)) return Number.NaN;
  const first = utc - aheadMs(utc, timeZone);
  return utc - aheadMs(first, timeZone);
}

function aheadMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(atMs / 1000) * 1000;
}
