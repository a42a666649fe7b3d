/** What AssemblyAI is asked for, and how it answers. */
import { z } from 'zod';
import { Refusal } from './dialect.ts';
import { nothingHeard, type TranscriptPart, type TranscriptWord, transcriptOf } from './transcript.ts';

const MODELS = ['universal-3-5-pro', 'universal-3-pro', 'universal-2'];
const LONGEST_KEYTERM = 6;
const SHORTEST_SECONDS = 0.16;

/** By the letter: a field with another name would be taken for one that was left out. */
const Order = z
  .strictObject({
    audio_url: z.url(),
    speech_models: z.array(z.string()).min(1),
    speaker_labels: z.boolean().optional(),
    punctuate: z.boolean().optional(),
    format_text: z.boolean().optional(),
    language_code: z
      .string()
      .regex(/^[a-z]{2,3}(_[a-z]{2})?$/)
      .optional(),
    language_detection: z.boolean().optional(),
    keyterms_prompt: z.array(z.string()).max(1000).optional(),
  })
  .refine((order) => !(order.language_code && order.language_detection));

export type Order = z.infer<typeof Order>;

export function orderIn(body: Buffer): Order {
  const parsed = Order.safeParse(json(body));
  const refuse = (message: string) => new Refusal(400, 'invalid_request', message);
  if (!parsed.success) throw refuse('Invalid endpoint schema, please refer to documentation for examples.');
  const { speech_models, keyterms_prompt = [] } = parsed.data;
  const unknown = speech_models.find((model) => !MODELS.includes(model));
  if (unknown !== undefined) throw refuse(`"speech_models" contains an unknown model: ${unknown}`);
  if (keyterms_prompt.some((term) => term.split(' ').length > LONGEST_KEYTERM))
    throw refuse(`keyterms_prompt phrases may have ${LONGEST_KEYTERM} words at most`);
  return parsed.data;
}

interface Ordered {
  id: string;
  order: Order;
  sha256: string;
  seconds: number | null;
  state: 'queued' | 'processing' | 'done' | 'deleted';
}

/** Without what was said. */
export function statusOf({ id, order, state }: Ordered): object {
  const { audio_url, ...settings } = order;
  if (state !== 'deleted') return { id, status: state, audio_url, ...settings };
  return {
    id,
    status: 'completed',
    audio_url: 'http://deleted_by_user',
    text: 'Deleted by user.',
    words: null,
  };
}

export function transcriptFor(job: Ordered, isEmpty = false): object {
  const { sha256, seconds, order } = job;
  const failed = (error: string) => ({ ...statusOf(job), status: 'error', text: null, error });
  if (seconds === null) return failed('Transcoding failed. File does not appear to contain audio.');
  if (seconds < SHORTEST_SECONDS) return failed('Audio duration is too short.');
  if (isEmpty && order.language_detection)
    return failed('language_detection cannot be performed on files with no spoken audio.');
  const { text, parts } = (isEmpty ? nothingHeard : transcriptOf)(sha256, seconds);
  const wordsOf = (part: TranscriptPart) =>
    part.words.map((word) => wireWord(word, order.speaker_labels ? part.speaker : null));
  return {
    ...statusOf(job),
    status: 'completed',
    text,
    words: parts.flatMap(wordsOf),
    utterances: order.speaker_labels ? parts.map((part) => utterance(part, wordsOf(part))) : null,
    confidence: 0.98,
    audio_duration: Math.ceil(seconds),
    language_code: order.language_code ?? 'en_us',
    speech_model_used: order.speech_models[0],
    error: null,
  };
}

function utterance({ start, end, text, speaker }: TranscriptPart, words: unknown[]): object {
  return { ...inMs({ start, end }), text, speaker: letterOf(speaker), confidence: 0.98, words };
}

function wireWord({ text, start, end }: TranscriptWord, speaker: number | null): object {
  const letter = speaker === null ? null : letterOf(speaker);
  return { ...inMs({ start, end }), text, confidence: 0.99, speaker: letter };
}

function inMs({ start, end }: { start: number; end: number }): { start: number; end: number } {
  return { start: Math.round(start * 1000), end: Math.round(end * 1000) };
}

function letterOf(speaker: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + speaker);
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
