/**
 * The one place that touches sherpa-onnx, an addon without type declarations.
 *
 * Danger: sherpa answers a wrong configuration (a missing file, an unknown key, a bad tokens file) with `exit(-1)`,
 * which ends the whole process, not only the thread. Everything handed to it here must have passed `models.ts` first.
 * All calls block their thread: never make them on a thread that serves requests.
 */
import { createRequire } from 'node:module';

/** Silero's window at 16 kHz; sherpa refuses any other for v5 and v6. */
export const VAD_WINDOW = 512;

export interface VadSettings {
  model: string;
  threshold: number;
  minSilenceSeconds: number;
  minSpeechSeconds: number;
  bufferSeconds: number;
}

export interface Vad {
  acceptWaveform(window: Float32Array): void;
  isEmpty(): boolean;
  isDetected(): boolean;
  front(externalBuffer: boolean): { start: number; samples: Float32Array };
  pop(): void;
  flush(): void;
  reset(): void;
}

export interface MoonshineFiles {
  encoder: string;
  decoder: string;
  tokens: string;
}

/** What the recognizer said, and how many tokens it took to say it. */
export interface RecognizerAnswer {
  text: string;
  tokens: number;
}

interface Stream {
  acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
}

interface Recognizer {
  createStream(): Stream;
  decode(stream: Stream): void;
  getResult(stream: Stream): { text: string; tokens: string[] };
}

interface Sherpa {
  Vad: new (config: object, bufferSeconds: number) => Vad;
  OfflineRecognizer: new (config: object) => Recognizer;
}

// Loaded on first use, so that importing a type from this room does not pull 30 MB of native code into a process.
const require = createRequire(import.meta.url);
let sherpa: Sherpa | undefined;
function addon(): Sherpa {
  sherpa ??= require('sherpa-onnx-node') as Sherpa;
  return sherpa;
}

export function createVad(settings: VadSettings): Vad {
  return new (addon().Vad)(
    {
      sileroVad: {
        model: settings.model,
        threshold: settings.threshold,
        minSilenceDuration: settings.minSilenceSeconds,
        minSpeechDuration: settings.minSpeechSeconds,
        windowSize: VAD_WINDOW,
        // Past this length sherpa raises the threshold to 0.9 to force an end, which loses quiet speech.
        // Longer than its buffer ever holds, so that never happens: speech-finder.ts bounds a span itself.
        maxSpeechDuration: settings.bufferSeconds,
      },
      sampleRate: 16_000,
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
    settings.bufferSeconds,
  );
}

/** Loads the model (about 0.5 s and 400 MB) and returns a function that runs it, blocking, on one piece. */
export function createRecognizer(files: MoonshineFiles): (samples: Float32Array) => RecognizerAnswer {
  const recognizer = new (addon().OfflineRecognizer)({
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: files.encoder, mergedDecoder: files.decoder },
      tokens: files.tokens,
      // A second thread inside one recognizer doubled the CPU for no gain: one thread, one recognizer per core.
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
  });
  return (samples) => {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: 16_000 });
    recognizer.decode(stream);
    const { text, tokens } = recognizer.getResult(stream);
    return { text, tokens: tokens.length };
  };
}

const BYTES = /(?:<0x[0-9A-F]{2}>)+/g;
const SPECIAL = /<<ST_\d+>>|<\/?s>|<unk>/g;

/**
 * The recognizer's text as a person would write it. What is not in the vocabulary comes as single bytes ("<0xE5>"),
 * which sherpa passes on as they are spelled; bytes that are no valid UTF-8 are left out.
 */
export function readableText(raw: string): string {
  return (
    raw
      .replace(BYTES, (run) => {
        const bytes = run.match(/[0-9A-F]{2}(?=>)/g) ?? [];
        return Buffer.from(bytes.join(''), 'hex').toString('utf8').replaceAll('\uFFFD', '');
      })
      .replace(SPECIAL, '')
      .replace(/\s+/g, ' ')
      // A word that was taken out leaves its comma behind.
      .replace(/\s+([,.;:!?])/g, '$1')
      .replace(/([,.;:!?])(?:\s?,)+/g, '$1')
      .replace(/^[\s,;:]+/, '')
      .trim()
  );
}
