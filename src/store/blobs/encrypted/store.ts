import { createHash, randomBytes } from 'node:crypto';
import { AfterwordError } from '../../../errors.ts';
import type { SecretBox } from '../../../sign-in/secret-box.ts';
import type { Database } from '../../database.ts';
import {
  type BlobStore,
  type ByteRange,
  type GrowingStore,
  newKey,
  type ObjectPage,
  type StoredBlob,
  type UnfinishedObject,
} from '../blob-store.ts';
import type { HeldBytes } from '../held-bytes.ts';
import { ChunkBroken, DATA_KEY_BYTES, isSealed, seal, sealedRange, unseal } from './chunks.ts';

/** Data keys that were looked up lately, 100 bytes each. */
const MOST_REMEMBERED = 2_000;

interface DataKey {
  bytes: Buffer;
  sizeBytes: number;
}

interface EncryptedParts {
  db: Database;
  /** Holds the operator's keys; null where none is configured. */
  box: SecretBox | null;
}

/**
 * Encrypts what is stored in another store. Each object has a data key of its own, which lies in `object_keys`, sealed with
 * the operator's key: to change that key no object is touched. Objects of before, without a row there, are read as they are.
 */
export class EncryptedBlobStore implements BlobStore {
  readonly #inner: BlobStore;
  readonly #parts: EncryptedParts;
  /** By object; null for one that is not encrypted. The oldest goes first. */
  readonly #remembered = new Map<string, DataKey | null>();

  constructor(inner: BlobStore, parts: EncryptedParts) {
    this.#inner = inner;
    this.#parts = parts;
  }

  /** What grows is not encrypted; an object that is has its key under its own name, and cannot have another. */
  get growing(): GrowingStore | undefined {
    const { growing } = this.#inner;
    if (!growing || this.#parts.box) return undefined;
    return {
      grow: (key, from) => growing.grow(key, from),
      adopt: async (key, newKey, sizeBytes, sha256) =>
        (await this.#dataKeyOf(key)) === null ? await growing.adopt(key, newKey, sizeBytes, sha256) : null,
    };
  }

  get held(): HeldBytes | undefined {
    return this.#inner.held;
  }

  async put(body: AsyncIterable<Uint8Array>, key = newKey()): Promise<StoredBlob> {
    const { box } = this.#parts;
    if (!box) return await this.#inner.put(body, key);
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const passed = { hash: createHash('sha256'), sizeBytes: 0 };
    await this.#inner.put(seal(body, dataKey, passed), key);
    const { sizeBytes } = passed;
    try {
      // Committed before the object is told of: nobody can accept audio whose key is not durable.
      await this.#parts.db
        .insertInto('object_keys')
        .values({
          key,
          sealed: box.seal(dataKey.toString('base64url'), placeOf(key, sizeBytes)),
          size_bytes: sizeBytes,
        })
        .execute();
    } catch (error) {
      await this.#inner.delete(key).catch(() => {});
      throw error;
    }
    return { key, sha256: passed.hash.digest('hex'), sizeBytes };
  }

  async *open(key: string, signal: AbortSignal, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const dataKey = await this.#dataKeyOf(key);
    if (!dataKey) {
      yield* withoutSeal(this.#inner.open(key, signal, range), key, range);
      return;
    }
    const { bytes, sizeBytes } = dataKey;
    const wanted = { from: range?.from ?? 0, to: Math.min(range?.to ?? sizeBytes, sizeBytes) };
    if (wanted.from >= wanted.to && !(await this.#inner.has(key))) throw missing(key);
    if (wanted.from >= wanted.to) return;
    // The last chunk ends with the object, so more than is there would show that something was added.
    const sealed = sealedRange(wanted);
    try {
      yield* unseal(this.#inner.open(key, signal, sealed), bytes, sizeBytes, wanted);
    } catch (error) {
      if (!(error instanceof ChunkBroken)) throw error;
      await this.#noteBroken(key);
      throw new AfterwordError(
        'blob_missing',
        `the audio ${key} was changed in the store: ${error.message}`,
        {
          cause: error,
        },
      );
    }
  }

  /** One that was found broken does not count: the same audio sent again takes its place. */
  async has(key: string): Promise<boolean> {
    if (!(await this.#inner.has(key))) return false;
    const broken = await this.#parts.db
      .selectFrom('object_keys')
      .select('key')
      .where('key', '=', key)
      .where('broken_at_ms', 'is not', null)
      .executeTakeFirst();
    return broken === undefined;
  }

  async #noteBroken(key: string): Promise<void> {
    await this.#parts.db
      .updateTable('object_keys')
      .set({ broken_at_ms: Date.now() })
      .where('key', '=', key)
      .where('broken_at_ms', 'is', null)
      .execute()
      // What cannot be noted now is found again with the next look at it.
      .catch(() => {});
  }

  /** The row goes with the object: without its key nothing of it can be read, whatever a bucket keeps of old versions. */
  async delete(key: string): Promise<void> {
    await this.#inner.delete(key);
    this.#remembered.delete(key);
    await this.#parts.db.deleteFrom('object_keys').where('key', '=', key).execute();
  }

  async probe(): Promise<void> {
    await this.#inner.probe();
  }

  async list(after: string | null, most?: number): Promise<ObjectPage> {
    return await this.#inner.list(after, most);
  }

  async listUnfinished(): Promise<UnfinishedObject[]> {
    return await this.#inner.listUnfinished();
  }

  async dropUnfinished(unfinished: UnfinishedObject): Promise<void> {
    await this.#inner.dropUnfinished(unfinished);
  }

  async owner(): Promise<string | null> {
    return await this.#inner.owner();
  }

  async setOwner(owner: string): Promise<void> {
    await this.#inner.setOwner(owner);
  }

  async #dataKeyOf(key: string): Promise<DataKey | null> {
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const row = await this.#parts.db
      .selectFrom('object_keys')
      .select(['sealed', 'size_bytes'])
      .where('key', '=', key)
      .executeTakeFirst();
    const dataKey = row
      ? {
          bytes: openDataKey(this.#parts.box, key, row.sealed, row.size_bytes),
          sizeBytes: row.size_bytes,
        }
      : null;
    this.#remembered.set(key, dataKey);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return dataKey;
  }
}

/** What a data key is sealed for: moved to another object, or said to be of another length, it cannot be opened. */
export function placeOf(key: string, sizeBytes: number): string {
  return `object:${key}:${sizeBytes}`;
}

function openDataKey(box: SecretBox | null, key: string, sealed: string, sizeBytes: number): Buffer {
  try {
    if (!box) throw new Error('no key is configured');
    return Buffer.from(box.open(sealed, placeOf(key, sizeBytes)), 'base64url');
  } catch (error) {
    throw new AfterwordError(
      'configuration',
      `AFTERWORD_AUDIO_KEY does not open the audio ${key}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** An encrypted object whose row is lost must not be taken for a recording of noise. */
async function* withoutSeal(
  bytes: AsyncIterable<Uint8Array>,
  key: string,
  range: ByteRange | undefined,
): AsyncGenerator<Uint8Array> {
  let isFirst = (range?.from ?? 0) === 0;
  for await (const chunk of bytes) {
    if (isFirst && isSealed(chunk))
      throw new AfterwordError('blob_missing', `the audio ${key} is encrypted, and its key is lost`);
    isFirst = false;
    yield chunk;
  }
}

function missing(key: string): AfterwordError {
  return new AfterwordError('blob_missing', `the audio ${key} cannot be read`);
}
