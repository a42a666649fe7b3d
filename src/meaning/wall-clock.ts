/** What a clock on the wall shows; no zone, no instant. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** A phone may report a zone this machine has never heard of; a date in UTC beats no understanding at all. */
export function knownTimeZone(timeZone: string): string {
  try {
    formatOf(timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}

export function wallClockOf(instantMs: number, timeZone: string): WallClock {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instantMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  return {
    year: parts.year ?? 1970,
    month: parts.month ?? 1,
    day: parts.day ?? 1,
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
  };
}

/**
 * The instant at which that wall shows that time. An hour that happens twice means its first pass;
 * one that is skipped means the moment the clock jumped past it, as many minutes later.
 */
export function instantOf(wall: WallClock, timeZone: string): number {
  const asUtc = utcOf(wall);
  const offsetAt = (instantMs: number) =>
    utcOf(wallClockOf(instantMs, timeZone)) - Math.floor(instantMs / 60_000) * 60_000;
  const dayMs = 86_400_000;
  const before = offsetAt(asUtc - dayMs);
  const after = offsetAt(asUtc + dayMs);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (utcOf(wallClockOf(asUtc - offset, timeZone)) === asUtc) return asUtc - offset;
  }
  return asUtc - before;
}

export function utcOf(wall: WallClock): number {
  const date = new Date(0);
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day);
  date.setUTCHours(wall.hour, wall.minute);
  return date.getTime();
}

/** Calendar arithmetic: the same clock time, so many days on. */
export function daysLater(wall: WallClock, days: number): WallClock {
  const date = new Date(utcOf(wall) + days * 86_400_000);
  return { ...wall, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 is Sunday. */
export const weekdayOf = (wall: WallClock): number => new Date(utcOf(wall)).getUTCDay();
