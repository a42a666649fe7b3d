import { randomBytes } from 'node:crypto';

/** One storing of bytes: the key is its own, and what the bytes are is known by their hash. */
export interface StoredBlob {
  key: string;
  sha256: string;
  sizeBytes: number;
}

export interface ListedObject {
  key: string;
  storedAtMs: number;
}

export interface ObjectPage {
  objects: ListedObject[];
  /** Where the next page begins; null at the end. */
  next: string | null;
}

/** What is left of a body that broke off: a part of a file, or an upload that nobody completed. */
export interface UnfinishedObject {
  key: string;
  touchedAtMs: number;
  /** What the store calls it. */
  name: string;
}

/**
 * Where the bytes live: a folder, or an S3 bucket. A key is used for one storing and never again, so that a deletion
 * which arrives late can only ever hit what was to be deleted.
 * An implementation passes `tests/store/blob-store-conformance.ts`.
 */
export interface BlobStore {
  /**
   * Streams a body into the store under a key that has never been used, while its SHA-256 is computed. Resolves only
   * when the bytes would survive a power cut: the 202 that follows is a promise. Memory does not grow with the body.
   * @throws whatever broke (the body, the disk); nothing of the attempt stays behind while the store answers
   */
  put(body: AsyncIterable<Uint8Array>, key?: string): Promise<StoredBlob>;
  /** @throws AfterwordError `blob_missing` when it is not there, `unavailable` when that cannot be known */
  open(key: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  has(key: string): Promise<boolean>;
  /** Resolves when the store has confirmed; doing it twice is fine. */
  delete(key: string): Promise<void>;
  /**
   * Writes a little and removes it again, to find out what an upload would meet.
   * @throws what `put` would throw
   */
  probe(): Promise<void>;
  /** Objects in the order of their names; what is not ours is passed over. `after` is where the last page says. */
  list(after: string | null, most?: number): Promise<ObjectPage>;
  /** At most {@link PAGE_OBJECTS}: what is left of more is found by the next rounds. */
  listUnfinished(): Promise<UnfinishedObject[]>;
  dropUnfinished(unfinished: UnfinishedObject): Promise<void>;
  /** Which database everything here belongs to; null while that has not been said. */
  owner(): Promise<string | null>;
  setOwner(owner: string): Promise<void>;
}

export const PAGE_OBJECTS = 1000;
/** The name of the one object that is no audio. */
export const OWNER = 'owner';

/** Tells nothing of the content. 128 bits: no two are ever the same. */
export function newKey(): string {
  return randomBytes(16).toString('hex');
}

/** Ours: a key as above, or the content's hash, which named objects before they had keys. */
export function isKey(name: string): boolean {
  return /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(name);
}

/** An object of the version before, which names objects by their content and may still store under such a name. */
export function isContentHash(key: string): boolean {
  return key.length === 64;
}
