import { z } from 'zod';
import { type Endpoint, endpointOf } from '../../providers/http/endpoint.ts';
import { post, type Reply } from '../../providers/http/exchange.ts';
import { refusal } from '../../providers/http/refusal.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { fittingTerms, knownAmong, type SpeechHints } from '../hints.ts';
import { MAX_PIECE_SECONDS } from '../splitting/cut.ts';
import type { Transcriber } from '../transcriber.ts';
import { readAnswer, type Said, toSegments, wholePiece } from './remote/answer.ts';
import { RemoteTranscriber, type Sendable, type ServerOptions } from './remote/remote-transcriber.ts';

export interface DeepgramOptions extends ServerOptions {
  apiKey: string;
  /** Without `/v1`. Default: Deepgram's own. */
  baseUrl?: string | undefined;
  /** Default: nova-3. */
  model?: string | undefined;
  /** BCP 47, or `multi`. Without it the language of each piece is detected. */
  language?: string | undefined;
}

/** What `detect_language` knows, as of November 2025. */
const DETECTED =
  'bg ca cs da de de-CH el en es et fi fr hi hu id it ja ko lt lv ms nl nl-BE no pl pt ro ru sk sv th tr uk vi zh'.split(
    ' ',
  );

const Timed = z.object({ start: z.number(), end: z.number() });
const Utterance = Timed.extend({
  transcript: z.string(),
  speaker: z.number().int().min(0).nullish(),
  words: z
    .array(Timed.extend({ word: z.string(), punctuated_word: z.string().nullish() }))
    .nullish()
    .catch(null),
});
const Answer = z.object({
  results: z.object({
    channels: z.tuple(
      [
        z.object({
          alternatives: z.tuple([z.object({ transcript: z.string() })], z.unknown()),
          detected_language: z.string().nullish().catch(null),
        }),
      ],
      z.unknown(),
    ),
    utterances: z.array(Utterance).nullish(),
  }),
});

/** Deepgram's pre-recorded API. Its speakers are told apart within a piece: SPEAKER_00 of the next may be another. */
export function createDeepgramTranscriber(options: DeepgramOptions): Transcriber {
  const { apiKey, model = 'nova-3', language, concurrency, deadlineMs } = options;
  if (apiKey.trim() === '') throw new ProviderError('configuration', 'Deepgram needs a key');
  const endpoint = endpointOf(options.baseUrl ?? 'https://api.deepgram.com', '/v1/listen', {
    scheme: 'Token',
    apiKey,
  });
  const address = (hints: SpeechHints = {}): Endpoint => {
    const url = new URL(endpoint.url);
    const terms = hints.keyterms ? fittingTerms(hints.keyterms) : (options.keyterms ?? []);
    const spoken = hints.languages
      ? toldLanguages(knownAmong(hints.languages, DETECTED))
      : toldLanguages(language ? [language] : []);
    for (const [name, value] of settings(model)) url.searchParams.set(name, value);
    for (const [name, value] of spoken) url.searchParams.append(name, value);
    for (const term of terms) url.searchParams.append('keyterm', term);
    return { ...endpoint, url };
  };

  const ask = async ({ wav, durationMs, hints }: Sendable, signal: AbortSignal): Promise<Said> => {
    const asked = address(hints);
    const request = { body: wav, headers: { 'content-type': 'audio/wav' } };
    return saidIn(await post(asked, request, signal), durationMs, asked);
  };

  return new RemoteTranscriber({
    provider: 'deepgram',
    model,
    capabilities: {
      words: true,
      speakers: true,
      longestPieceSeconds: MAX_PIECE_SECONDS,
      languages: language && language !== 'multi' ? [language] : DETECTED,
    },
    concurrency,
    deadlineMs,
    ask,
  });
}

/** One language is taken as given, and of several it finds out which is spoken. */
function toldLanguages(languages: readonly string[]): [string, string][] {
  const [only, ...others] = languages;
  if (only !== undefined && others.length === 0) return [['language', only]];
  return only === undefined
    ? [['detect_language', 'true']]
    : languages.map((language) => ['detect_language', language]);
}

function settings(model: string): [string, string][] {
  return [
    ['model', model],
    ['smart_format', 'true'],
    ['punctuate', 'true'],
    ['diarize', 'true'],
    ['utterances', 'true'],
  ];
}

function saidIn(reply: Reply, durationMs: number, endpoint: Endpoint): Said {
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, endpoint);
  const { channels, utterances } = readAnswer(reply, Answer, endpoint).results;
  const timed = toSegments(
    (utterances ?? []).map(({ start, end, transcript, speaker, words }) => ({
      start,
      end,
      text: transcript,
      speaker: typeof speaker === 'number' ? `SPEAKER_${String(speaker).padStart(2, '0')}` : null,
      words: words?.map(({ word, punctuated_word, ...times }) => ({
        ...times,
        text: punctuated_word ?? word,
      })),
    })),
    durationMs,
  );
  const [{ alternatives, detected_language }] = channels;
  return {
    // A transcript whose utterances are missing was said all the same.
    segments: timed.length > 0 ? timed : wholePiece(alternatives[0].transcript, durationMs),
    language: detected_language ?? undefined,
  };
}
