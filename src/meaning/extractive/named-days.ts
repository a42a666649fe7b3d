import { daysLater, utcOf, type WallClock, weekdayOf } from '../wall-clock.ts';
import type { Found } from './clock-time.ts';

/** A day of the calendar without a time. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

type DayOfYear = (year: number) => Day;

/** Computes Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, chapter 8). */
export function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const l = (32 + 2 * (b % 4) + 2 * i - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return { year, month: Math.floor(sum / 31), day: (sum % 31) + 1 };
}

const atMidnight = (day: Day): WallClock => ({ ...day, hour: 0, minute: 0 });
const fromEaster =
  (days: number): DayOfYear =>
  (year) =>
    daysLater(atMidnight(easterSunday(year)), days);
const fixed =
  (month: number, day: number): DayOfYear =>
  (year) => ({ year, month, day });
/** Computes the nth weekday of a month; weekday 0 is Sunday. `plus` days after it, for Black Friday. */
const nth =
  (month: number, weekday: number, count: number, plus = 0): DayOfYear =>
  (year) => {
    const first = atMidnight({ year, month, day: 1 });
    const ahead = (weekday - weekdayOf(first) + 7) % 7;
    return daysLater(first, ahead + 7 * (count - 1) + plus);
  };
const lastMonday =
  (month: number): DayOfYear =>
  (year) => {
    const last = atMidnight({ year, month, day: new Date(Date.UTC(year, month, 0)).getUTCDate() });
    return daysLater(last, -((weekdayOf(last) + 6) % 7));
  };

/** Longer names stand before the shorter ones that begin them: the first one that fits wins. */
const named: readonly [name: string, day: DayOfYear][] = [
  ['ash wednesday', fromEaster(-46)],
  ['shrove tuesday', fromEaster(-47)],
  ['pancake day', fromEaster(-47)],
  ['palm sunday', fromEaster(-7)],
  ['maundy thursday', fromEaster(-3)],
  ['good friday', fromEaster(-2)],
  ['holy saturday', fromEaster(-1)],
  ['easter (?:eve|saturday)', fromEaster(-1)],
  ['easter monday', fromEaster(1)],
  ['easter(?: sunday| day| weekend)?', fromEaster(0)],
  ['ascension day', fromEaster(39)],
  ['(?:whit|pentecost) monday', fromEaster(50)],
  ['(?:whit sunday|pentecost)', fromEaster(49)],
  ['corpus christi', fromEaster(60)],
  ["new year[’']?s eve", fixed(12, 31)],
  ["new year[’']?s(?: day)?", fixed(1, 1)],
  ['(?:epiphany|twelfth night)', fixed(1, 6)],
  ["valentine[’']?s(?: day)?", fixed(2, 14)],
  ["st\\.? patrick[’']?s day", fixed(3, 17)],
  ['memorial day', lastMonday(5)],
  ['juneteenth', fixed(6, 19)],
  ['independence day', fixed(7, 4)],
  ['labou?r day', nth(9, 1, 1)],
  ['halloween', fixed(10, 31)],
  ['bonfire night', fixed(11, 5)],
  ["veterans[’']? day", fixed(11, 11)],
  ['thanksgiving(?: day)?', nth(11, 4, 4)],
  ['black friday', nth(11, 4, 4, 1)],
  ['cyber monday', nth(11, 4, 4, 4)],
  ['christmas eve', fixed(12, 24)],
  ['(?:christmas|xmas)(?: day)?', fixed(12, 25)],
  ["(?:boxing|st\\.? stephen[’']?s) day", fixed(12, 26)],
];
const anyNamed = new RegExp(named.map(([name]) => `(?<![\\p{L}])(${name})(?![\\p{L}])`).join('|'), 'giu');

/** Finds feasts and public holidays of English speakers (the American Labor Day), each at its next date from `now` on. */
export function namedDaysIn(text: string, now: WallClock): (Day & Found)[] {
  return [...text.matchAll(anyNamed)].flatMap((match) => {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    const dayOf = named[index]?.[1];
    if (!dayOf) return [];
    const today = utcOf({ ...now, hour: 0, minute: 0 });
    const day = [now.year, now.year + 1].map(dayOf).find((each) => utcOf(atMidnight(each)) >= today);
    return day
      ? [
          {
            year: day.year,
            month: day.month,
            day: day.day,
            from: match.index,
            to: match.index + match[0].length,
          },
        ]
      : [];
  });
}
