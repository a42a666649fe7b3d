import { parse } from 'chrono-node';
import { daysLater, utcOf, type WallClock, weekdayOf } from '../wall-clock.ts';
import type { Found } from './clock-time.ts';
import { type Day, namedDaysIn } from './named-days.ts';
import { countSaid, ordinal, ordinalValueOf, smallNumber } from './spoken-numbers.ts';

export interface CalendarDay extends Day, Found {}

interface Reading extends CalendarDay {
  /** How likely these words say when something is due, and not what it is about. */
  weight: number;
  /** The words name the end of a day: without a day, that of today. */
  ofDay?: boolean;
}

const weekday = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const month =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)';

/**
 * Accepts those of chrono's findings that are days. It also reads "the sun", "sat down", "march on", "now", "the second",
 * "24/7" and bare durations as dates; a list of what is one is shorter than the list of what is not.
 */
const isDay = new RegExp(
  `\\b${weekday}\\b|\\b(?:today|tomorrow)\\b|day after tomorrow|^${month}\\.? (?:the )?\\d|\\d(?:st|nd|rd|th)?(?: of)? ${month}\\b|^\\p{L}+(?:[ -]\\p{L}+)? of ${month}\\b|^${month} \\p{L}+(?:st|nd|rd|th|first|second|third)\\b|^\\d{4}-\\d\\d-\\d\\d$|^in .*(?:days?|weeks?|months?)$|^within .*(?:days?|weeks?|months?)$|^(?:this )?weekend$`,
  'iu',
);
const isMonthAlone = new RegExp(`^${month}$`, 'iu');
const isShortDay = /^(?:on )?(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)$/u;
/** Matches words before a time that is past, repeated, or only the time from which something may be done. */
const looksBack = /\b(?:last|past|since|every|each|previous|ago|most|many|was|were|(?<!day )after)\s+$/iu;
const leadsToDue = /\b(?:by|before|until|till|due(?: on)?|no later than|not later than|latest)\s+$/iu;
const endOfDay = '(?:end of (?:the )?(?:business )?day|close of business|eod|cob|midnight)';
/** "End of day Thursday", "Friday, end of day": the hour belongs to the day beside it and names none itself. */
const besideADay = /^,?\s*(?:(?:on|of|this|next) )?$/iu;

const period = new RegExp(
  `\\b(?:(?<part>(?:early|mid|late|(?:(?:the )?(?:beginning|start|middle|end) of))(?: |-)(?:next |this )?${month}(?![\\p{L}]))|(?<ordinal>(?:the )?(?:first|second|third|fourth|last) ${weekday} (?:of|in) (?:${month}|next month|the month|this month)(?![\\p{L}]))|(?<end>${endOfDay}|(?:the )?end of the (?:week|month) after next|(?:the )?last day of (?:the |this |next )?(?:month|year)|end of (?:the |this |next )?(?:week|month|quarter|year)|end of (?:today|business))|(?<span>the (?:week|month) after next|(?:this|next|in the next|later this) (?:week|month|quarter))|(?<nth>(?:on|by|before|until) the ${ordinal}(?=\\s*(?:$|[,.;:!?)])|\\s(?:at|and|or|so|then|but|because|if|please|in the|for|with)\\b))|(?<from>(?:a|one|two|three) (?:weeks?|fortnight) (?:from |on |(?=to))(?:today|tomorrow|next ${weekday}|${weekday})|(?:on |by |before |next )?${weekday} week)|(?<after>${smallNumber} (?:days?|weeks?) from (?:now|today)|in (?:a|one) fortnight(?:['’]s time)?|in ${smallNumber} (?:weeks?|days?)['’]s? time))\\b`,
  'giu',
);

/** Finds the day by which something said at `now` is due, or null: never in the past or more than two years away. */
export function calendarDayIn(text: string, now: WallClock): CalendarDay | null {
  const said = daysIn(text, now);
  const periods = periodsIn(text, now);
  const beside = (hour: Reading) =>
    [...said, ...periods.filter((each) => !each.ofDay)].some(
      (day) =>
        (day.from <= hour.from && hour.to <= day.to) ||
        (hour.to <= day.from && besideADay.test(text.slice(hour.to, day.from))) ||
        (day.to <= hour.from && besideADay.test(text.slice(day.to, hour.from))),
    );
  const readings = [...periods.filter((each) => !(each.ofDay && beside(each))), ...said]
    .map((reading) => ({
      ...reading,
      ahead: (utcOf({ ...reading, hour: 0, minute: 0 }) - utcOf({ ...now, hour: 0, minute: 0 })) / 86_400_000,
    }))
    .filter(
      (reading) => reading.ahead >= 0 && reading.ahead <= 731 && !looksBack.test(text.slice(0, reading.from)),
    );
  readings.sort((a, b) => b.weight - a.weight || a.from - b.from);
  return readings[0] ?? null;
}

