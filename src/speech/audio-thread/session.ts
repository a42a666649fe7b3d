import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { AudioHint } from '../../audio/hint.ts';
import { AudioError } from '../../audio/report.ts';
import type { CallWatcher } from '../../providers/call-watcher.ts';
import { RunningTime } from '../../providers/deadline.ts';
import { faultOf, sileroFile } from '../models/files.ts';
import { preparedSilero } from '../models/prepared.ts';
import type { CutOptions } from '../splitting/cut.ts';
import { cutNamed, nameOf } from '../splitting/cut-name.ts';
import type { TimeRange } from '../splitting/excerpt.ts';
import type { PcmPiece } from '../splitting/piece.ts';
import type { PlanTask } from '../splitting/planned-limits.ts';
import type { Resume } from '../vad/mark.ts';
import type { FinderOptions } from '../vad/speech-finder.ts';
import type { VoiceActivityDetector } from '../voice-activity.ts';
import { Inbox, Pump } from './channel.ts';
import { ListeningThreads } from './pool.ts';
import {
  type FromThread,
  ListeningError,
  type ListeningSummary,
  type ToThread,
  type WindowTask,
} from './protocol.ts';
import { AnsweringDetector, type DetectorRequest } from './remote-detector.ts';

export type { ListeningSummary } from './protocol.ts';
export { ListeningError } from './protocol.ts';

/** The events of a recording while it is listened to, in the order of its time. */
export type ListeningEvent =
  /** It waits for a thread: as long as the recordings that have the threads take. */
  | { type: 'queued' }
  /** It has a thread. */
  | { type: 'begun' }
  | { type: 'piece'; piece: PcmPiece }
  /** Listening has come this far. */
  | { type: 'heard'; untilMs: number }
  /** All pieces before this moment were given, and listening can go on from here later. */
  | { type: 'mark'; resume: Resume };

export interface ListeningOptions {
  /** Default: one per core. */
  threads?: number;
  /** Asked for each recording, since a server may turn out to take other pieces. */
  cut?: CutOptions | (() => CutOptions);
  /** Called window by window; Silero in the threads examines what it does not answer. It is not closed here. */
  detector?: VoiceActivityDetector | undefined;
  /** A thread that has all it needs and is silent for this long counts as stalled. */
  stallMs?: number;
  /** Where the model that runs faster is kept, in the first that takes it. Default: the published one is run. */
  modelDirs?: readonly string[];
  /** The path of ffmpeg, which decodes what nothing else here does. */
  ffmpeg?: string | null;
  /** The file that the threads run; tests put in one that crashes or hangs. */
  entry?: string;
  /** The same of those that hear single windows. */
  windowEntry?: string;
}

interface SessionOptions {
  signal: AbortSignal;
  /** If set, only the sound of these is wanted, each as a piece; sorted by their start. */
  stretches?: readonly TimeRange[] | undefined;
  /** A mark of an earlier session with the same bytes and the same cut. */
  from?: Resume | null;
  /** Which of several parallel streams of a file; the first by default. */
  track?: number | undefined;
  /** Called for each call to the detector. */
  onDetect?: CallWatcher | undefined;
  /** How an earlier attempt cut it, by `nameOf`; null: as the options say. */
  cut?: string | null | undefined;
  /** Without it every piece has the limit that the options give. */
  plan?: PlanTask | null;
}

/** One recording that is listened to. Nothing starts, and no byte is read, before the first piece is asked for. */
export interface Session {
  /** Can be iterated once. Leaving it early, or aborting, stops the work in the thread and closes the byte source. */
  events: AsyncIterable<ListeningEvent>;
  /** The pieces among the events, for callers that want nothing else. */
  pieces: AsyncIterable<PcmPiece>;
  /** Settles when the events end. Not taking it is safe: its rejection is never unhandled. */
  summary: Promise<ListeningSummary>;
}

interface Running {
  end: (reason: unknown) => void;
  /** It is being heard, and waits for nobody. */
  isThreadsTurn: () => boolean;
  /** How many of its windows other threads have now. */
  windows: number;
}

/** A second of audio takes about 10 ms; the longest step without a message is a few seconds of silence in the file. */
const STALL_MS = 60_000;

