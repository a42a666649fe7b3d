import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { AudioHint } from '../audio/hint.ts';
import { AudioError } from '../audio/report.ts';
import type { CutOptions, Piece } from './cut.ts';
import { Inbox } from './inbox.ts';
import type { FromThread, ListeningSummary, ListeningTask, ToThread } from './listening-messages.ts';
import { faultOf, sileroFile } from './models.ts';
import { Pump } from './pump.ts';
import { threadFile } from './threads.ts';

export type { ListeningSummary } from './listening-messages.ts';

export interface ListeningOptions {
  /** Default: one per core. */
  threads?: number;
  cut?: CutOptions;
  /** How long a thread that has all it needs may be silent before it is ended. */
  stallMs?: number;
  /** The file that the threads run; tests put in one that crashes or hangs. */
  entry?: string;
}

export type ListeningErrorKind =
  | 'crashed' // the thread ended or a bug showed in it; another attempt may succeed
  | 'stalled' // the thread stopped answering and was ended
  | 'closed' // this process is ending
  | 'configuration' // the voice model is missing or damaged
  | 'given_up'; // the pieces were not taken to their end

export class ListeningError extends Error {
  readonly kind: ListeningErrorKind;

  constructor(kind: ListeningErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListeningError';
    this.kind = kind;
  }
}

/** One recording being heard. Nothing starts, and no byte is read, before the first piece is asked for. */
export interface Session {
  /** To be iterated once. Leaving it early, or aborting, stops the work in the thread and closes the byte source. */
  pieces: AsyncIterable<Piece>;
  /** Settles when `pieces` ends. Not taking it is safe: its rejection is never unhandled. */
  summary: Promise<ListeningSummary>;
}

/**
 * Recordings that share a thread: each is mostly waiting for bytes or for its pieces to be taken, and one that waits
 * for long must not keep the others out. About 3 MB each.
 */
const RECORDINGS_PER_THREAD = 8;
/** A second of audio takes some 10 ms; the longest step without a message is a few seconds of silence in the file. */
const STALL_MS = 60_000;

/** Decodes, listens and cuts in threads of its own, so that the event loop stays free to answer. */
export class Listening {
  readonly #pool: Piscina<ListeningTask, void>;
  readonly #options: ListeningOptions;
  #checked: Promise<string | null> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ListeningOptions = {}) {
    this.#options = options;
    const threads = options.threads ?? availableParallelism();
    this.#pool = new Piscina({
      filename: options.entry ?? threadFile('listening-thread'),
      minThreads: 1,
      maxThreads: threads,
      concurrentTasksPerWorker: RECORDINGS_PER_THREAD,
      idleTimeout: 30_000,
      // The fast path blocks an idle thread's event loop, which would keep it from closing the ports it has left.
      atomics: 'disabled',
    });
    // Without a listener, a thread that dies while it is idle would end the process. The pool replaces it.
    this.#pool.on('error', () => {});
  }

  /** The bytes may come from anywhere; they are passed to the thread as it asks for them. */
  start(bytes: AsyncIterable<Uint8Array>, hint: AudioHint | null, options: { signal: AbortSignal }): Session {
    const summary = Promise.withResolvers<ListeningSummary>();
    summary.promise.catch(() => {});
    return { pieces: this.#hear(bytes, hint, options.signal, summary), summary: summary.promise };
  }

  /** Ends the threads; recordings that are being heard are rejected as `closed`. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.destroy();
    return this.#closed;
  }

  async *#hear(
    bytes: AsyncIterable<Uint8Array>,
    hint: AudioHint | null,
    signal: AbortSignal,
    summary: PromiseWithResolvers<ListeningSummary>,
  ): AsyncGenerator<Piece, void, void> {
    const inbox = new Inbox<FromThread>();
    const { port1: port, port2 } = new MessageChannel();
    const pump = new Pump(bytes, port, (error) => inbox.fail(error));
    const letGo = () => {
      port.close();
      pump.stop();
    };
    // At once, and not when the next piece is asked for: a consumer that was aborted too may never ask.
    const abort = () => {
      inbox.fail(signal.reason);
      letGo();
    };
    signal.addEventListener('abort', abort, { once: true });
    let watch: StallWatch | undefined;
    try {
      signal.throwIfAborted();
      // A destroyed pool would start anew with the next recording.
      if (this.#closed) throw new ListeningError('closed', 'listening was closed');
      const vadModel = await this.#vadModel();
      let untaken = 0;
      let threadId: number | undefined;
      watch = new StallWatch(
        this.#options.stallMs ?? STALL_MS,
        () => untaken === 0 && pump.hasDelivered,
        () => {
          inbox.fail(new ListeningError('stalled', 'the listening thread stopped answering'));
          void this.#pool.threads.find((thread) => thread.threadId === threadId)?.terminate();
        },
      );
      const stillness = watch;
      port.on('message', (message: FromThread) => {
        stillness.stirred();
        if (message.type === 'started') threadId = message.threadId;
        else if (message.type === 'more') pump.more();
        else inbox.put(message);
        if (message.type === 'piece') untaken++;
      });
      this.#pool
        .run({ port: port2, hint, vadModel, cut: this.#options.cut ?? {} }, { transferList: [port2] })
        .catch((error: unknown) => inbox.fail(this.#lost(error)));
      while (true) {
        const message = await inbox.take();
        if (message.type === 'piece') {
          untaken--;
          tell(port, { type: 'taken' });
          yield message.piece;
        } else if (message.type === 'done') {
          summary.resolve(message.summary);
          return;
        } else if (message.type === 'failed') {
          throw message.code
            ? new AudioError(message.code, message.message)
            : new ListeningError('crashed', message.message);
        }
      }
    } catch (error) {
      summary.reject(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      watch?.end();
      letGo();
      summary.reject(new ListeningError('given_up', 'not all pieces were taken'));
    }
  }

  /** sherpa ends the process over a damaged model, so it is looked at before the first thread may load it. */
  async #vadModel(): Promise<string> {
    const file = sileroFile();
    this.#checked ??= faultOf(file);
    const fault = await this.#checked;
    if (fault) throw new ListeningError('configuration', fault);
    return file.path;
  }

  #lost(error: unknown): ListeningError {
    const reason = error instanceof Error ? error.message : String(error);
    return this.#closed
      ? new ListeningError('closed', 'listening was closed', { cause: error })
      : new ListeningError('crashed', `the listening thread was lost: ${reason}`, { cause: error });
  }
}

function tell(port: MessagePort, message: ToThread): void {
  port.postMessage(message);
}

/** Calls `stalled` once nothing has stirred for that long although it was the thread's turn. */
class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #started = false;

  constructor(afterMs: number, isItsTurn: () => boolean, stalled: () => void) {
    this.#timer = setTimeout(() => {
      // A recording that waits for a thread, for bytes or for its consumer is not stalled: waiting is not failing.
      if (this.#started && isItsTurn()) stalled();
      else this.#timer.refresh();
    }, afterMs);
    this.#timer.unref();
  }

  stirred(): void {
    this.#started = true;
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
