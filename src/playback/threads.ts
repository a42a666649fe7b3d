import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { AudioHint } from '../audio/hint.ts';
import type { TakesCopy } from '../audio/opus-copy.ts';
import { AudioError } from '../audio/report.ts';
import type { Sound } from '../audio/sound-notes.ts';
import { unlessAborted } from '../providers/deadline.ts';
import { Inbox, Pump } from '../speech/audio-thread/channel.ts';
import { threadFile } from '../thread-file.ts';
import type { SegmentTask } from './segment.ts';
import type { ExcerptTask, FromPreparing, PrepareTask } from './thread.ts';
import type { WarmUpTask } from './warm-up.ts';

type PlayingTask = ExcerptTask | SegmentTask | WarmUpTask;

/** One for a file of which nothing is known yet, and one for a copy that is heard as it grows (`prepare.ts`). */
const PREPARERS = 2;
/** Threads without work stay so long, since a listener comes back within seconds; one that plays stays for the next listener. */
const IDLE_MS = 60_000;
const SEGMENT_MS = 20_000;

/** The threads of one process that make sound; they start when somebody listens, or may soon. */
export class PlaybackThreads {
  readonly #ffmpeg: string | null;
  readonly #isIdle: boolean;
  #players: Piscina<PlayingTask, Uint8Array> | null = null;
  #preparers: Piscina<PrepareTask, null> | null = null;

  /** @param isIdle whole files are gone through with what the processor has left over */
  constructor(ffmpeg: string | null, { isIdle = false } = {}) {
    this.#ffmpeg = ffmpeg;
    this.#isIdle = isIdle;
  }

  get hasFfmpeg(): boolean {
    return this.#ffmpeg !== null;
  }

  /** Starts the thread that plays first: a listener would wait for it longer than for the sound. */
  warmUp(): void {
    if (this.#players === null)
      this.#playing()
        .run({ kind: 'warm-up' })
        .catch(() => {});
  }

  /** About a second of sound, decoded and perhaps encoded: a few milliseconds. */
  async excerpt(task: ExcerptTask): Promise<Uint8Array> {
    return await this.#playing().run(task);
  }

  /**
   * Four seconds of a copy that is to come, within some hundredths of a second. Its decoder has gone through this file before; if it
   * hangs all the same, its thread is ended. A listener who leaves does not end it: the next one would wait for another thread.
   */
  async segment(task: Omit<SegmentTask, 'ffmpeg'>, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const whole = { ...task, ffmpeg: this.#ffmpeg };
    const made = this.#playing().run(whole, { signal: AbortSignal.timeout(SEGMENT_MS) });
    return await unlessAborted(made, signal);
  }

  #playing(): Piscina<PlayingTask, Uint8Array> {
    this.#players ??= pool<PlayingTask, Uint8Array>(availableParallelism(), 1);
    return this.#players;
  }

  /**
   * Goes through a whole file; what is more than two at a time in a process waits.
   * @param sources the file's bytes, once for each of its streams that are to sound together
   * @param copy takes a copy where the file has no map, or always
   * @returns also how many streams there are side by side
   * @throws AudioError if there is no sound in it, and whatever a source throws
   */
  async prepare(
    sources: readonly AsyncIterable<Uint8Array>[],
    hint: AudioHint | null,
    signal: AbortSignal,
    copy: { give: TakesCopy; always: boolean },
  ): Promise<{ sound: Sound; tracks: number }> {
    this.#preparers ??= pool<PrepareTask, null>(PREPARERS);
    const inbox = new Inbox<FromPreparing>();
    const fail = (error: unknown) => inbox.fail(error);
    const channels = sources.map((bytes) => {
      const { port1: port, port2 } = new MessageChannel();
      const pump = new Pump(bytes, port, fail);
      port.on('message', (message: FromPreparing) => {
        if (message.type === 'more') pump.more();
        else inbox.put(message);
      });
      return { port, port2, pump };
    });
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const ports = channels.map(({ port2 }) => port2);
      const task: PrepareTask = {
        kind: 'prepare',
        ports,
        hint,
        alwaysCopies: copy.always,
        ffmpeg: this.#ffmpeg,
        isIdle: this.#isIdle,
      };
      this.#preparers.run(task, { transferList: ports }).catch(fail);
      for (;;) {
        const message = await inbox.take();
        if (message.type === 'copy') copy.give(message.bytes);
        else if (message.type === 'done') return message;
        else if (message.type === 'failed')
          throw message.code ? new AudioError(message.code, message.message) : new Error(message.message);
      }
    } finally {
      signal.removeEventListener('abort', abort);
      for (const { port, pump } of channels) {
        pump.stop();
        port.close();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#players?.destroy(), this.#preparers?.destroy()]);
  }
}

function pool<Task, Result>(threads: number, least = 0): Piscina<Task, Result> {
  const made = new Piscina<Task, Result>({
    filename: threadFile('thread', import.meta.url),
    minThreads: least,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    // The fast path would block an idle thread's event loop, so that it could not close its remaining ports.
    atomics: 'disabled',
  });
  // Without a listener, a thread that dies while it is idle would end the process. The pool replaces it.
  made.on('error', () => {});
  return made;
}
