/** Deepgram's `POST /v1/listen` with audio as its body. */
import { type Asking, Refusal } from './dialect.ts';
import type { Transcript, TranscriptPart, TranscriptWord } from './transcript.ts';
import { inVoices } from './voices.ts';
import { readWav } from './wav.ts';

const MODELS = new Set(['nova-3', 'nova-3-general', 'nova-2', 'nova-2-general']);

export const deepgram: Asking = {
  scheme: 'Token',

  async read({ query, body }) {
    const model = query.get('model') ?? '';
    if (!MODELS.has(model)) {
      throw new Refusal(400, 'Bad Request', 'Bad Request: No such model/language/tier combination found.');
    }
    const wav = readWav(body);
    if (wav === null) {
      throw new Refusal(
        400,
        'Bad Request',
        'Bad Request: failed to process audio: corrupt or unsupported data',
      );
    }
    return { ...wav, answer: async (transcript) => answer(await inVoices(transcript, wav.pcm), query) };
  },

  refusal: ({ code, message }) => ({ err_code: code, err_msg: message, request_id: 'simulated' }),
};

function answer({ text, seconds, parts, sha256 }: Transcript, query: URLSearchParams): unknown {
  const isOn = (name: string) => query.get(name) === 'true';
  const wordsOf = (part: TranscriptPart) =>
    part.words.map((word) => wireWord(word, isOn('diarize') ? part.speaker : null));
  const utterances = parts.map((part, at) => ({
    start: part.start,
    end: part.end,
    confidence: 0.99,
    channel: 0,
    transcript: part.text,
    words: wordsOf(part),
    ...(isOn('diarize') ? { speaker: part.speaker } : {}),
    id: `${sha256.slice(0, 8)}-${at}`,
  }));
  return {
    metadata: {
      request_id: sha256.slice(0, 32),
      sha256,
      duration: seconds,
      channels: 1,
      models: [query.get('model')],
    },
    results: {
      channels: [
        {
          alternatives: [
            { transcript: text, confidence: text === '' ? 0 : 0.99, words: parts.flatMap(wordsOf) },
          ],
          ...(isOn('detect_language') ? { detected_language: 'en', language_confidence: 0.98 } : {}),
        },
      ],
      ...(isOn('utterances') ? { utterances } : {}),
    },
  };
}

function wireWord({ text, start, end }: TranscriptWord, speaker: number | null): unknown {
  return {
    word: text.toLowerCase().replace('.', ''),
    start,
    end,
    confidence: 0.99,
    punctuated_word: text,
    ...(speaker === null ? {} : { speaker, speaker_confidence: 0.9 }),
  };
}
