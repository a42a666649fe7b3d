/** OpenAI's `POST /v1/audio/transcriptions`, as whisper-1 and the gpt-4o family answer it. */
import { type Asking, type Question, Refusal, type Request } from './dialect.ts';
import type { Transcript, TranscriptPart } from './transcript.ts';
import { readWav } from './wav.ts';

const TIMED_MODELS = new Set(['whisper-1', 'whisper-large-v3', 'whisper-large-v3-turbo']);
const PLAIN_MODELS = new Set(['gpt-4o-transcribe', 'gpt-4o-mini-transcribe']);

export const openAi: Asking = {
  scheme: 'Bearer',

  async read(request) {
    const form = await formOf(request);
    const model = String(form.get('model') ?? '');
    const format = String(form.get('response_format') ?? 'json');
    const granularities = form.getAll('timestamp_granularities[]').map(String);
    if (!TIMED_MODELS.has(model) && !PLAIN_MODELS.has(model)) {
      throw new Refusal(404, 'model_not_found', `The model '${model}' does not exist`, 'model');
    }
    if (format !== 'json' && (format !== 'verbose_json' || PLAIN_MODELS.has(model))) {
      throw new Refusal(
        400,
        'unsupported_value',
        `response_format '${format}' is not compatible with model '${model}'. Use 'json' or 'text' instead.`,
        'response_format',
      );
    }
    return {
      ...(await audioOf(form)),
      answer: (transcript) =>
        format === 'json' ? { text: transcript.text } : verbose(transcript, granularities),
    };
  },

  refusal: ({ code, message, param }) => ({ error: { message, type: 'invalid_request_error', param, code } }),
};

export async function formOf({ headers, body }: Request): Promise<FormData> {
  try {
    const parsed = new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    });
    return await parsed.formData();
  } catch {
    throw new Refusal(400, 'invalid_request', 'Could not parse multipart form');
  }
}

export async function audioOf(form: FormData): Promise<Pick<Question, 'pcm' | 'seconds'>> {
  const file = form.get('file');
  if (!(file instanceof File)) throw new Refusal(400, 'missing_file', 'file is a required property', 'file');
  const wav = readWav(Buffer.from(await file.arrayBuffer()));
  if (wav === null) throw new Refusal(400, 'invalid_file', 'Unrecognized file format.', 'file');
  if (wav.seconds < 0.1) {
    throw new Refusal(400, 'audio_too_short', 'Audio file is too short. Minimum is 0.1 seconds.', 'file');
  }
  return wav;
}

/** Words only when asked for; segments unless only words were. */
function verbose({ text, seconds, parts }: Transcript, granularities: string[]): unknown {
  const wants = (granularity: string) => granularities.includes(granularity);
  return {
    task: 'transcribe',
    language: 'english',
    duration: seconds,
    text,
    ...(granularities.length > 0 && !wants('segment') ? {} : { segments: parts.map(segment) }),
    ...(wants('word')
      ? {
          words: parts.flatMap(({ words }) =>
            words.map(({ start, end, text: word }) => ({ word, start, end })),
          ),
        }
      : {}),
    usage: { type: 'duration', seconds: Math.ceil(seconds) },
  };
}

function segment({ start, end, text }: TranscriptPart, id: number): unknown {
  return {
    id,
    seek: 0,
    start,
    end,
    text: ` ${text}`,
    tokens: [],
    temperature: 0,
    avg_logprob: -0.2,
    compression_ratio: 1,
    no_speech_prob: 0.01,
  };
}
