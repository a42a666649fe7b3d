import { z } from 'zod';
import { type Endpoint, endpointOf } from '../../providers/http/endpoint.ts';
import { post, type Reply } from '../../providers/http/exchange.ts';
import type { Form } from '../../providers/http/form.ts';
import { refusal, refusalText } from '../../providers/http/refusal.ts';
import { fittingTerms, knownAmong } from '../hints.ts';
import { MAX_PIECE_SECONDS, SHORTEST_PIECE_SECONDS } from '../splitting/cut.ts';
import type { Segment, Transcriber } from '../transcriber.ts';
import { LANGUAGES } from './assemblyai-languages.ts';
import { PROMPT_ECHO, withoutEcho } from './prompt-echo.ts';
import { oneSegment, readAnswer, type Said, toSegments } from './remote/answer.ts';
import { RemoteTranscriber, type Sendable, type ServerOptions } from './remote/remote-transcriber.ts';
import { mostCharacters } from './storable.ts';

export interface OpenAiOptions extends ServerOptions {
  /** Up to and with `/v1`. */
  baseUrl: string;
  /** A local server needs none. */
  apiKey?: string | undefined;
  model: string;
  /** ISO 639-1. Without it the model finds out by itself. */
  language?: string | undefined;
  /** Names and terms to listen for; told as the prompt, in which Whisper looks for spellings. */
  keyterms?: readonly string[] | undefined;
}

type Format = 'verbose_json' | 'json';

const Timed = z.object({ start: z.number(), end: z.number() });
/** Only the text is certain. Servers leave the others out, send null, or times of their own making: better none. */
const Answer = z.object({
  text: z.string(),
  segments: z
    .array(Timed.extend({ text: z.string() }))
    .nullish()
    .catch(null),
  words: z
    .array(Timed.extend({ word: z.string() }))
    .nullish()
    .catch(null),
});

/** OpenAI, Groq, Speaches, vLLM, a server next door: all that speak `/v1/audio/transcriptions`. */
export function createOpenAiTranscriber(options: OpenAiOptions): Transcriber {
  const { baseUrl, apiKey, model, language, keyterms = [], concurrency, deadlineMs } = options;
  const endpoint = endpointOf(baseUrl, '/audio/transcriptions', { scheme: 'Bearer', apiKey });
  let format: Format = 'verbose_json';

  const termsFor = ({ hints = {} }: Sendable) => (hints.keyterms ? fittingTerms(hints.keyterms) : keyterms);
  const send = (piece: Sendable, as: Format, signal: AbortSignal) => {
    const { wav, hints = {} } = piece;
    const told = {
      language: hints.languages ? onlyOf(knownAmong(hints.languages, LANGUAGES)) : language,
      keyterms: termsFor(piece),
    };
    return post(endpoint, { body: formOf(wav, { model, ...told, format: as }) }, signal);
  };

  const ask = async (piece: Sendable, signal: AbortSignal): Promise<Said> => {
    let reply = await send(piece, format, signal);
    if (refusesVerbose(reply)) {
      // The gpt-4o family gives no times. Remembered, so that it costs one request and not one per piece.
      format = 'json';
      reply = await send(piece, format, signal);
    }
    const heard = segmentsOf(reply, piece.durationMs, endpoint);
    const segments = withoutEcho(heard, termsFor(piece));
    return { segments, guards: segments.length < heard.length ? [PROMPT_ECHO] : [] };
  };

  return new RemoteTranscriber({
    provider: 'openai-compatible',
    model,
    // Declared, never assumed: what a server turns out to give is used, but nobody may count on it.
    capabilities: {
      words: false,
      speakers: false,
      // Where no times come, all that is said in a piece is at one time.
      get longestPieceSeconds() {
        return format === 'json' ? SHORTEST_PIECE_SECONDS : MAX_PIECE_SECONDS;
      },
      languages: language ? [language] : [],
    },
    concurrency,
    deadlineMs,
    ask,
  });
}

/** Of several languages the model finds out by itself, since it takes one as given only. */
function onlyOf([first, ...others]: string[]): string | undefined {
  return others.length === 0 ? first?.split('-')[0] : undefined;
}

interface Asked {
  model: string;
  language: string | undefined;
  keyterms: readonly string[];
}

function formOf(
  wav: Sendable['wav'],
  { model, language, keyterms, format }: Asked & { format: Format },
): Form {
  const fields: [string, string][] = [
    ['model', model],
    ['response_format', format],
  ];
  if (language) fields.push(['language', language]);
  if (keyterms.length > 0) fields.push(['prompt', keyterms.join(', ')]);
  if (format === 'verbose_json')
    for (const granularity of ['segment', 'word']) fields.push(['timestamp_granularities[]', granularity]);
  return { fields, file: { name: 'piece.wav', type: 'audio/wav', parts: wav } };
}

/** OpenAI says 400 and names the parameter, FastAPI servers say 422 and name the field, others only mention it. */
function refusesVerbose({ status, body }: Reply): boolean {
  return (
    (status === 400 || status === 422) &&
    /response_format|verbose_json|timestamp_granularities/.test(refusalText(body))
  );
}

function segmentsOf(reply: Reply, durationMs: number, endpoint: Endpoint): Segment[] {
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, endpoint);
  const { text, segments, words } = readAnswer(reply, Answer, endpoint);
  // More of them than characters that can be said would be cut off all the same, after an hour of sorting them.
  const most = mostCharacters(durationMs);
  const stretches = (segments ?? []).slice(0, most);
  const spoken = (words ?? []).slice(0, most).map(({ word, ...times }) => ({ ...times, text: word }));
  // OpenAI lists the words beside the segments: each belongs to the one in which it begins.
  const wordsAt = Map.groupBy(spoken, ({ start }) => indexAt(stretches, start));
  const timed = toSegments(
    stretches.map((segment, at) => ({ ...segment, speaker: null, words: wordsAt.get(at) })),
    durationMs,
  );
  return timed.length > 0 ? timed : oneSegment(text, spoken, durationMs);
}

/** The last stretch that has begun by then; the first for what comes before all. */
function indexAt(stretches: readonly { start: number }[], seconds: number): number {
  return Math.max(
    0,
    stretches.findLastIndex(({ start }) => start <= seconds),
  );
}
