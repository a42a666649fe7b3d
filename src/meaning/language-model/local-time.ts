import { instantOf, utcOf, type WallClock } from '../wall-clock.ts';

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const LONGEST_AHEAD_MS = 10 * 366 * 86_400_000;

/**
 * The instant a model means by a local time; null for what is no date, lies before it was said or in another decade.
 * A day without a time is over when the day is. An offset, which it was asked not to give, is taken at its word.
 */
export function instantSaid(text: string, saidAtMs: number, timeZone: string): number | null {
  const match = LOCAL.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour = '23', minute = '59', offset] = match;
  const wall = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
  };
  if (!exists(wall)) return null;
  const at = offset === undefined ? instantOf(wall, timeZone) : utcOf(wall) - offsetMs(offset);
  return at >= saidAtMs && at <= saidAtMs + LONGEST_AHEAD_MS ? at : null;
}

/** There is no 31st of February and no 25 o'clock, and arithmetic would make another day of them. */
function exists(wall: WallClock): boolean {
  const date = new Date(utcOf(wall));
  return (
    date.getUTCMonth() + 1 === wall.month &&
    date.getUTCDate() === wall.day &&
    date.getUTCHours() === wall.hour &&
    date.getUTCMinutes() === wall.minute
  );
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
