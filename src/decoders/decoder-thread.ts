/** Entry of a decoder's own thread: the bytes of one file in, blocks of sound out. */
import { parentPort, workerData } from 'node:worker_threads';
import { ByteReader } from '../audio/byte-reader.ts';
import { AudioError, type DecodeReport, emptyReport } from '../audio/report.ts';
import type { SeekPoints } from '../audio/seek-index.ts';
import {
  BLOCKS_AHEAD,
  type FromDecoder,
  type SeekTold,
  type ToDecoder,
  type WasmFormat,
} from './protocol.ts';

type Decode = (reader: ByteReader, report: DecodeReport, seek: SeekTold) => AsyncGenerator<Float32Array>;
/** Only the library that the file needs is loaded: whoever listens waits for the start of this thread. */
const DECODERS: Readonly<Record<WasmFormat, () => Promise<Decode>>> = {
  mp3: async () => (await import('./mp3.ts')).decodeMp3,
  flac: async () => (await import('./flac.ts')).decodeFlac,
  'ogg-flac': async () => (await import('./flac.ts')).decodeOggFlac,
  'ogg-vorbis': async () => (await import('./vorbis.ts')).decodeOggVorbis,
};

/** Blocks of a fifth of a second or more, so that messages cost nothing against decoding. */
const LEAST_BLOCK = 3_200;

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a thread');
// The libraries report each broken frame to the console; the report counts them.
console.error = () => {};
console.warn = () => {};

const chunks: (Uint8Array | null)[] = [];
let untaken = 0;
let wake: (() => void) | null = null;
port.on('message', (message: ToDecoder) => {
  if (message.type === 'bytes') chunks.push(message.bytes);
  else if (message.type === 'end') chunks.push(null);
  else untaken -= 1;
  wake?.();
});

const report = emptyReport();
try {
  const { format } = workerData as { format: WasmFormat };
  let waiting: Float32Array[] = [];
  let samples = 0;
  const decode = await DECODERS[format]();
  let seek: SeekPoints | null = null;
  const told: SeekTold = (points) => {
    seek = points;
  };
  for await (const piece of decode(new ByteReader(arriving()), report, told)) {
    waiting.push(piece);
    samples += piece.length;
    if (samples < LEAST_BLOCK) continue;
    await give(waiting, samples);
    [waiting, samples] = [[], 0];
  }
  if (samples > 0) await give(waiting, samples);
  say({ type: 'done', report, seek });
} catch (error) {
  if (error instanceof AudioError) say({ type: 'refused', code: error.code, message: error.message });
  else say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
port.close();

async function* arriving(): AsyncGenerator<Uint8Array> {
  while (true) {
    say({ type: 'more' });
    await until(() => chunks.length > 0);
    const chunk = chunks.shift();
    if (!chunk) return;
    yield chunk;
  }
}

async function give(pieces: readonly Float32Array[], count: number): Promise<void> {
  await until(() => untaken < BLOCKS_AHEAD);
  const block = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    block.set(piece, at);
    at += piece.length;
  }
  untaken += 1;
  say({ type: 'sound', samples: block, report }, [block.buffer]);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  wake = null;
}

function say(message: FromDecoder, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
