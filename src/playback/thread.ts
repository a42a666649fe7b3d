/** Entry of the threads that make sound, so that the event loop of the api stays free to answer. */
import { constants, platform, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { decode } from '../audio/decode.ts';
import { decodeExcerpt, type Excerpt } from '../audio/excerpt.ts';
import type { AudioHint } from '../audio/hint.ts';
import { encodePackets } from '../audio/opus-encoder.ts';
import { littleEndianPcm16 } from '../audio/pcm16.ts';
import { AudioError, type AudioErrorCode, emptyReport } from '../audio/report.ts';
import { type Sound, SoundNotes } from '../audio/sound-notes.ts';
import { together } from '../audio/together.ts';
import { outsideDecoder } from '../decoders/outside.ts';
import { Inbox } from '../speech/audio-thread/channel.ts';
import type { SegmentTask } from './segment.ts';
import type { WarmUpTask } from './warm-up.ts';

export default async function makeSound(
  task: ExcerptTask | SegmentTask | WarmUpTask | PrepareTask,
): Promise<Uint8Array | null> {
  // Its decoders are loaded where somebody listens to a copy that is to come.
  if (task.kind === 'segment') return await (await import('./segment.ts')).segment(task);
  if (task.kind === 'excerpt') return await excerpt(task);
  if (task.kind === 'warm-up') await (await import('./warm-up.ts')).warmUp();
  else await prepare(task);
  return null;
}

export interface ExcerptTask {
  kind: 'excerpt';
  /** Each begins at its sample; where several sound, they sound together, and where none does, there is silence. */
  sources: readonly { at: number; excerpt: Excerpt; bytes: Uint8Array }[];
  samples: number;
  /** Opus: this many samples at the start are for the encoder to settle. */
  opusRunUp: number | null;
}

/** @returns 16-bit samples, or packets one behind the other, all of one length */
async function excerpt({ sources, samples, opusRunUp }: ExcerptTask): Promise<Uint8Array> {
  const mixed = new Float32Array(samples);
  for (const source of sources) {
    const sound = await decodeExcerpt(source.excerpt, source.bytes);
    for (const [index, sample] of sound.entries()) {
      const at = source.at + index;
      mixed[at] = (mixed[at] ?? 0) + sample;
    }
  }
  return opusRunUp === null ? littleEndianPcm16(mixed) : await encodePackets(mixed, opusRunUp);
}

export interface PrepareTask {
  kind: 'prepare';
  /** Over each come the bytes of the file: of streams side by side each is decoded by itself, and all sound together. */
  ports: readonly MessagePort[];
  hint: AudioHint | null;
  /** A copy of the sound is made in any case, and not only where the format has no map. */
  alwaysCopies: boolean;
  ffmpeg: string | null;
  isIdle: boolean;
}

export type FromPreparing =
  | { type: 'more' }
  /** The next part of the copy. */
  | { type: 'copy'; bytes: Uint8Array<ArrayBuffer> }
  | { type: 'done'; sound: Sound; tracks: number }
  | { type: 'failed'; code: AudioErrorCode | null; message: string };

type ToPreparing = { type: 'bytes'; bytes: Uint8Array } | { type: 'end' };

/** On Linux each thread has a priority of its own, and what it starts inherits it; elsewhere this would be the process's. */
function giveWay(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // It may not be changed here, and goes on as it is.
  }
}

/** Goes through a file once, for its map and its shape. Never rejects: failures go over the first port. */
async function prepare({ ports, hint, alwaysCopies, ffmpeg, isIdle }: PrepareTask): Promise<void> {
  const say = (message: FromPreparing, transfer: ArrayBuffer[] = []) =>
    ports[0]?.postMessage(message, transfer);
  if (isIdle) giveWay();
  try {
    const notes = new SoundNotes({
      give: (bytes) => say({ type: 'copy', bytes }, [bytes.buffer]),
      always: alwaysCopies,
    });
    const report = emptyReport();
    const decoded = ports.map((port, track) => {
      const [told, trace] = track === 0 ? [report, notes.trace] : [emptyReport(), undefined];
      return decode(arrivingOver(port), hint, told, 0, track, outsideDecoder(ffmpeg), trace);
    });
    for await (const _ of notes.passing(together(decoded)));
    say({ type: 'done', sound: notes.end(), tracks: report.tracks });
  } catch (error) {
    const code = error instanceof AudioError ? error.code : null;
    say({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  } finally {
    for (const port of ports) port.close();
  }
}

function arrivingOver(port: MessagePort): AsyncGenerator<Uint8Array> {
  const inbox = new Inbox<Uint8Array | null>();
  port.on('message', (message: ToPreparing) => inbox.put(message.type === 'bytes' ? message.bytes : null));
  port.on('close', () => inbox.fail(new Error('nobody waits for it')));
  return arriving(inbox, (message) => port.postMessage(message));
}

async function* arriving(
  inbox: Inbox<Uint8Array | null>,
  say: (message: FromPreparing) => void,
): AsyncGenerator<Uint8Array> {
  say({ type: 'more' });
  for (let chunk = await inbox.take(); chunk !== null; chunk = await inbox.take()) {
    say({ type: 'more' });
    yield chunk;
  }
}
