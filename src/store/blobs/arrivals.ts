import type { Database } from '../database.ts';
import { type BlobStore, newKey, type StoredBlob } from './blob-store.ts';
import { discardObjects } from './freeing.ts';

/** Four times before the hour is over after which an object that nothing refers to is taken for abandoned. */
const HOLD_EVERY_MS = 15 * 60_000;
const HELD_FOR_MS = 3_600_000;

/**
 * The objects that one request stores, until its transaction decides about them. A request that takes long, of many
 * files over a bad network, holds on to those it has stored already; one that fails frees them at once.
 */
export class Arrivals {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #keys = new Set<string>();
  readonly #holding: NodeJS.Timeout;

  constructor({ db, blobs }: { db: Database; blobs: BlobStore }) {
    this.#db = db;
    this.#blobs = blobs;
    // A hold that cannot be written is written by the next time; without any, accepting says "send it again".
    this.#holding = setInterval(() => void this.hold().catch(() => {}), HOLD_EVERY_MS).unref();
  }

  async put(body: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const key = newKey();
    this.#keys.add(key);
    try {
      return await this.#blobs.put(body, key);
    } catch (error) {
      // The store has cleaned up after itself.
      this.#keys.delete(key);
      throw error;
    }
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

  /** Everything has arrived, and its transaction decides what becomes of it. */
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
