import { Temporal } from 'temporal-polyfill';

/** What a clock on the wall shows; no zone, no instant. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** A phone may report a zone this machine has never heard of; a date in UTC beats no understanding at all. */
export function knownTimeZone(timeZone: string): string {
  try {
    new Temporal.ZonedDateTime(0n, timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}

export function wallClockOf(instantMs: number, timeZone: string): WallClock {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(instantMs));
  const { year, month, day, hour, minute } = instant.toZonedDateTimeISO(timeZone);
  return { year, month, day, hour, minute };
}

/**
 * The instant at which that wall shows that time. An hour that happens twice means its first pass;
 * one that is skipped means the moment the clock jumped past it, as many minutes later.
 */
export function instantOf(wall: WallClock, timeZone: string): number {
  const shown = Temporal.Instant.fromEpochMilliseconds(utcOf(wall))
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  return shown.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
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
