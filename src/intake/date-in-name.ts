/**
 * The time that recorders write into names as people do: `REC_20260320_101500.wav`, `260320_1015.wav`,
 * `2026-03-20 10.15.00.ogg`. It is that of a clock on the wall, so it takes a time zone to know when that was. Pure.
 */

/**
 * Year, month and day, then hours, minutes and perhaps seconds; with or without marks between them. A year of two
 * digits needs a mark behind its date: otherwise a count of seconds could be one.
 */
const DATED =
  /(?<!\d)(20\d\d|\d\d(?=\D?\d\d\D?\d\d\D))([-_.]?)(\d\d)\2(\d\d)[-_ .T]{0,3}(?:at )?(\d\d)([-_.:hH]?)(\d\d)(?:\6(\d\d))?(?!\d)/i;
/** The clocks of the world differ from UTC by -12 to +14 hours. */
const FARTHEST_MS = 15 * 3_600_000;

/** @returns null when the name has no date, or one that there is not */
export function dateInName(name: string, timeZone: string): number | null {
  const match = DATED.exec(name.slice(0, name.lastIndexOf('.')));
  if (!match) return null;
  const [, year = '', , month, day, hour, , minute, second = '0'] = match;
  const fullYear = Number(year) + (year.length === 2 ? 2000 : 0);
  const wall = [
    fullYear,
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ] as const;
  const asUtcMs = Date.UTC(...wall);
  const read = new Date(asUtcMs);
  const isReal =
    read.getUTCMonth() === wall[1] &&
    read.getUTCDate() === wall[2] &&
    wall[3] < 24 &&
    wall[4] < 60 &&
    wall[5] < 60;
  return isReal ? instantAt(asUtcMs, timeZone) : null;
}

/**
 * When the wall showed this time. In the hour that comes twice it is the earlier of the two, and in the hour that clocks
 * leave out the time that it would have been.
 */
function instantAt(wallMs: number, timeZone: string): number {
  const offsets = [wallMs - FARTHEST_MS, wallMs, wallMs + FARTHEST_MS].map((ms) => offsetMs(ms, timeZone));
  const exact = offsets
    .map((offset) => wallMs - offset)
    .filter((ms) => ms + offsetMs(ms, timeZone) === wallMs);
  return exact.length > 0 ? Math.min(...exact) : wallMs - (offsets[0] ?? 0);
}

/** How far the wall is ahead of UTC at an instant. */
function offsetMs(instantMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instantMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(instantMs / 1000) * 1000;
}
