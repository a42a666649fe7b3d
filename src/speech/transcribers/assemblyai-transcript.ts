/** What a transcript of AssemblyAI's says: that it is not ready, what was spoken, or why there is none. */

import { z } from 'zod';
import type { Endpoint } from '../../providers/http/endpoint.ts';
import { gist } from '../../providers/http/refusal.ts';
import { ProviderError, type ProviderErrorCode } from '../../providers/provider-error.ts';
import { toLanguageTag } from './assemblyai-languages.ts';
import { oneSegment, type Said, type TimedWord, toSegments } from './remote/answer.ts';

/** In milliseconds. */
const Timed = z.object({ start: z.number(), end: z.number(), text: z.string() });
const Words = z.array(Timed).nullish().catch(null);

export const TranscriptAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['queued', 'processing']) }),
  z.object({ status: z.literal('error'), error: z.string() }),
  z.object({
    status: z.literal('completed'),
    text: z.string().nullable(),
    words: Words,
    utterances: z.array(Timed.extend({ speaker: z.string().nullish(), words: Words })).nullish(),
    language_code: z.string().nullish().catch(null),
  }),
]);

export type Done = Extract<z.infer<typeof TranscriptAnswer>, { status: 'completed' | 'error' }>;

/** There was too little to make words of. */
const NO_WORDS = /no spoken audio|audio duration is too short/i;
const NO_AUDIO = /does not appear to contain audio|transcoding failed/i;
/** The one that it detected is known to none of the models asked for: to another provider it may be. */
const LANGUAGE = /\blanguages?\b/i;

/** @throws ProviderError when there is no transcript, and why */
export function saidIn(done: Done, durationMs: number, endpoint: Endpoint): Said {
  if (done.status === 'error') {
    if (NO_WORDS.test(done.error)) return { segments: [] };
    const reason = gist(done.error);
    const why = reason === '' ? '' : `: ${reason}`;
    throw new ProviderError(kindOf(done.error), `${endpoint.name} gave up on it${why}`);
  }
  const { text, words, utterances, language_code } = done;
  const timed = toSegments(
    (utterances ?? []).map((utterance) => ({
      ...inSeconds(utterance),
      speaker: speakerOf(utterance.speaker),
      words: utterance.words?.map(inSeconds),
    })),
    durationMs,
  );
  return {
    // A transcript whose utterances are missing was said all the same.
    segments: timed.length > 0 ? timed : oneSegment(text ?? '', (words ?? []).map(inSeconds), durationMs),
    language: language_code ? toLanguageTag(language_code) : undefined,
  };
}

function kindOf(error: string): ProviderErrorCode {
  if (NO_AUDIO.test(error)) return 'invalid_input';
  return LANGUAGE.test(error) ? 'configuration' : 'upstream';
}

function inSeconds({ start, end, text }: z.infer<typeof Timed>): TimedWord {
  return { start: start / 1000, end: end / 1000, text };
}

/** `A` is the first voice. */
function speakerOf(letter: string | null | undefined): string | null {
  if (!letter || !/^[A-Z]$/.test(letter)) return null;
  return `SPEAKER_${String(letter.charCodeAt(0) - 'A'.charCodeAt(0)).padStart(2, '0')}`;
}
