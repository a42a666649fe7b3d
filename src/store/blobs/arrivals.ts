import type { Database } from '../database.ts';
import { type BlobStore, newKey, type StoredBlob } from './blob-store.ts';
import { discardObjects } from './freeing.ts';

/** A quarter of the hour after which an object without references counts as abandoned. */
const HOLD_EVERY_MS = 15 * 60_000;
const HELD_FOR_MS = 3_600_000;

/**
 * Keeps the objects that one request stores until its transaction decides about them. A long request with many files
 * holds those it has stored already; a failed request frees them at once.
 */
export class Arrivals {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #keys = new Set<string>();
  readonly #holding: NodeJS.Timeout;

  constructor({ db, blobs }: { db: Database; blobs: BlobStore }) {
    this.#db = db;
    this.#blobs = blobs;
    // A hold that cannot be written is written the next time. Without any hold, accepting answers "send it again".
    this.#holding = setInterval(() => void this.hold().catch(() => {}), HOLD_EVERY_MS).unref();
  }

  async put(body: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const key = newKey();
    this.#keys.add(key);
    try {
      return await this.#blobs.put(body, key);
    } catch (error) {
      // The store has removed it itself.
      this.#keys.delete(key);
      throw error;
    }
  }

  /** Keeps an object that is there already under a second key. @returns null where the store cannot do that */
  async adopt(from: string, sizeBytes: number, sha256: string | null): Promise<StoredBlob | null> {
    const key = newKey();
    this.#keys.add(key);
    const stored = (await this.#blobs.growing?.adopt(from, key, sizeBytes, sha256)) ?? null;
    if (stored === null) this.#keys.delete(key);
    return stored;
  }

  async hold(): Promise<void> {
    if (this.#keys.size === 0) return;
    const until_ms = Date.now() + HELD_FOR_MS;
    await this.#db
      .insertInto('object_holds')
      .values([...this.#keys].map((key) => ({ key, until_ms })))
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ until_ms }))
      .execute();
  }

  /** Everything has arrived; the request's transaction decides what stays. */
  end(): void {
    clearInterval(this.#holding);
    this.#keys.clear();
  }

  async discard(): Promise<void> {
    const keys = [...this.#keys];
    this.end();
    await discardObjects(this.#blobs, keys);
  }
}
