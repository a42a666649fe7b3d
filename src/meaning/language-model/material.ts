/** What a model gets to read: one JSON object a line between two marks, so that speech cannot look like anything else. */

import type { ConversationToUnderstand, SpokenSegment } from '../understanding.ts';
import { knownTimeZone, type WallClock, wallClockOf, weekdayOf } from '../wall-clock.ts';

export type MaterialMark = 'transcript' | 'notes' | 'folders';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Of a conversation: what every call is told about it. */
export function circumstances(conversation: ConversationToUnderstand): string {
  const timeZone = knownTimeZone(conversation.timeZone);
  const from = wallClockOf(conversation.startedAtMs, timeZone);
  const to = wallClockOf(conversation.endedAtMs, timeZone);
  // Tags come from outside as well.
  const languages = (conversation.languages ?? []).filter((tag) => /^[A-Za-z\d-]{2,35}$/.test(tag));
  const { vocabulary = [] } = conversation;
  return [
    `Recorded from ${WEEKDAYS[weekdayOf(from)]} ${dayOf(from)} ${timeOf(from)}`,
    `to ${WEEKDAYS[weekdayOf(to)]} ${dayOf(to)} ${timeOf(to)}, local time (${timeZone}).`,
    ...(languages.length > 0 ? [`Languages: ${languages.join(', ')}.`] : []),
    ...(vocabulary.length > 0 ? [`Spellings of its owner: ${jsonLine(vocabulary)}.`] : []),
  ].join(' ');
}

export function block(mark: MaterialMark, lines: readonly string[]): string {
  return [`<${mark}>`, ...lines, `</${mark}>`].join('\n');
}

/** No `<` comes out of it, so nobody can speak a mark; and no character that somebody takes for the end of a line. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) =>
    character === '<' ? '\\u003c' : `\\u${character.charCodeAt(0).toString(16)}`,
  );
}

/**
 * @param alias what the segment is called in this conversation's calls: UUIDs cost tokens and invite slips
 * @param toldAt the minute that the line before has told: told again, it would take a quarter of the tokens of short lines
 */
export function segmentLine(
  segment: SpokenSegment,
  alias: string,
  timeZone: string,
  toldAt: string | null = null,
): string {
  const at = minuteOf(segment, timeZone);
  return jsonLine({
    id: alias,
    ...(at === toldAt ? {} : { at }),
    ...(segment.speaker === null ? {} : { speaker: segment.speaker }),
    text: segment.text,
  });
}

/** The local time of a segment, as its line tells it. */
export function minuteOf({ startedAtMs }: SpokenSegment, timeZone: string): string {
  const at = wallClockOf(startedAtMs, timeZone);
  return `${dayOf(at)}T${timeOf(at)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
const dayOf = ({ year, month, day }: WallClock): string => `${year}-${two(month)}-${two(day)}`;
const timeOf = ({ hour, minute }: WallClock): string => `${two(hour)}:${two(minute)}`;
