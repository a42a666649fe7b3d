import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { AudioHint } from '../audio/hint.ts';
import type { TakesCopy } from '../audio/opus-copy.ts';
import { AudioError } from '../audio/report.ts';
import type { Sound } from '../audio/sound-notes.ts';
import { Inbox, Pump } from '../speech/audio-thread/channel.ts';
import { threadFile } from '../thread-file.ts';
import type { ExcerptTask, FromPreparing, PrepareTask } from './thread.ts';

/** Threads without work stay so long, since a listener comes back within seconds. */
const IDLE_MS = 60_000;

/** The threads of one process that make sound; they start when somebody listens. */
export class PlaybackThreads {
  readonly #ffmpeg: string | null;
  #players: Piscina<ExcerptTask, Uint8Array> | null = null;
  #preparers: Piscina<PrepareTask, null> | null = null;

  constructor(ffmpeg: string | null) {
    this.#ffmpeg = ffmpeg;
  }

  /** About a second of sound, decoded and perhaps encoded: a few milliseconds. */
  async excerpt(task: ExcerptTask): Promise<Uint8Array> {
    this.#players ??= pool<ExcerptTask, Uint8Array>(availableParallelism());
    return await this.#players.run(task);
  }

  /**
   * Goes through a whole file, one at a time in a process.
   * @param copy takes a copy where the file has no map, or always
   * @throws AudioError if there is no sound in it, and whatever the source throws
   */
  async prepare(
    bytes: AsyncIterable<Uint8Array>,
    hint: AudioHint | null,
    signal: AbortSignal,
    copy: { give: TakesCopy; always: boolean },
  ): Promise<Sound> {
    this.#preparers ??= pool<PrepareTask, null>(1);
    const { port1: port, port2 } = new MessageChannel();
    const inbox = new Inbox<FromPreparing>();
    const pump = new Pump(bytes, port, (error) => inbox.fail(error));
    const abort = () => inbox.fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      port.on('message', (message: FromPreparing) => {
        if (message.type === 'more') pump.more();
        else inbox.put(message);
      });
      const task: PrepareTask = {
        kind: 'prepare',
        port: port2,
        hint,
        alwaysCopies: copy.always,
        ffmpeg: this.#ffmpeg,
      };
      this.#preparers.run(task, { transferList: [port2] }).catch((error: unknown) => inbox.fail(error));
      for (;;) {
        const message = await inbox.take();
        if (message.type === 'copy') copy.give(message.bytes);
        else if (message.type === 'done') return message.sound;
        else if (message.type === 'failed')
          throw message.code ? new AudioError(message.code, message.message) : new Error(message.message);
      }
    } finally {
      signal.removeEventListener('abort', abort);
      pump.stop();
      port.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#players?.destroy(), this.#preparers?.destroy()]);
  }
}

function pool<Task, Result>(threads: number): Piscina<Task, Result> {
  const made = new Piscina<Task, Result>({
    filename: threadFile('thread', import.meta.url),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    // The fast path would block an idle thread's event loop, so that it could not close its remaining ports.
    atomics: 'disabled',
  });
  // Without a listener, a thread that dies while it is idle would end the process. The pool replaces it.
  made.on('error', () => {});
  return made;
}
