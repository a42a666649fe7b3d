import { countSaid, hourWord } from './spoken-numbers.ts';

/** A part of the text, so that what was read can be shown as it was said. */
export interface Found {
  from: number;
  to: number;
}

export interface ClockTime extends Found {
  hour: number;
  minute: number;
  /** Set if the words do not say which half of the day. */
  ambiguous: boolean;
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening';

const hour = `(?:\\d{1,2}|${hourWord})`;
const spokenMinutes =
  '(?:oh (?:one|two|three|four|five|six|seven|eight|nine)|fifteen|twenty(?:[ -]five)?|thirty|forty(?:[ -]five)?|ten|fifty)';
const half = '(?<half>a\\.?m\\b\\.?|p\\.?m\\b\\.?)';

const clock = new RegExp(
  `(?:\\b(?<lead>at|by|before|until|till|around)\\s+(?:about\\s+|around\\s+)?)?\\b(?<hour>${hour})(?:[:.](?<minutes>[0-5]\\d)|\\s(?<spoken>${spokenMinutes}))?(?:\\s?${half}|\\s(?<oclock>o['’]?\\s?clock))?(?![\\p{L}\\p{N}%$€£])`,
  'giu',
);
const quarters = new RegExp(
  `(?:\\b(?:at|by|before|until|till|around)\\s+)?\\b(?<part>half past|(?:a )?quarter past|(?:a )?quarter to)\\s(?<hour>${hour})(?:\\s?${half})?\\b`,
  'giu',
);
const noon = /(?:\b(?:at|by|before|until|till|around)\s+)?\b(?:noon|midday)\b/giu;

/** Matches words that can follow a time of day, to leave out "at 5 percent", "by two points" and "at one place". */
const mayFollow =
  /^(?:\s*$|\s*[,.;:!?)–—-]|\s+(?:today|tonight|tomorrow|on|in the|this|next|sharp|latest|at|for|with|and|or|so|then|but|because|if|when|please|instead|okay|ok|right|the day|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b)/iu;

export function clockTimeIn(text: string): ClockTime | null {
  for (const match of text.matchAll(quarters)) {
    const groups = match.groups ?? {};
    const named = countSaid(groups.hour ?? '');
    if (named < 1 || named > 12) continue;
    const past = /past/i.test(groups.part ?? '');
    const total = named * 60 + (/half/i.test(groups.part ?? '') ? 30 : past ? 15 : -15);
    return timed(match, Math.floor(total / 60), total % 60, groups.half);
  }
  for (const match of text.matchAll(clock)) {
    const { lead, hour: named = '', minutes, spoken, half: said, oclock } = match.groups ?? {};
    const value = countSaid(named);
    const minute = minutes === undefined ? minuteOf(spoken) : Number(minutes);
    const exact =
      said !== undefined || oclock !== undefined || (match[0].includes(':') && minutes !== undefined);
    if (!exact && (lead === undefined || !mayFollow.test(text.slice(match.index + match[0].length))))
      continue;
    if (value > 23 || (said !== undefined && (value < 1 || value > 12))) continue;
    // "at 0" is a reading on a dial; midnight is written 00:00.
    if (value === 0 && minutes === undefined) continue;
    return timed(match, value, minute, said);
  }
  for (const match of text.matchAll(noon)) {
    return { from: match.index, to: match.index + match[0].length, hour: 12, minute: 0, ambiguous: false };
  }
  return null;
}

function timed(match: RegExpExecArray, hour: number, minute: number, half: string | undefined): ClockTime {
  const place = { from: match.index, to: match.index + match[0].trimEnd().length, minute };
  if (half === undefined) return { ...place, hour, ambiguous: hour >= 1 && hour <= 12 };
  return { ...place, hour: (hour % 12) + (/^p/i.test(half) ? 12 : 0), ambiguous: false };
}

function minuteOf(spoken: string | undefined): number {
  if (spoken === undefined) return 0;
  const words = spoken.toLowerCase().replace('-', ' ').split(' ');
  return words.reduce((sum, word) => sum + (word === 'oh' ? 0 : countSaid(word)), 0);
}

const parts =
  /\b(?<when>this|tomorrow|in the|(?:mon|tues|wednes|thurs|fri|satur|sun)day|by|first thing in the) (?<part>morning|afternoon|evening|night)\b|\b(?<tonight>tonight)\b|\b(?<early>first thing(?: in the morning)?)\b/iu;

export function partOfDayIn(text: string): (Found & { part: PartOfDay; today: boolean }) | null {
  const match = parts.exec(text);
  if (!match) return null;
  const { when = '', part = match.groups?.early ? 'morning' : 'evening', tonight } = match.groups ?? {};
  const named = part.toLowerCase();
  return {
    from: match.index,
    to: match.index + match[0].length,
    part: named === 'morning' || named === 'afternoon' ? named : 'evening',
    today: tonight !== undefined || /^this$/i.test(when),
  };
}

/** The hour that a part of the day means if no hour is said. */
export const hourOfPart: Record<PartOfDay, number> = { morning: 9, afternoon: 15, evening: 20 };

/**
 * People make plans for when they are awake, 7 to 21: "at 3" is 15:00 and "at 8" is 08:00,
 * unless the morning or the evening is named.
 */
export function awakeHour(time: ClockTime, text: string): number {
  if (!time.ambiguous) return time.hour;
  const hour = time.hour % 12;
  if (/\b(?:morning|breakfast|wake|sunrise|dawn)\b/i.test(text)) return time.hour === 12 ? 12 : hour;
  if (/\b(?:tonight|evening|night|dinner|supper|drinks|afternoon)\b/i.test(text)) return hour + 12;
  return hour < 7 ? hour + 12 : hour;
}
