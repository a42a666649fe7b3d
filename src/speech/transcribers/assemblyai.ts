import { z } from 'zod';
import { below, type Endpoint, endpointOf } from '../../providers/http/endpoint.ts';
import { get, post, type Reply } from '../../providers/http/exchange.ts';
import { refusal, refusalText } from '../../providers/http/refusal.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { fittingTerms, knownAmong, type SpeechHints } from '../hints.ts';
import { MAX_PIECE_SECONDS } from '../splitting/cut.ts';
import type { Transcriber } from '../transcriber.ts';
import { LANGUAGES, toLanguageCode } from './assemblyai-languages.ts';
import { type Done, saidIn, TranscriptAnswer } from './assemblyai-transcript.ts';
import { readAnswer, type Said } from './remote/answer.ts';
import { Leftovers, type Pace, untilDone } from './remote/jobs.ts';
import { RemoteTranscriber, type Sendable, type ServerOptions } from './remote/remote-transcriber.ts';

export interface AssemblyAiOptions extends ServerOptions {
  apiKey: string;
  /** Without `/v2`. Default: that of the US; `https://api.eu.assemblyai.com` keeps everything in the EU. */
  baseUrl?: string | undefined;
  /** One or several with commas between them; the first that knows the language is used. */
  model?: string | undefined;
  pace?: Partial<Pace> | undefined;
  /** Told of a transcript that could not be deleted, by its address. */
  onLeft?: ((what: string) => void) | undefined;
}

/** The best that it has, and for the languages which that does not know, the one that knows 99. */
const MODELS = 'universal-3-5-pro,universal-2';
/**
 * An account may make 20,000 requests in 5 minutes and have 200 transcripts worked on at once: one look each in 3 s.
 * A restart of what stands in front of it is over in 30 s.
 */
const PACE: Pace = { firstMs: 200, longestMs: 3000, lookMs: 10_000, troubleMs: 30_000 };

const Upload = z.object({ upload_url: z.string().min(1) });
/** It becomes part of an address. */
const Submitted = z.object({ id: z.string().regex(/^[\w-]+$/) });

/**
 * AssemblyAI's pre-recorded API: the audio is uploaded, a transcript of it ordered, and asked for until it is there.
 * Its speakers are told apart within a piece. The transcript is deleted once it has been read or is no longer wanted,
 * and the audio with it; audio whose transcript was never ordered stays there for two days.
 */
export function createAssemblyAiTranscriber(options: AssemblyAiOptions): Transcriber {
  const { apiKey, baseUrl = 'https://api.assemblyai.com', model = MODELS, language, concurrency } = options;
  if (apiKey.trim() === '') throw new ProviderError('configuration', 'AssemblyAI needs a key');
  const uploads = endpointOf(baseUrl, '/v2/upload', { scheme: null, apiKey });
  const transcripts = endpointOf(baseUrl, '/v2/transcript', { scheme: null, apiKey });
  const pace = { ...PACE, ...options.pace };
  const models = model.split(',').map((name) => name.trim());
  const orderFor = (hints: SpeechHints = {}) => ({
    ...ordered(models),
    ...(hints.languages
      ? spokenIn(knownAmong(hints.languages, LANGUAGES))
      : spokenIn(language ? [language] : [])),
    ...keytermsIn(hints.keyterms ? fittingTerms(hints.keyterms) : (options.keyterms ?? [])),
  });
  const leftovers = new Leftovers(options.onLeft ?? (() => {}));

  const upload = async (wav: Sendable['wav'], signal: AbortSignal): Promise<string> => {
    const headers = { 'content-type': 'application/octet-stream' };
    const reply = await post(uploads, { body: wav, headers }, signal);
    if (!isOk(reply)) throw refusal(reply, uploads);
    return readAnswer(reply, Upload, uploads).upload_url;
  };

  const submit = async (
    audioUrl: string,
    hints: SpeechHints | undefined,
    signal: AbortSignal,
  ): Promise<Endpoint> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ audio_url: audioUrl, ...orderFor(hints) });
    const reply = await post(transcripts, { body, headers }, signal);
    if (!isOk(reply)) throw refusedOrder(reply, transcripts);
    return below(transcripts, readAnswer(reply, Submitted, transcripts).id);
  };

  const ask = async (piece: Sendable, signal: AbortSignal): Promise<Said> => {
    const { wav, durationMs, hints } = piece;
    const transcript = await submit(await upload(wav, signal), hints, signal);
    try {
      const done = await untilDone((soon) => look(transcript, soon), { ...pace, ...piece }, signal);
      return saidIn(done, durationMs, transcript);
    } finally {
      leftovers.remove(transcript);
    }
  };

  return new RemoteTranscriber({
    provider: 'assemblyai',
    model: models.join(','),
    capabilities: {
      words: true,
      speakers: true,
      longestPieceSeconds: MAX_PIECE_SECONDS,
      languages: language ? [language] : models.includes('universal-2') ? LANGUAGES : [],
    },
    concurrency,
    deadlineMs: options.deadlineMs,
    ask,
    close: () => leftovers.close(),
  });
}

function ordered(models: string[]) {
  return {
    speech_models: models,
    speaker_labels: true,
    punctuate: true,
    format_text: true,
  };
}

function spokenIn(languages: readonly string[]) {
  const codes = languages.map(toLanguageCode);
  if (codes.length === 1) return { language_code: codes[0] };
  const options = codes.length > 0 ? { language_detection_options: { expected_languages: codes } } : {};
  return { language_detection: true, ...options };
}

function keytermsIn(keyterms: readonly string[]) {
  return keyterms.length > 0 ? { keyterms_prompt: keyterms } : {};
}

/** The audio has not been looked at yet, so it is not to blame: what is refused is how the transcript was ordered. */
function refusedOrder(reply: Reply, endpoint: Endpoint): ProviderError {
  const refused = refusal(reply, endpoint);
  return refused.code === 'invalid_input' ? new ProviderError('configuration', refused.message) : refused;
}

async function look(transcript: Endpoint, signal: AbortSignal): Promise<Done | undefined> {
  const reply = await get(transcript, signal);
  // It does not know it any more. Another attempt orders another one.
  if (reply.status === 400 || reply.status === 404)
    return { status: 'error', error: refusalText(reply.body) };
  if (!isOk(reply)) throw refusal(reply, transcript);
  const answer = readAnswer(reply, TranscriptAnswer, transcript);
  return answer.status === 'completed' || answer.status === 'error' ? answer : undefined;
}

function isOk({ status }: Reply): boolean {
  return status >= 200 && status <= 299;
}
