import type { Logger } from 'pino';
import type { Wanted } from '../audio/excerpt.ts';
import { AudioError } from '../audio/report.ts';
import { AfterwordError } from '../errors.ts';
import { unlessAborted, within } from '../providers/deadline.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { CopySpool } from './copy-spool.ts';
import { makeSound } from './make-sound.ts';
import { keepSoundIfWanted } from './sounds.ts';
import type { PlaybackThreads } from './threads.ts';

export interface PlaybackParts {
  db: Database;
  blobs: BlobStore;
  log: Logger;
}

/** Recordings that wait in one process: two weeks with a file a minute. */
const MOST_WAITING = 20_000;
/** Recordings that hold no sound, so that they are not gone through again with each request. */
const MOST_SILENT = 10_000;
/** Sound that is still to come so far is waited for so long, an hour and a half of it. */
const COMING_MS = 15_000;

interface Making {
  made: Promise<void>;
  /** What is there of its copy by now. */
  spool: CopySpool;
}

/**
 * Makes what recordings lack to be played: those of before, those whose work was interrupted, and copies that no worker has made
 * yet. One file at a time of those of which nothing is known, and beside it one whose copy is heard as it grows: hundreds of
 * old recordings would keep that silent for long. Whoever asks again meanwhile finds what is done.
 */
export class Preparer {
  readonly #parts: PlaybackParts;
  readonly #threads: PlaybackThreads;
  readonly #waiting = new Map<string, Making>();
  /** Without any sound that can be decoded here. */
  readonly #silent = new Set<string>();
  readonly #stop = new AbortController();
  readonly #last = { unknown: Promise.resolve(), coming: Promise.resolve() };

  constructor(parts: PlaybackParts, threads: PlaybackThreads) {
    this.#parts = parts;
    this.#threads = threads;
  }

  /** @throws AfterwordError `audio_not_ready` where it takes longer than that; it goes on meanwhile */
  async ensure(recordingIds: readonly string[], waitMs: number, signal: AbortSignal): Promise<void> {
    const missing = recordingIds.filter((id) => !this.#silent.has(id));
    if (missing.length === 0) return;
    if (this.#waiting.size + missing.length > MOST_WAITING) throw new AfterwordError('audio_not_ready');
    const all = Promise.all(missing.map((id) => this.#begin(id, 'unknown').made));
    await this.#inTime(all, waitMs, signal);
  }

  /**
   * Part of a copy that is not in the store yet, as soon as it was made so far: its beginning after a moment.
   * @returns null: it is in the store by now, or the recording is gone
   * @throws AfterwordError `audio_not_ready` where it takes too long; it goes on meanwhile
   */
  async comingPart(recordingId: string, part: Wanted, signal: AbortSignal): Promise<Uint8Array | null> {
    // No decoder of it here: a worker that has heard it has one.
    if (this.#silent.has(recordingId)) throw new AfterwordError('audio_not_ready');
    if (this.#waiting.size > MOST_WAITING) throw new AfterwordError('audio_not_ready');
    const { made, spool } = this.#begin(recordingId, 'coming');
    const over = made.then(() => null);
    const grown = spool.grownTo(part.to).then(async () => await spool.part(part.from, part.to));
    // What ends the copy is told by `made`, and a copy that is whole is read in the store.
    const coming = Promise.race([grown.catch(() => over), over]);
    return await this.#inTime(coming, COMING_MS, signal);
  }

  stop(): void {
    this.#stop.abort(new Error('the server stops'));
  }

  /** What is made goes on when nobody waits for it any more. */
  async #inTime<T>(made: Promise<T>, waitMs: number, signal: AbortSignal): Promise<T> {
    made.catch(() => {});
    const late = () => new AfterwordError('audio_not_ready');
    try {
      return await within([signal], { ms: waitMs, late }, async (over) => await unlessAborted(made, over));
    } catch (error) {
      throw signal.aborted ? late() : error;
    }
  }

  #begin(id: string, queue: 'unknown' | 'coming'): Making {
    const running = this.#waiting.get(id);
    if (running) return running;
    const spool = new CopySpool();
    const made = this.#last[queue]
      .then(() => this.#make(id, spool))
      .finally(async () => {
        this.#waiting.delete(id);
        await spool.close();
      });
    this.#waiting.set(id, { made, spool });
    // Whoever asked for it may have been told to come again by then: without this line nobody would learn why it never comes.
    this.#last[queue] = made.catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      const { log } = this.#parts;
      log.warn(
        { err: error, recordingId: id },
        'a recording was not made ready to be played: it is tried when somebody asks',
      );
    });
    return { made, spool };
  }

  async #make(id: string, spool: CopySpool): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const { db, blobs } = this.#parts;
    const parts = {
      db,
      blobs,
      threads: this.#threads,
      keep: (...sound: Parameters<Parameters<typeof makeSound>[0]['keep']>) =>
        inTransaction(db, async (tx) => await keepSoundIfWanted(tx, ...sound)),
    };
    try {
      await makeSound(parts, id, spool, signal);
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      this.#silent.add(id);
      const [oldest] = this.#silent;
      if (this.#silent.size > MOST_SILENT && oldest !== undefined) this.#silent.delete(oldest);
    }
  }
}
