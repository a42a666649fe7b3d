import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { threadFile } from '../../thread-file.ts';
import { ListeningError, type ListeningTask } from './protocol.ts';

/**
 * Number of recordings that share a thread. Each mostly waits for bytes or for its pieces to be taken, and one that
 * waits long must not block others. Each takes about 3 MB.
 */
const RECORDINGS_PER_THREAD = 8;

/** A pool of threads that is ended only when no thread is busy. */
export class ListeningThreads {
  readonly #pool: Piscina<ListeningTask, void>;
  readonly #running = new Set<Promise<void>>();

  constructor({ threads = availableParallelism(), entry }: { threads?: number; entry?: string }) {
    this.#pool = new Piscina({
      filename: entry ?? threadFile('thread', import.meta.url),
      minThreads: 1,
      maxThreads: threads,
      concurrentTasksPerWorker: RECORDINGS_PER_THREAD,
      idleTimeout: 30_000,
      // The fast path would block an idle thread's event loop, so that it could not close its remaining ports.
      atomics: 'disabled',
    });
    // Without a listener, a thread that dies while it is idle would end the process. The pool replaces it.
    this.#pool.on('error', () => {});
  }

  /** Resolves when the thread is done with the recording, whatever came of it; rejects when the thread was lost. */
  async run(task: ListeningTask): Promise<void> {
    const run = this.#pool.run(task, { transferList: [task.port] });
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

  /** Waits for the running recordings, whose ports the caller closes, and ends the threads. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#pool.destroy();
  }
}
