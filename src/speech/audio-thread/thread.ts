/** Entry of a listening thread: bytes in, pieces of speech out. Several recordings share a thread by turns. */
import { setImmediate } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { decode } from '../../audio/decode.ts';
import { SAMPLES_PER_MS } from '../../audio/hint.ts';
import { AudioError, emptyReport } from '../../audio/report.ts';
import { SoundNotes } from '../../audio/sound-notes.ts';
import { outsideDecoder } from '../../decoders/outside.ts';
import { cutIntoParts, listenerFor } from '../splitting/cut.ts';
import { excerpts } from '../splitting/excerpt.ts';
import { inPcm16, type PieceInParts } from '../splitting/piece.ts';
import { PlannedLimits, type PlanTask, type ReadSoFar, unreadMs } from '../splitting/planned-limits.ts';
import { amplified, gainIsFrom } from '../vad/amplified.ts';
import { createSilero, listenWithMarks } from '../vad/listen.ts';
import { listenInWindowsWithMarks } from '../vad/listen-in-windows.ts';
import { isMark, type Mark, type Resume } from '../vad/mark.ts';
import type { Speech } from '../vad/speech.ts';
import type { VoiceActivityDetector } from '../voice-activity.ts';
import { Inbox } from './channel.ts';
import { OtherThreads } from './other-threads.ts';
import {
  CHUNKS_AHEAD,
  type FromThread,
  HEARD_AHEAD,
  HEARD_SECONDS,
  type ListeningSummary,
  type ListeningTask,
  PIECES_AHEAD,
  type ToThread,
} from './protocol.ts';
import { AskingDetector } from './remote-detector.ts';

/** Two windows: to be heard by others from the start, which may have to begin a thread for it. */
const LONG_MS = 240_000;
/** Heard here in 50 ms; another thread would hold 30 MB for minutes because of it. */
const SHORT_REST_MS = 30_000;

/** The other side closed the port: nobody waits for an answer. */
class GivenUp extends Error {}

/** Never rejects: failures of a recording are reported over its port. */
export default async function processRecording(task: ListeningTask): Promise<void> {
  const { port } = task;
  const bytes = new Inbox<Uint8Array | null>();
  const taken = new Inbox<true>();
  const on = new Inbox<true>();
  const detector = new AskingDetector(port);
  const others = new OtherThreads(port);
  const gone = new AbortController();
  port.on('message', (message: ToThread) => {
    if (message.type === 'bytes') bytes.put(message.bytes);
    else if (message.type === 'end') bytes.put(null);
    else if (message.type === 'detected') detector.answered(message);
    else if (message.type === 'on') on.put(true);
    else if (message.type === 'idle') others.answered(message);
    else taken.put(true);
  });
  port.on('close', () => {
    const givenUp = new GivenUp();
    bytes.fail(givenUp);
    taken.fail(givenUp);
    on.fail(givenUp);
    others.fail(givenUp);
    gone.abort(givenUp);
  });
  say(port, { type: 'started' });
  try {
    const from = { bytes: arriving(port, bytes), detector: task.hasDetector ? detector : null, others };
    let pieces = 0;
    let words = 0;
    const summary = await pass(task, from, gone.signal, {
      async piece(piece) {
        if (pieces++ >= PIECES_AHEAD) await taken.take();
        say(port, { type: 'piece', piece: inPcm16(piece) });
      },
      mark(resume) {
        say(port, { type: 'mark', resume });
      },
      async heard(untilMs) {
        say(port, { type: 'heard', untilMs });
        if (words++ >= HEARD_AHEAD) await on.take();
      },
    });
    say(port, { type: 'done', summary });
  } catch (error) {
    if (!(error instanceof GivenUp)) say(port, failureOf(error));
  } finally {
    // Closing still delivers the messages that were sent before.
    port.close();
  }
}

interface Sources {
  bytes: AsyncIterable<Uint8Array>;
  detector: VoiceActivityDetector | null;
  others: OtherThreads;
}

interface Told {
  piece(piece: PieceInParts): Promise<void>;
  mark(resume: Resume): void;
  heard(untilMs: number): Promise<void>;
}

