/** From a model's answer to what we vouch for: places that exist, times that can be, lengths within bounds. */
import { emojis } from '../extractive/category.ts';
import { longestTitle } from '../extractive/title.ts';
import type {
  ActionItem,
  Category,
  Folder,
  FolderChoice,
  SpokenEvent,
  SpokenSegment,
  Understanding,
} from '../understanding.ts';
import { instantOf, knownTimeZone, utcOf, type WallClock } from '../wall-clock.ts';
import type { ActionItemsAnswer, StructureAnswer } from './answers.ts';
import { line, oneEmoji, paragraph } from './bounds.ts';
import type { Aliases } from './parts.ts';

const MOST = { keyPoints: 10, sections: 12, events: 20, actionItems: 100, segmentIds: 200 };
const LONGEST = { overview: 1500, sentence: 300, heading: 80, body: 4000, dueText: 80 };
const DEFAULT_MINUTES = 30;
const LONGEST_MINUTES = 7 * 24 * 60;

export interface Place {
  aliases: Aliases;
  timeZone: string;
}

type Structure = Pick<
  Understanding,
  'title' | 'overview' | 'emoji' | 'category' | 'keyPoints' | 'sections' | 'events'
>;

export function readStructure(answer: StructureAnswer, place: Place): Structure {
  const keyPoints = answer.keyPoints.flatMap(({ text, segmentId }) => {
    const segment = place.aliases.get(segmentId);
    const said = line(text, LONGEST.sentence);
    return segment && said ? [{ text: said, segmentId: segment.id }] : [];
  });
  const sections = answer.sections.flatMap(({ heading, body, segmentIds }) => {
    const section = { heading: line(heading, LONGEST.heading), body: paragraph(body, LONGEST.body) };
    const ids = [...new Set(segmentIds)].flatMap((alias) => place.aliases.get(alias)?.id ?? []);
    // A section that rests on nothing that was said is made up.
    return section.body && ids.length > 0 ? [{ ...section, segmentIds: ids.slice(0, MOST.segmentIds) }] : [];
  });
  return {
    title: line(answer.title, longestTitle),
    overview: paragraph(answer.overview, LONGEST.overview),
    emoji: oneEmoji(answer.emoji) ?? emojis[answer.category],
    category: answer.category,
    keyPoints: keyPoints.slice(0, MOST.keyPoints),
    sections: sections.slice(0, MOST.sections),
    events: readEvents(answer, place).slice(0, MOST.events),
  };
}

function readEvents({ events }: StructureAnswer, { aliases, timeZone }: Place): SpokenEvent[] {
  return events.flatMap(({ title, description, startsAt, minutes, segmentId }) => {
    const segment = aliases.get(segmentId);
    const name = line(title, LONGEST.heading);
    const startsAtMs = segment && instantSaid(startsAt, segment.startedAtMs, knownTimeZone(timeZone));
    if (!segment || !startsAtMs || !name) return [];
    const isLength = minutes >= 1 && minutes <= LONGEST_MINUTES;
    return [
      {
        title: name,
        description: line(description, LONGEST.sentence),
        startsAtMs,
        minutes: isLength ? Math.round(minutes) : DEFAULT_MINUTES,
        segmentId: segment.id,
      },
    ];
  });
}

/** Of all parts, in order. Two parts may tell of the same thing, as people do; it is to be done once. */
export function readActionItems(answers: readonly ActionItemsAnswer[], place: Place): ActionItem[] {
  const items = new Map<string, ActionItem>();
  for (const { description, segmentId, ...due } of answers.flatMap(({ actionItems }) => actionItems)) {
    const segment = place.aliases.get(segmentId);
    const told = line(description, LONGEST.sentence);
    if (!segment || !told) continue;
    const key = told.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    const earlier = items.get(key);
    const item = { description: told, ...dueOf(due, segment, place.timeZone), segmentId: segment.id };
    // Said again with a date, it has one.
    if (!earlier || (earlier.dueAtMs === null && item.dueAtMs !== null)) items.set(key, item);
  }
  return [...items.values()].slice(0, MOST.actionItems);
}

function dueOf(
  { dueAt, dueText }: { dueAt: string | null; dueText: string | null },
  segment: SpokenSegment,
  timeZone: string,
): Pick<ActionItem, 'dueAtMs' | 'dueText'> {
  const dueAtMs = dueAt === null ? null : instantSaid(dueAt, segment.startedAtMs, knownTimeZone(timeZone));
  if (dueAtMs === null) return { dueAtMs: null, dueText: null };
  return { dueAtMs, dueText: dueText === null ? null : line(dueText, LONGEST.dueText) || null };
}

const SURE_FROM = 0.7;

/** What the model is not sure of goes by the category, and without a place for that into the first one. */
export function folderFor(
  folders: readonly [Folder, ...Folder[]],
  answer: { folder: string; confidence: number } | null,
  category: Category,
): FolderChoice {
  const chosen = folders.find(({ id }) => id === answer?.folder);
  if (chosen && answer && answer.confidence >= SURE_FROM) {
    return { id: chosen.id, confidence: Math.min(1, answer.confidence) };
  }
  const fitting = folders.find(({ categories }) => categories.includes(category)) ?? folders[0];
  return { id: fitting.id, confidence: null };
}

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
