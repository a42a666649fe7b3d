import { Worker } from 'node:worker_threads';
import type { ByteReader } from '../audio/byte-reader.ts';
import { AudioError, type DecodeReport, noteDamage } from '../audio/report.ts';
import type { SoundTrace } from '../audio/sound-map.ts';
import { RunningTime } from '../providers/deadline.ts';
import { threadFile } from '../thread-file.ts';
import { CHUNK_BYTES, type FromDecoder, type ToDecoder, type WasmFormat } from './protocol.ts';

/** The heap of JavaScript; the decoders' own memories have fixed sizes of at most 16 MB. */
const HEAP_MB = 64;
/** A chunk of 64 kB takes some milliseconds. A thread that is silent for so long although it has one is in a loop. */
const SILENT_MS = 40_000;

interface InThreadOptions {
  trace?: SoundTrace | undefined;
  /** The file that the thread runs; tests put in one that hangs or fails. */
  entry?: string;
  silentMs?: number;
}

/** Decodes in a thread that ends with the file. Leaving early ends it too. */
export async function* decodeInThread(
  format: WasmFormat,
  reader: ByteReader,
  report: DecodeReport,
  {
    trace,
    entry = threadFile('decoder-thread', import.meta.url),
    silentMs = SILENT_MS,
  }: InThreadOptions = {},
): AsyncGenerator<Float32Array> {
  const worker = new Worker(entry, {
    workerData: { format },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
    stdout: true,
    stderr: true,
  });
  const events = new Events(worker, silentMs);
  const begin = reader.position;
  let heard = 0;
  try {
    while (true) {
      const event = await events.next();
      if (event.type === 'more') {
        if (await reader.fill(1)) {
          const bytes = new Uint8Array(reader.take(Math.min(reader.available, CHUNK_BYTES)));
          events.send({ type: 'bytes', bytes }, [bytes.buffer]);
        } else events.send({ type: 'end' });
      } else if (event.type === 'sound') {
        merge(report, event.report);
        heard += event.samples.length;
        yield event.samples;
        events.send({ type: 'taken' });
      } else if (event.type === 'done') {
        merge(report, event.report);
        if (event.seek !== null)
          trace?.seekable(format, {
            ...event.seek,
            points: event.seek.points.map(({ at, frame }) => ({ at: at + begin, frame })),
          });
        return;
      } else if (event.type === 'refused') {
        throw new AudioError(event.code, event.message);
      } else if (event.type === 'silent') {
        throw new Error(`the decoder of ${format} stopped answering`);
      } else {
        // The same bytes would end it again, so what was heard is the result.
        if (heard === 0)
          throw new AudioError('no_frames', `The decoder of ${format} failed: ${event.message}`);
        noteDamage(report, 'decoder_stopped');
        await reader.skip(Number.MAX_SAFE_INTEGER);
        return;
      }
    }
  } finally {
    await worker.terminate();
  }
}

/** The reader here counts the bytes, and `decode` the tracks and the time. */
function merge(
  report: DecodeReport,
  { frames, concealedFrames, skippedFrames, lostMs, ...other }: DecodeReport,
): void {
  Object.assign(report, { frames, concealedFrames, skippedFrames, lostMs });
  report.bytesLost = Math.max(report.bytesLost, other.bytesLost);
  if (other.damage !== null) noteDamage(report, other.damage);
}

type Event = FromDecoder | { type: 'silent' };

/** The messages of the thread, one after the other, and what else ends it. The protocol bounds how many wait. */
class Events {
  readonly #worker: Worker;
  readonly #silentMs: number;
  readonly #events: Event[] = [];
  #wake: (() => void) | null = null;

  constructor(worker: Worker, silentMs: number) {
    this.#worker = worker;
    this.#silentMs = silentMs;
    worker.on('message', (message: FromDecoder) => this.#put(message));
    worker.on('error', (error: unknown) => this.#put({ type: 'failed', message: messageOf(error) }));
    worker.on('exit', () => this.#put({ type: 'failed', message: 'its thread ended' }));
  }

  send(message: ToDecoder, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async next(): Promise<Event> {
    // It is the thread's turn while this waits: it has what it asked for.
    const silence = new RunningTime(this.#silentMs, () => this.#put({ type: 'silent' }));
    try {
      while (true) {
        const event = this.#events.shift();
        if (event !== undefined) return event;
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    } finally {
      silence.end();
    }
  }

  #put(event: Event): void {
    this.#events.push(event);
    this.#wake?.();
    this.#wake = null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