async function pass(
  task: ListeningTask,
  { bytes, detector, others: elsewhere }: Sources,
  signal: AbortSignal,
  tell: Told,
): Promise<ListeningSummary> {
  const report = emptyReport();
  const windows = { detector: 0, fallback: 0 };
  const [arrival, decoding, listening, others] = [{ ms: 0 }, { ms: 0 }, { ms: 0 }, { ms: 0 }];
  const kept = listenerFor(task.cut);
  const from = task.from ?? undefined;
  const soundIsFrom = gainIsFrom(from?.atSample ?? 0);
  const outside = outsideDecoder(task.ffmpeg);
  // What comes before a mark is silence here, and a piece of a file is not the file.
  const isWhole = task.from === null && task.track === 0 && !task.stretches;
  const notes = isWhole ? new SoundNotes() : null;
  const { hint, track } = task;
  const decoded = decode(timed(bytes, arrival), hint, report, soundIsFrom, track, outside, notes?.trace);
  const audio = amplified(timed(notes?.passing(decoded) ?? decoded, decoding));
  let chunks = 0;
  // This runs after each chunk of a second. What is decoded and not yet listened to counts as heard.
  const pause = async () => {
    const left = performance.now();
    await setImmediate();
    if (from && report.durationMs * SAMPLES_PER_MS <= from.atSample) return;
    if (++chunks % HEARD_SECONDS === 0) await tell.heard(Math.round(report.durationMs));
    others.ms += performance.now() - left;
  };
  const silero = { model: task.vadModel, ...kept, pause };
  // This Silero examines single windows and has no stream of its own.
  const fallback = createSilero({ ...silero, pause: setImmediate });
  const hear = () =>
    detector
      ? listenInWindowsWithMarks(audio, {
          detector,
          fallback,
          signal,
          counts: windows,
          ...kept,
          pause,
          from,
        })
      : listenWithMarks(audio, {
          ...silero,
          from,
          elsewhere: (window) => elsewhere.hear(window),
          isLong: () => task.plan !== null && restMs(task.plan, read()) >= LONG_MS,
          isNearlyOver: () => task.plan !== null && unreadMs(task.plan.sizeBytes, read()) < SHORT_REST_MS,
        });
  const fromMs = (from?.atSample ?? 0) / SAMPLES_PER_MS;
  // While the consumer is slow this grows too, and then there is nothing to wait for.
  const startedAt = performance.now();
  const read = () => ({
    tookMs: performance.now() - startedAt,
    bytes: report.bytesRead,
    ms: report.durationMs,
    heardMs: report.durationMs - fromMs,
  });
  const found = { ms: 0 };
  const pieces = task.stretches
    ? timed(excerpts(audio, task.stretches, pause), listening)
    : cutIntoParts(
        counted(timed(hear(), listening), found),
        task.cut,
        from?.ordinal,
        task.plan ? new PlannedLimits(task.plan, read, task.cut) : undefined,
        () => report.durationMs * SAMPLES_PER_MS,
      );
  let speechMs = 0;
  let ordinal = from?.ordinal ?? 0;
  for await (const piece of pieces) {
    if (isMark(piece)) {
      tell.mark({ ...piece, ordinal });
      continue;
    }
    ordinal = piece.ordinal + 1;
    speechMs += piece.speechMs;
    await tell.piece(piece);
  }
  checkAllIsInPieces(found, { speechMs, pieces: ordinal - (from?.ordinal ?? 0) });
  // Each stage's time contains that of the stages before it, and listening the turns of other recordings. In windows
  // decoding runs ahead, partly while nobody waits for it.
  const listenMs = Math.max(0, listening.ms - decoding.ms - others.ms);
  const timings = { decodeMs: decoding.ms - arrival.ms, listenMs };
  return { report, speechMs, windows, timings, sound: notes?.end() ?? null };
}

/** Adds up the speech that was found, as the pieces say it. */
async function* counted(source: AsyncIterable<Speech | Mark>, found: Meter): AsyncGenerator<Speech | Mark> {
  for await (const item of source) {
    if (!isMark(item)) found.ms += (item.endSample - item.startSample) / SAMPLES_PER_MS;
    yield item;
  }
}

/**
 * The speech of the pieces is all that was found, but for what rounding to milliseconds takes of each.
 * @throws Error, so that the attempt is repeated where words would be missing otherwise and nobody would know
 */
function checkAllIsInPieces(found: Meter, { speechMs, pieces }: { speechMs: number; pieces: number }): void {
  const missingMs = Math.round(found.ms - speechMs);
  if (missingMs > pieces) throw new Error(`${missingMs} ms of speech were found that are in no piece`);
}

/** Guesses how much there is to be heard by how much sound the bytes have given so far. */
function restMs({ sizeBytes }: PlanTask, read: ReadSoFar): number {
  return read.heardMs + unreadMs(sizeBytes, read);
}

async function* arriving(port: MessagePort, bytes: Inbox<Uint8Array | null>): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < CHUNKS_AHEAD; n++) say(port, { type: 'more' });
  for (let chunk = await bytes.take(); chunk !== null; chunk = await bytes.take()) {
    yield chunk;
    say(port, { type: 'more' });
  }
}

function say(port: MessagePort, message: FromThread): void {
  port.postMessage(message, message.type === 'piece' ? [message.piece.samples.buffer] : []);
}

function failureOf(error: unknown): FromThread {
  if (error instanceof AudioError) return { type: 'failed', code: error.code, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', code: null, message, stack };
}

interface Meter {
  ms: number;
}

/** Passes an iterable on and adds up how long its user waited for it. The user's own work in between is not counted. */
async function* timed<T>(source: AsyncIterable<T>, meter: Meter): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (true) {
      const asked = performance.now();
      const step = await iterator.next().finally(() => {
        meter.ms += performance.now() - asked;
      });
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