/**
 * Decodes, listens and cuts in threads of its own, so that the event loop stays free to answer.
 *
 * Danger: a thread must not be terminated while it is inside sherpa, whose addon then throws where nobody can catch
 * and aborts the process. Sessions end by closing their port, and threads are ended when they are at rest.
 */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #sessions = new Set<Running>();
  readonly #cores: number;
  #threads: ListeningThreads;
  /** Threads for windows of long recordings, once there was one. They are one fewer, since a recording has one already. */
  #windows: ListeningThreads<WindowTask> | null = null;
  #model: Promise<string> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ListeningOptions = {}) {
    this.#options = options;
    this.#cores = options.threads ?? availableParallelism();
    this.#threads = ListeningThreads.ofRecordings(this.#cores, options.entry);
  }

  /** Names how recordings are listened to and cut: a mark is valid only for the same way. */
  get cut(): string {
    return nameOf(this.#cutNow(), !!this.#options.detector);
  }

  #cutNow(): CutOptions {
    const { cut = {} } = this.#options;
    return typeof cut === 'function' ? cut() : cut;
  }

  /** The bytes may come from anywhere; they are passed to the thread as it asks for them. */
  start(bytes: AsyncIterable<Uint8Array>, hint: AudioHint | null, options: SessionOptions): Session {
    const summary = Promise.withResolvers<ListeningSummary>();
    summary.promise.catch(() => {});
    const events = this.#hear(bytes, hint, options, summary);
    return { events, pieces: piecesOf(events), summary: summary.promise };
  }

  /** Rejects the running recordings as `closed`, and resolves when the threads have ended. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = Promise.all([this.#threads.end(), this.#windows?.end()]).then(() => {});
      for (const { end } of this.#sessions) end(new ListeningError('closed', 'listening was closed'));
    }
    return this.#closed;
  }

  async *#hear(
    bytes: AsyncIterable<Uint8Array>,
    hint: AudioHint | null,
    { signal, stretches, from = null, track = 0, plan = null, cut: name = null, onDetect }: SessionOptions,
    summary: PromiseWithResolvers<ListeningSummary>,
  ): AsyncGenerator<ListeningEvent, void, void> {
    const inbox = new Inbox<FromThread>();
    const { port1: port, port2 } = new MessageChannel();
    const pump = new Pump(bytes, port, (error) => inbox.fail(error));
    const { detector } = this.#options;
    const over = new AbortController();
    const answering =
      detector && new AnsweringDetector(detector, port, { signal: over.signal, onCall: onDetect });
    const answer = async (question: DetectorRequest) => {
      await answering?.answer(question);
      // From here on it is the thread's turn again.
      if (!over.signal.aborted) watch.stirred();
    };
    let untaken = 0;
    const isThreadsTurn = () => untaken === 0 && pump.hasDelivered && !answering?.isAsked;
    const watch = new StallWatch(this.#options.stallMs ?? STALL_MS, isThreadsTurn, () => this.#replace(end));
    // The session ends at once and not at the next request for a piece, because an aborted consumer may never ask.
    const end = (reason: unknown) => {
      inbox.fail(reason);
      watch.end();
      over.abort(reason);
      port.close();
      pump.stop();
    };
    const abort = () => end(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const running: Running = { end, isThreadsTurn, windows: 0 };
    this.#sessions.add(running);
    try {
      const vadModel = await this.#vadModel();
      signal.throwIfAborted();
      // A destroyed pool would start new threads for the next recording.
      if (this.#closed) throw new ListeningError('closed', 'listening was closed');
      port.on('message', (message: FromThread) => {
        watch.stirred();
        if (message.type === 'more') pump.more();
        else if (message.type === 'detect') void answer(message);
        else if (message.type === 'window') this.#hearElsewhere(message.window, port, running);
        else inbox.put(message);
        if (message.type === 'piece' || message.type === 'heard') untaken++;
      });
      const cut = (name !== null && cutNamed(name, !!detector)) || this.#cutNow();
      const { ffmpeg = null } = this.#options;
      const sound = { hint, cut, plan, stretches, from, track, ffmpeg };
      const task = { port: port2, vadModel, hasDetector: !!detector, ...sound };
      this.#threads.run(task).catch(end);
      yield { type: 'queued' };
      while (true) {
        const message = await inbox.take();
        if (message.type === 'started') {
          yield { type: 'begun' };
        } else if (message.type === 'piece') {
          untaken--;
          tell(port, { type: 'taken' });
          yield message;
        } else if (message.type === 'heard') {
          untaken--;
          tell(port, { type: 'on' });
          yield message;
        } else if (message.type === 'mark') {
          yield message;
        } else if (message.type === 'done') {
          summary.resolve(message.summary);
          return;
        } else if (message.type === 'failed') {
          throw failureOf(message);
        }
      }
    } catch (error) {
      summary.reject(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#sessions.delete(running);
      const givenUp = new ListeningError('given_up', 'not all pieces were taken');
      end(givenUp);
      summary.reject(givenUp);
    }
  }

  /** Threads that stopped answering cannot be ended, so they are abandoned and new ones take over. */
  #replace(end: (reason: ListeningError) => void): void {
    end(new ListeningError('stalled', 'the listening thread stopped answering'));
    if (this.#closed) return;
    void this.#threads.end();
    void this.#windows?.end();
    this.#windows = null;
    this.#threads = ListeningThreads.ofRecordings(this.#cores, this.#options.entry);
  }

  /**
   * Finds a core with nothing to do for a window. Recordings come first, so a short one never waits for the windows of a
   * long one; up to eight of them share a thread, and so one core. Two windows for each core, because the next one is given to
   * a thread shortly before it has heard the one before. The windows of recordings that wait for something do not count, and
   * no window waits for another one's place: what that one waits for may take minutes.
   */
  #hearElsewhere(window: FinderOptions, port: MessagePort, asking: Running): void {
    const heard = [...this.#sessions].filter((one) => one === asking || one.isThreadsTurn());
    const idle = this.#cores - Math.min(heard.length, Math.max(1, this.#threads.threads));
    const begun = heard.reduce((sum, { windows }) => sum + windows, 0);
    if (this.#closed || begun >= 2 * idle || this.#windows?.hasPlace === false) {
      tell(port, { type: 'idle', port: null, free: 0 });
      return;
    }
    this.#windows ??= ListeningThreads.ofWindows(this.#cores - 1, this.#options.windowEntry);
    const { port1, port2 } = new MessageChannel();
    asking.windows++;
    const run = this.#windows.run({ port: port2, window }).finally(() => asking.windows--);
    run.catch(asking.end);
    const free = Math.max(0, idle - begun - 1);
    port.postMessage({ type: 'idle', port: port1, free } satisfies ToThread, [port1]);
  }

  /** sherpa ends the process over a damaged model, so the model is checked before the first thread loads it. */
  async #vadModel(): Promise<string> {
    this.#model ??= checkedSilero(this.#options.modelDirs);
    try {
      return await this.#model;
    } catch (error) {
      // A file that could not be read once may be readable for the next attempt.
      this.#model = undefined;
      throw error;
    }
  }
}

