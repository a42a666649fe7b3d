/** Times as a field of the browser gives them, `2026-03-20T09:46`, in a time zone that may be another than the browser's. Pure. */

/** @returns UTC epoch milliseconds; null if it is no time. Of an hour that comes twice the first is meant. */
export function fromLocal(text: string, timeZone: string): number | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return null;
  // The offset is that of the moment itself, which the first guess may miss where a clock is set.
  const first = asUtc - offsetMs(asUtc, timeZone);
  const candidates = [
    asUtc - offsetMs(first, timeZone),
    first,
    asUtc - offsetMs(asUtc - 86_400_000, timeZone),
  ];
  const right = candidates.filter((ms) => ms + offsetMs(ms, timeZone) === asUtc);
  return right.length > 0 ? Math.min(...right) : first;
}

export function toLocal(ms: number, timeZone: string): string {
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(0, 19);
}

function offsetMs(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = new Date(0);
  // `Date.UTC` takes a year below 100 for one of the last century, and a year begins with one while it is typed.
  local.setUTCFullYear(of('year'), of('month') - 1, of('day'));
  local.setUTCHours(of('hour'), of('minute'), of('second'));
  return local.getTime() - Math.floor(ms / 1_000) * 1_000;
}
