import { readFileSync } from 'node:fs';
import type { ConversationToUnderstand, SpokenSegment } from '../../src/meaning/understanding.ts';

/** A Wednesday, 10:00 in New York. */
export const wednesday = Date.parse('2026-03-18T14:00:00Z');

export function spoken(lines: readonly string[], startedAtMs = wednesday): SpokenSegment[] {
  return lines.map((text, index) => ({
    id: `s${index}`,
    text,
    startedAtMs: startedAtMs + index * 5_000,
    endedAtMs: startedAtMs + index * 5_000 + 3_500,
    speaker: null,
  }));
}

export function conversation(
  segments: SpokenSegment[],
  more: Partial<ConversationToUnderstand> = {},
): ConversationToUnderstand {
  return {
    segments,
    startedAtMs: segments[0]?.startedAtMs ?? wednesday,
    endedAtMs: segments.at(-1)?.endedAtMs ?? wednesday,
    timeZone: 'America/New_York',
    ...more,
  };
}

interface Truth {
  conversations: { name: string; utterances: { start: number; end: number; text: string }[] }[];
}

export function sampleDay(): { name: string; segments: SpokenSegment[] }[] {
  const truth: Truth = JSON.parse(
    readFileSync(new URL('../../samples/day/truth.json', import.meta.url), 'utf8'),
  );
  return truth.conversations.map(({ name, utterances }) => ({
    name,
    segments: utterances.map((utterance, index) => ({
      id: `${name}${index}`,
      text: utterance.text,
      startedAtMs: utterance.start * 1000,
      endedAtMs: utterance.end * 1000,
      speaker: null,
    })),
  }));
}

export const spacedWords = (text: string): string =>
  ` ${text.normalize('NFC').replace(/\s+/gu, ' ').trim()} `;