async function checkedSilero(folders: readonly string[] | undefined): Promise<string> {
  const file = sileroFile();
  const fault = await faultOf(file);
  if (fault) throw new ListeningError('configuration', fault);
  if (!folders) return file.path;
  return await preparedSilero(folders).catch((cause) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ListeningError('configuration', `Silero cannot be read: ${reason}`, { cause });
  });
}

/** Its place in the code is for the log: the message is a reason that people read. */
function failureOf({ code, message, stack }: Extract<FromThread, { type: 'failed' }>): Error {
  if (code) return new AudioError(code, message);
  const cause = Object.assign(new Error(message), { stack });
  return new ListeningError('crashed', `listening failed: ${message}`, { cause });
}

async function* piecesOf(events: AsyncIterable<ListeningEvent>): AsyncGenerator<PcmPiece, void, void> {
  for await (const event of events) if (event.type === 'piece') yield event.piece;
}

function tell(port: MessagePort, message: ToThread): void {
  port.postMessage(message);
}

/** Calls `stalled` once nothing has stirred for that long although it was the thread's turn. */
class StallWatch {
  readonly #silence: RunningTime;
  #started = false;

  constructor(afterMs: number, isItsTurn: () => boolean, stalled: () => void) {
    // A recording that waits for a thread, for bytes or for its consumer is not stalled: waiting is not failing.
    this.#silence = new RunningTime(afterMs, stalled, () => !(this.#started && isItsTurn()));
  }

  stirred(): void {
    this.#started = true;
    this.#silence.restart();
  }

  end(): void {
    this.#silence.end();
  }
}
