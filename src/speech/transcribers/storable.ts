/**
 * What a provider says, made fit to be stored. Pure; every adapter passes its answer through it.
 *
 * PostgreSQL refuses a NUL and half a surrogate pair: such an answer would be paid for, thrown away and asked for again.
 * A model that has lost itself writes without end, and one answer must not fill a conversation.
 */
import { cleanText } from '../../text.ts';
import type { Segment, Word } from '../transcriber.ts';

/** The fastest talkers reach 25 characters a second, and a number or an address is longer written than spoken. */
const CHARACTERS_PER_SECOND = 60;
/** A short exclamation may be dense, and a time stamp off by a second. */
const CHARACTERS_ALWAYS_ALLOWED = 200;
/** BCP 47 allows longer ones, which no provider tells. */
const LANGUAGE = /^[a-z]{2,8}(-[a-z0-9]{1,8}){0,5}$/i;
const LONGEST_SPEAKER = 60;

/** The guard that says so beside the answer. */
export const CUT_OFF = 'too_long';

interface Told {
  segments: readonly Segment[];
  language?: string | undefined;
}

interface Storable {
  segments: Segment[];
  language?: string | undefined;
  guards: string[];
}

/** The most that can be said in the time, in UTF-16 units. */
export function mostCharacters(durationMs: number): number {
  return Math.ceil((durationMs * CHARACTERS_PER_SECOND) / 1000) + CHARACTERS_ALWAYS_ALLOWED;
}

export function storable({ segments, language }: Told, durationMs: number): Storable {
  const most = mostCharacters(durationMs);
  let room = most;
  // Counted by themselves: a number may be one word in the text and three among the words.
  let roomForWords = most;
  let isCut = false;
  const kept: Segment[] = [];
  for (const segment of segments) {
    const said = cleanText(segment.text).trim();
    if (said === '') continue;
    const text = beginningOf(said, room);
    isCut ||= text.length < said.length;
    if (text === '') break;
    room -= text.length;
    const letters = isCut ? text.replace(/\s+/g, '').length : roomForWords;
    const words = wordsWithin(segment.words ?? [], Math.min(letters, roomForWords));
    roomForWords -= words.reduce((sum, word) => sum + word.text.length, 0);
    const { words: _, ...timed } = segment;
    const speaker = speakerOf(segment.speaker);
    kept.push({ ...timed, text, speaker, ...(words.length > 0 ? { words } : {}) });
    if (isCut) break;
  }
  const known = language !== undefined && LANGUAGE.test(language) ? { language } : {};
  return { segments: kept, ...known, guards: isCut ? [CUT_OFF] : [] };
}

function wordsWithin(words: readonly Word[], most: number): Word[] {
  const kept: Word[] = [];
  let room = most;
  for (const word of words) {
    const text = cleanText(word.text).trim();
    if (text === '') continue;
    room -= text.length;
    if (room < 0) break;
    kept.push({ ...word, text });
  }
  return kept;
}

function speakerOf(label: string | null): string | null {
  const clean = label === null ? '' : cleanText(label).trim();
  return clean === '' || clean.length > LONGEST_SPEAKER ? null : clean;
}

/** Cut between two words where there are two, and never inside a character. */
function beginningOf(text: string, room: number): string {
  if (text.length <= room) return text;
  const whole = text.slice(0, isLowSurrogate(text.charCodeAt(room)) ? room - 1 : room);
  const space = whole.lastIndexOf(' ');
  return (space > room / 2 ? whole.slice(0, space) : whole).trim();
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