function daysIn(text: string, now: WallClock): Reading[] {
  const named = namedDaysIn(text, now).map((day) => ({
    ...day,
    weight: weightOf(text.slice(0, day.from), text.slice(day.to)),
  }));
  const inside = (day: Found) => named.some(({ from, to }) => day.from < to && from < day.to);
  return [...named, ...plainDaysIn(text, now).filter((day) => !inside(day))];
}

const weightOf = (before: string, after: string): number =>
  leadsToDue.test(before) ? 3 : /\bfrom\s+$/i.test(before) || /^['’]s\b/.test(after) ? 1 : 2;

function plainDaysIn(text: string, now: WallClock): Reading[] {
  // Chrono calculates in the machine's zone. Noon of the speaker's day on the machine's clock keeps every sum inside whole days:
  // no zone changes its clocks at noon. The speaker's zone comes in again only when a wall clock becomes an instant.
  const noon = new Date(now.year, now.month - 1, now.day, 12);
  return parse(text, noon, { forwardDate: true }).flatMap((result): Reading[] => {
    const said = result.text;
    const before = text.slice(0, result.index);
    const after = text.slice(result.index + said.length);
    if (!isDaySaid(said, before, after)) return [];
    const found = {
      year: result.start.get('year') ?? now.year,
      month: result.start.get('month') ?? now.month,
      day: result.start.get('day') ?? now.day,
    };
    const place = { from: result.index, to: result.index + said.length };
    const weight = weightOf(before, after);
    if (isMonthAlone.test(said) && /\b(?:by|before|until)\s+$/i.test(before)) {
      // "By June" is before June has begun.
      return [{ ...daysLater({ ...now, ...found, day: 1 }, -1), ...place, weight }];
    }
    if (isMonthAlone.test(said)) return [{ ...found, day: lastDayOf(found), ...place, weight }];
    // "On Friday" said on a Friday is next week's; this week's is called today.
    const sameDay = found.year === now.year && found.month === now.month && found.day === now.day;
    const onlyWeekday = result.start.isCertain('weekday') && !result.start.isCertain('day');
    if (sameDay && onlyWeekday && !/\bthis\b/i.test(said))
      return [{ ...daysLater({ ...now, ...found }, 7), ...place, weight }];
    return [{ ...found, ...place, weight }];
  });
}

function isDaySaid(said: string, before: string, after: string): boolean {
  if (/\b(?:last|past|ago|every)\b/i.test(said)) return false;
  if (isMonthAlone.test(said))
    return (
      /\b(?:in|by|until|before|this|next)\s+$/i.test(before) && /^\p{Lu}/u.test(said) && !/^['’]/.test(after)
    );
  if (isShortDay.test(said)) return /^on /i.test(said) || /\b(?:by|next|this|until|before)\s+$/i.test(before);
  return isDay.test(said);
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);
const isEndOfDay = new RegExp(`^${endOfDay}$`, 'iu');
const startOfWeeks = new RegExp(`today|tomorrow|next ${weekday}|${weekday}`, 'iu');

/** "Early April" ends after ten days, "mid April" is its 15th. */
function partOf(said: string, now: WallClock): Day {
  const name = said.toLowerCase().match(/[\p{L}]+$/u)?.[0] ?? '';
  const number = months.findIndex((each) => each.startsWith(name.slice(0, 3))) + 1;
  const of = { year: now.year + (number < now.month ? 1 : 0), month: number };
  if (/beginning|start/i.test(said)) return { ...of, day: 1 };
  if (/early/i.test(said)) return { ...of, day: 10 };
  if (/mid/i.test(said)) return { ...of, day: 15 };
  return { ...of, day: lastDayOf(of) };
}

function periodsIn(text: string, now: WallClock): Reading[] {
  return [...text.matchAll(period)].flatMap((match): Reading[] => {
    const { part, ordinal: nthWeekday, end, span, nth, from, after } = match.groups ?? {};
    const place = { from: match.index, to: match.index + match[0].length };
    if (nthWeekday !== undefined) {
      const at = nthWeekdayOf(nthWeekday, now);
      return at ? [{ ...at, ...place, weight: 3 }] : [];
    }
    if (part !== undefined) return [{ ...partOf(part, now), ...place, weight: 3 }];
    const day =
      end !== undefined || span !== undefined
        ? periodEnd(match[0], now)
        : nth !== undefined
          ? nthOfMonth(nth, now)
          : null;
    const ofDay = end !== undefined && isEndOfDay.test(end);
    // "Midnight" is an hour like another where nothing says that it is a limit.
    if (ofDay && /^midnight$/i.test(match[0]) && !leadsToDue.test(text.slice(0, match.index))) return [];
    if (day) return [{ ...day, ...place, weight: end === undefined ? 2 : 3, ofDay }];
    if (after !== undefined) {
      const count = /fortnight/i.test(after)
        ? 2
        : countSaid(after.replace(/^in | (?:days?|weeks?)\b.*$/gi, ''));
      const days = count * (/week|fortnight/i.test(after) ? 7 : 1);
      return [{ ...daysLater(now, days), ...place, weight: 3 }];
    }
    if (from === undefined) return [];
    const start = calendarDayIn(from.match(startOfWeeks)?.[0] ?? '', now);
    const weeks = / week$/i.test(from)
      ? 1
      : /fortnight/i.test(from)
        ? 2
        : countSaid(from.split(' ')[0] ?? '');
    return start ? [{ ...daysLater({ ...now, ...start }, weeks * 7), ...place, weight: 4 }] : [];
  });
}

/** Finds the end of a period, that of its working days: a week ends on Friday, or on Sunday if said at the weekend. */
function periodEnd(said: string, now: WallClock): Pick<CalendarDay, 'year' | 'month' | 'day'> {
  const afterNext = /after next/i.test(said);
  const next = /\bnext\b/i.test(said);
  if (/week/i.test(said)) {
    const today = weekdayOf(now);
    const weekend = today === 0 || today === 6;
    if (afterNext) return daysLater(now, (today === 0 ? -2 : 5 - today) + 14);
    if (!next) return daysLater(now, weekend ? (7 - today) % 7 : 5 - today);
    return daysLater(now, (today === 0 ? -2 : 5 - today) + 7);
  }
  if (/month/i.test(said)) {
    const ended = monthsLater(now, afterNext ? 2 : next ? 1 : 0);
    return { ...ended, day: lastDayOf(ended) };
  }
  if (/quarter/i.test(said)) {
    const ended = monthsLater(now, 2 - ((now.month - 1) % 3) + (next ? 3 : 0));
    return { ...ended, day: lastDayOf(ended) };
  }
  if (/year/i.test(said)) return { year: now.year + (next ? 1 : 0), month: 12, day: 31 };
  return now;
}

const weekdays = 'sun mon tue wed thu fri sat'.split(' ');
const counts = 'first second third fourth'.split(' ');

/** Reads "the first Monday in April" and "the last Friday of the month" as the next one from today on. */
function nthWeekdayOf(said: string, now: WallClock): Day | null {
  const text = said.toLowerCase().replace(/^the /, '');
  const [count = '', dayName = ''] = text.split(' ');
  const name = text.match(/[\p{L}]+$/u)?.[0] ?? '';
  const wanted = weekdays.indexOf(dayName.slice(0, 3));
  const named = months.findIndex((each) => each.startsWith(name.slice(0, 3)) && name !== 'month') + 1;
  for (const yearsAhead of [0, 1]) {
    const of =
      named > 0
        ? { year: now.year + yearsAhead, month: named }
        : monthsLater(now, (/next month/.test(text) ? 1 : 0) + yearsAhead);
    const first = { ...of, day: 1, hour: 0, minute: 0 };
    const firstMatch = 1 + ((wanted - weekdayOf(first) + 7) % 7);
    const last = firstMatch + 7 * Math.floor((lastDayOf(of) - firstMatch) / 7);
    const day = { ...of, day: count === 'last' ? last : firstMatch + 7 * counts.indexOf(count) };
    if (utcOf({ ...day, hour: 0, minute: 0 }) >= utcOf({ ...now, hour: 0, minute: 0 })) return day;
  }
  return null;
}

function monthsLater(now: WallClock, months: number): { year: number; month: number } {
  const index = now.month - 1 + months;
  return { year: now.year + Math.floor(index / 12), month: (index % 12) + 1 };
}

function nthOfMonth(said: string, now: WallClock): Pick<CalendarDay, 'year' | 'month' | 'day'> | null {
  const day = ordinalValueOf(said.replace(/^.* the /i, ''));
  for (let ahead = day >= now.day ? 0 : 1; ahead < 13; ahead++) {
    const at = monthsLater(now, ahead);
    if (day >= 1 && day <= lastDayOf(at)) return { ...at, day };
  }
  return null;
}

function lastDayOf(at: { year: number; month: number }): number {
  return new Date(Date.UTC(at.year, at.month, 0)).getUTCDate();
}
