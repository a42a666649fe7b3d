import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AudioError } from '../audio/report.ts';
import type { Sound } from '../audio/sound-notes.ts';
import { AfterwordError } from '../errors.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { CopySpool } from './copy-spool.ts';
import { keepSound } from './sounds.ts';
import { storeCopy } from './store-copy.ts';
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

/**
 * Makes what recordings lack to be played: those of before, those whose work was interrupted, and those whose format needs a
 * copy. One file at a time; whoever asks again meanwhile finds what is done.
 */
export class Preparer {
  readonly #parts: PlaybackParts;
  readonly #threads: PlaybackThreads;
  readonly #waiting = new Map<string, Promise<void>>();
  /** Without any sound in it. */
  readonly #silent = new Set<string>();
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: PlaybackParts, threads: PlaybackThreads) {
    this.#parts = parts;
    this.#threads = threads;
  }

  /** @throws AfterwordError `audio_not_ready` where it takes longer than that; it goes on meanwhile */
  async ensure(recordingIds: readonly string[], waitMs: number, signal: AbortSignal): Promise<void> {
    const missing = recordingIds.filter((id) => !this.#silent.has(id));
    if (missing.length === 0) return;
    if (this.#waiting.size + missing.length > MOST_WAITING) throw new AfterwordError('audio_not_ready');
    const all = Promise.all(missing.map((id) => this.#begin(id)));
    all.catch(() => {});
    const late = delay(waitMs, 'late' as const, { signal, ref: false }).catch(() => 'late' as const);
    if ((await Promise.race([all, late])) === 'late') throw new AfterwordError('audio_not_ready');
  }

  stop(): void {
    this.#stop.abort(new Error('the server stops'));
  }

  #begin(id: string): Promise<void> {
    const running = this.#waiting.get(id);
    if (running) return running;
    const made = this.#last.then(() => this.#make(id)).finally(() => this.#waiting.delete(id));
    this.#waiting.set(id, made);
    // Whoever asked for it may have been told to come again by then: without this line nobody would learn why it never comes.
    this.#last = made.catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      const { log } = this.#parts;
      log.warn(
        { err: error, recordingId: id },
        'a recording was not made ready to be played: it is tried when somebody asks',
      );
    });
    return made;
  }

  async #make(id: string): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const recording = await this.#parts.db
      .selectFrom('recordings')
      .select(['sha256', 'codec'])
      .where('id', '=', id)
      .where('outcome', '<>', 'deleted')
      .where('audio_removed_at_ms', 'is', null)
      .executeTakeFirst();
    if (!recording) return;
    const bytes = () => openContent(this.#parts, recording.sha256, signal);
    const pass = async (always: boolean, streams: number) => {
      const spool = new CopySpool();
      const copy = { give: (part: Uint8Array) => spool.add(part), always };
      const sources = Array.from({ length: streams }, bytes);
      try {
        const { sound, tracks } = await this.#threads.prepare(sources, recording.codec, signal, copy);
        if (tracks > streams) return { isDone: false, tracks };
        if (sound.isOfCopy) await storeCopy(this.#parts.blobs, spool, (key) => this.#keep(id, sound, key));
        else if (sound.map) await this.#keep(id, sound, null);
        return { isDone: sound.map !== null, tracks };
      } finally {
        await spool.close();
      }
    };
    try {
      // Another pass copies all of it where the sound turns out on the way to be one that no map describes, or to be several
      // streams side by side.
      const { isDone, tracks } = await pass(false, 1);
      if (!isDone) await pass(true, tracks);
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      this.#silent.add(id);
      const [oldest] = this.#silent;
      if (this.#silent.size > MOST_SILENT && oldest !== undefined) this.#silent.delete(oldest);
    }
  }

  /** @returns false if the recording was deleted meanwhile, or another process was faster */
  async #keep(id: string, sound: Sound, copyKey: string | null): Promise<boolean> {
    return await inTransaction(this.#parts.db, async (tx) => {
      const recording = await tx
        .selectFrom('recordings')
        .select('id')
        .where('id', '=', id)
        .where('outcome', '<>', 'deleted')
        .where('audio_removed_at_ms', 'is', null)
        .forShare()
        .executeTakeFirst();
      return recording !== undefined && (await keepSound(tx, id, sound, copyKey));
    });
  }
}
