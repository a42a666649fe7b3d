/** Entry of a listening thread: bytes in, pieces of speech out. Several recordings share a thread by turns. */
import { setImmediate } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { decode } from '../audio/decode.ts';
import { AudioError, emptyReport } from '../audio/report.ts';
import { cut, type Piece } from './cut.ts';
import { AskingDetector } from './detecting.ts';
import { excerpts } from './excerpt.ts';
import { Inbox } from './inbox.ts';
import { listen } from './listen.ts';
import { listenInWindows } from './listen-in-windows.ts';
import {
  CHUNKS_AHEAD,
  type FromThread,
  type ListeningSummary,
  type ListeningTask,
  PIECES_AHEAD,
  type ToThread,
} from './listening-messages.ts';
import { createSilero } from './silero.ts';
import { timed } from './timed.ts';
import type { VoiceActivityDetector } from './voice-activity.ts';

/** The other side closed the port: nobody waits for an answer. */
class GivenUp extends Error {}

/** Always fulfils: what goes wrong with a recording is told over its port. */
export default async function hear(task: ListeningTask): Promise<void> {
  const { port } = task;
  const bytes = new Inbox<Uint8Array | null>();
  const taken = new Inbox<true>();
  const detector = new AskingDetector(port);
  const gone = new AbortController();
  port.on('message', (message: ToThread) => {
    if (message.type === 'bytes') bytes.put(message.bytes);
    else if (message.type === 'end') bytes.put(null);
    else if (message.type === 'detected') detector.answered(message);
    else taken.put(true);
  });
  port.on('close', () => {
    const givenUp = new GivenUp();
    bytes.fail(givenUp);
    taken.fail(givenUp);
    gone.abort(givenUp);
  });
  say(port, { type: 'started' });
  try {
    const from = { bytes: arriving(port, bytes), detector: task.hasDetector ? detector : null };
    const summary = await pass(task, from, gone.signal, async (piece) => {
      if (piece.ordinal >= PIECES_AHEAD) await taken.take();
      say(port, { type: 'piece', piece });
    });
    say(port, { type: 'done', summary });
  } catch (error) {
    if (!(error instanceof GivenUp)) say(port, failureOf(error));
  } finally {
    // Also delivers what was said before: a port closes once its messages are through.
    port.close();
  }
}

async function pass(
  task: ListeningTask,
  { bytes, detector }: { bytes: AsyncIterable<Uint8Array>; detector: VoiceActivityDetector | null },
  signal: AbortSignal,
  give: (piece: Piece) => Promise<void>,
): Promise<ListeningSummary> {
  const report = emptyReport();
  const windows = { detector: 0, fallback: 0 };
  const [arrival, decoding, listening, others] = [{ ms: 0 }, { ms: 0 }, { ms: 0 }, { ms: 0 }];
  const pause = async () => {
    const left = performance.now();
    await setImmediate();
    others.ms += performance.now() - left;
  };
  const audio = timed(decode(timed(bytes, arrival), task.hint, report), decoding);
  const leadSeconds = task.cut.joinSeconds;
  const silero = { model: task.vadModel, leadSeconds, pause };
  const hear = () =>
    detector
      ? listenInWindows(audio, {
          detector,
          fallback: createSilero(silero),
          signal,
          counts: windows,
          leadSeconds,
          pause,
        })
      : listen(audio, silero);
  const pieces = task.stretches
    ? timed(excerpts(audio, task.stretches, pause), listening)
    : cut(timed(hear(), listening), task.cut);
  let speechMs = 0;
  for await (const piece of pieces) {
    speechMs += piece.speechMs;
    await give(piece);
  }
  // Each stage's time contains that of the stages before it, and listening the turns of other recordings. In windows
  // decoding runs ahead, partly while nobody waits for it.
  const listenMs = Math.max(0, listening.ms - decoding.ms - others.ms);
  return { report, speechMs, windows, timings: { decodeMs: decoding.ms - arrival.ms, listenMs } };
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
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { type: 'failed', code: null, message };
}
