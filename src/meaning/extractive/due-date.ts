import { daysLater, instantOf, utcOf, type WallClock, wallClockOf } from '../wall-clock.ts';
import { calendarDayIn } from './calendar-day.ts';
import { awakeHour, clockTimeIn, type Found, hourOfPart, partOfDayIn } from './clock-time.ts';
import { countSaid, smallNumber } from './spoken-numbers.ts';

export interface DueDate {
  dueAtMs: number;
  dueText: string;
}

const hourMs = 3_600_000;

/** Matches times counted from now, with "in" and "within". "For two hours" is a duration, "in a minute" an idiom. */
const elapsed = new RegExp(
  `\\b(?:in|within)(?: the next)? (?:(?<half>half an hour)|(?<hours>${smallNumber})(?<more> and a half)? hours?(?<rest> and a half)?(?: and (?<extra>${smallNumber}) minutes?)?|(?<minutes>${smallNumber}) minutes?)\\b`,
  'iu',
);

/** Finds when something is due that was said at that instant in that time zone; never earlier than it was said. */
export function dueDateIn(text: string, saidAtMs: number, timeZone: string): DueDate | null {
  const after = afterElapsed(text, saidAtMs);
  if (after) return after;
  const now = wallClockOf(saidAtMs, timeZone);
  const day = calendarDayIn(text, now);
  const clock = clockTimeIn(text);
  const part = partOfDayIn(text);
  const found = [day, clock, part].filter((each) => each !== null);
  if (found.length === 0) return null;

  const date = day ?? now;
  let at: WallClock = { year: date.year, month: date.month, day: date.day, hour: 23, minute: 59 };
  if (clock) at = { ...at, hour: awakeHour(clock, text), minute: clock.minute };
  else if (part) at = { ...at, hour: hourOfPart[part.part], minute: 0 };
  else if (
    /\b(?:eod|cob|end of (?:the )?(?:business )?day|end of today|(?:end|close) of business)\b/i.test(text)
  )
    at = { ...at, hour: 18, minute: 0 };

  if (day && !clock && !part && /\bbefore\b/i.test(text.slice(Math.max(0, day.from - 8), day.from + 7))) {
    const eve = daysLater(at, -1);
    if (utcOf(eve) > utcOf(now)) at = eve;
  }

  if (utcOf(at) <= utcOf(now)) {
    const later = { ...at, hour: at.hour + 12 };
    const fixed = day !== null || part?.today === true;
    if (clock?.ambiguous && at.hour < 10 && utcOf(later) > utcOf(now) && part?.part !== 'morning') at = later;
    else if (!fixed) at = daysLater(at, 1);
    else if (!clock) at = { ...at, hour: 23, minute: 59 };
    else return null;
  }
  const dueAtMs = instantOf(at, timeZone);
  return dueAtMs > saidAtMs ? { dueAtMs, dueText: asSaid(text, found) } : null;
}

function afterElapsed(text: string, saidAtMs: number): DueDate | null {
  const match = elapsed.exec(text);
  if (!match) return null;
  const { half, hours, more, rest, extra, minutes } = match.groups ?? {};
  if (minutes !== undefined && countSaid(minutes) < 5) return null;
  const total = half
    ? 0.5
    : minutes !== undefined
      ? countSaid(minutes) / 60
      : countSaid(hours ?? '') + ((more ?? rest) ? 0.5 : 0) + (extra ? countSaid(extra) / 60 : 0);
  return total > 0 ? { dueAtMs: saidAtMs + Math.round(total * hourMs), dueText: match[0] } : null;
}

/** Quotes the time as it was said: one unbroken part or, if day and hour are far apart, the words that name the day. */
function asSaid(text: string, found: readonly Found[]): string {
  const sorted = [...found].sort((a, b) => a.from - b.from);
  let stretch: Found | null = null;
  for (const each of sorted) {
    if (!stretch) stretch = { from: each.from, to: each.to };
    else if (each.from - stretch.to <= 12)
      stretch = { from: stretch.from, to: Math.max(stretch.to, each.to) };
  }
  return stretch ? text.slice(stretch.from, stretch.to).replace(/[\s,;:!?–—-]+$/u, '') : '';
}
