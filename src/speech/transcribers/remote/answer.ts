/** Reads a 2xx answer. What is broken or lacks a field is no answer: an outage must never look like silence. */

import type { z } from 'zod';
import type { Endpoint } from '../../../providers/http/endpoint.ts';
import type { Reply } from '../../../providers/http/exchange.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import type { Segment, Word } from '../../transcriber.ts';

/** Errors name the field and never its content: that may be what somebody said. */
export function readAnswer<T>(reply: Reply, schema: z.ZodType<T>, endpoint: Endpoint): T {
  let json: unknown;
  try {
    json = JSON.parse(reply.body);
  } catch {
    throw new ProviderError('upstream', `${endpoint.name} answered ${reply.status} with broken JSON`);
  }
  const answer = schema.safeParse(json);
  if (answer.success) return answer.data;
  const field = answer.error.issues[0]?.path.join('.') || 'everything';
  throw new ProviderError('upstream', `${endpoint.name} gave an answer without a valid ${field}`);
}

/** In the seconds that providers count. */
export interface TimedText {
  start: number;
  end: number;
  text: string;
  speaker: string | null;
  words?: readonly TimedWord[] | undefined;
}

/** What a provider has told about a piece. */
export interface Said {
  segments: Segment[];
  language?: string | undefined;
  /** What was taken out of it. */
  guards?: readonly string[] | undefined;
}

export interface TimedWord {
  start: number;
  end: number;
  text: string;
}

/** Models round, pad to 30 s and now and then run backwards; a segment outside its piece would land in another one's time. */
export function toSegments(stretches: readonly TimedText[], durationMs: number): Segment[] {
  return stretches.flatMap(({ start, end, text, speaker, words = [] }) => {
    const said = text.trim();
    if (said === '') return [];
    const startMs = within(start * 1000, 0, durationMs);
    const endMs = within(end * 1000, startMs, durationMs);
    const timed = words.flatMap((word) => toWord(word, startMs, endMs));
    return [{ startMs, endMs, text: said, speaker, ...(timed.length > 0 ? { words: timed } : {}) }];
  });
}

function toWord({ start, end, text }: TimedWord, fromMs: number, toMs: number): Word[] {
  const startMs = within(start * 1000, fromMs, toMs);
  return text.trim() === '' ? [] : [{ startMs, endMs: within(end * 1000, startMs, toMs), text: text.trim() }];
}

/** A text without stretches of its own reaches from its first word to its last. */
export function oneSegment(text: string, words: readonly TimedWord[], durationMs: number): Segment[] {
  const first = words[0];
  const last = words.at(-1);
  if (!first || !last) return wholePiece(text, durationMs);
  return toSegments([{ start: first.start, end: last.end, text, speaker: null, words }], durationMs);
}

/** Words without times of their own were said somewhere in the piece, so they get all of it. */
export function wholePiece(text: string, durationMs: number): Segment[] {
  return toSegments([{ start: 0, end: durationMs / 1000, text, speaker: null }], durationMs);
}

function within(value: number, least: number, most: number): number {
  return Math.round(Math.min(Math.max(value, least), most));
}
