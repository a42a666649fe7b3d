import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { threadFile } from '../../thread-file.ts';
import { counted } from '../native-threads.ts';
import { ListeningError, type ListeningTask, type WindowTask } from './protocol.ts';

type LoadBalancer = NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer']>;

interface ThreadsOptions {
  threads: number;
  entry: string;
  tasksPerThread: number;
  /** A thread that has something to do gets more only when no further thread can begin. */
  spread: boolean;
  /** As many threads stay when there is nothing to do. */
  staying: number;
  /** The others end after so long without work. */
  idleMs: number;
}

/**
 * Number of recordings that share a thread. Each mostly waits for bytes or for its pieces to be taken, and one that
 * waits long must not block others. Each takes about 3 MB.
 */
const RECORDINGS_PER_THREAD = 8;
const IDLE_MS = 30_000;
/**
 * A thread begins in 0.4 s, in which a quarter of Omi's case is heard by one core alone. Long recordings come several at
 * once, or one after the other as somebody records: the threads of one are still there for the next. Each holds 30 MB.
 */
const WINDOWS_IDLE_MS = 300_000;
/**
 * A window whose recording waits for its calls, or for bytes, has nothing to be heard. It must not keep a thread from the windows
 * of other recordings, so a thread has several at once. Each takes 5 MB.
 */
const WINDOWS_PER_THREAD = 4;

/** A pool of threads that is ended only when no thread is busy. */
export class ListeningThreads<Task extends { port: MessagePort } = ListeningTask> {
  readonly #pool: Piscina<Task, void>;
  readonly #places: number;
  readonly #running = new Set<Promise<void>>();

  static ofRecordings(threads: number, entry = threadFile('thread', import.meta.url)): ListeningThreads {
    return new ListeningThreads({
      threads,
      entry,
      tasksPerThread: RECORDINGS_PER_THREAD,
      spread: false,
      staying: 1,
      idleMs: IDLE_MS,
    });
  }

  static ofWindows(
    threads: number,
    entry = threadFile('window-thread', import.meta.url),
  ): ListeningThreads<WindowTask> {
    return new ListeningThreads({
      threads,
      entry,
      tasksPerThread: WINDOWS_PER_THREAD,
      spread: true,
      staying: 0,
      idleMs: WINDOWS_IDLE_MS,
    });
  }

  private constructor({ threads, entry, tasksPerThread, spread, staying, idleMs }: ThreadsOptions) {
    this.#places = threads * tasksPerThread;
    this.#pool = new Piscina({
      filename: entry,
      minThreads: staying,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerThread,
      ...(spread ? { loadBalancer: spreadOver(threads, tasksPerThread) } : {}),
      idleTimeout: idleMs,
      // The fast path would block an idle thread's event loop, so that it could not close its remaining ports.
      atomics: 'disabled',
    });
    // Without a listener, a thread that dies while it is idle would end the process. The pool replaces it.
    this.#pool.on('error', () => {});
  }

  /** Another task would not have to wait for one of those that run. */
  get hasPlace(): boolean {
    return this.#running.size < this.#places;
  }

  get threads(): number {
    return this.#pool.threads.length;
  }

  /** Resolves when the thread is done with the task, whatever came of it; rejects when the thread was lost. */
  async run(task: Task): Promise<void> {
    const run = counted(this.#pool.run(task, { transferList: [task.port] }));
    this.#running.add(run);
    try {
      await run;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ListeningError('crashed', `the listening thread was lost: ${reason}`, { cause: error });
    } finally {
      this.#running.delete(run);
    }
  }

  /** Waits for the running tasks, whose ports the caller closes, and ends the threads. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#pool.destroy();
  }
}

/** The pool's own choice would give a second task to a busy thread before it begins another thread. */
function spreadOver(threads: number, tasksPerThread: number): LoadBalancer {
  return (_task, workers) => {
    const [least] = workers.toSorted((a, b) => a.currentUsage - b.currentUsage);
    if (!least || least.currentUsage >= tasksPerThread) return null;
    return least.currentUsage === 0 || workers.length >= threads ? least : null;
  };
}
