import { randomBytes } from 'node:crypto';
import type { HeldBytes } from './held-bytes.ts';

/** One stored file: its key is unique, and its hash identifies the content. */
export interface StoredBlob {
  key: string;
  sha256: string;
  sizeBytes: number;
}

/** From the first byte up to the last one, which is not part of it. */
export interface ByteRange {
  from: number;
  to: number;
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

/** The rest of a body that broke off: part of a file, or an unfinished multipart upload. */
export interface UnfinishedObject {
  key: string;
  touchedAtMs: number;
  /** The store's name for it. */
  name: string;
}

/**
 * Stores audio in a folder or an S3 bucket. A key is used once and never again, so that a late deletion can only hit
 * what should be deleted.
 * Each implementation passes `tests/store/blob-store-conformance.ts`.
 */
export interface BlobStore {
  /**
   * Streams a body into the store under a new key while its SHA-256 is computed. It resolves only when the bytes would
   * survive a power cut, since the 202 that follows is a promise. Memory does not grow with the body. Each chunk is valid
   * until the next one is asked for.
   * @throws whatever failed (the body, the disk); nothing of the attempt remains while the store answers
   */
  put(body: AsyncIterable<Uint8Array>, key?: string): Promise<StoredBlob>;
  /**
   * @param range only these bytes; a range that ends behind the object ends with it
   * @returns chunks, which the reader may keep and hand over to a thread
   * @throws AfterwordError `blob_missing` if it does not exist, `unavailable` if that cannot be determined
   */
  open(key: string, signal: AbortSignal, range?: ByteRange): AsyncIterable<Uint8Array>;
  has(key: string): Promise<boolean>;
  /** Resolves when the store has confirmed; deleting twice is harmless. */
  delete(key: string): Promise<void>;
  /**
   * Writes a little and removes it again, to check whether the store takes uploads.
   * @throws what `put` would throw
   */
  probe(): Promise<void>;
  /**
   * Lists objects in the order of their names, without objects that are not ours. `after` comes from the page before.
   */
  list(after: string | null, most?: number): Promise<ObjectPage>;
  /** At most {@link PAGE_OBJECTS}; the next rounds find the others. */
  listUnfinished(): Promise<UnfinishedObject[]>;
  dropUnfinished(unfinished: UnfinishedObject): Promise<void>;
  /** Absent where objects are written whole only. */
  readonly growing?: GrowingStore | undefined;
  /** Present where an object is held in memory until all of it is there. */
  readonly held?: HeldBytes | undefined;
  /** Reads which database owns this store; null if that was not written yet. */
  owner(): Promise<string | null>;
  setOwner(owner: string): Promise<void>;
}

/** What a store can do that writes an object bit by bit under its own name. */
export interface GrowingStore {
  /**
   * Goes on with an object at a position, or begins one at 0. Nothing of it may be relied on but what was flushed, and only one
   * writer may have it open.
   * @throws AfterwordError `blob_missing` if there is none to go on with
   */
  grow(key: string, from: number): Promise<GrowingBlob>;
  /**
   * Gives an object that does not grow any more a second name, without a copy; each name is deleted by itself.
   * @param sha256 of all that was written; null where nobody knows it, and the object has to be read
   * @returns null where it has another size or cannot have two names: then it has to be copied
   */
  adopt(key: string, newKey: string, sizeBytes: number, sha256: string | null): Promise<StoredBlob | null>;
}

export interface GrowingBlob {
  /** Waits only while too much waits for the disk. The chunk is not needed any more once this has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** @returns up to where the object would survive a power cut */
  flush(): Promise<number>;
  /** Nothing is under way any more when it returns. What was not flushed may be there or not. */
  close(): Promise<void>;
}

export const PAGE_OBJECTS = 1000;
/** The name of the one object that is not audio. */
export const OWNER = 'owner';

/** Makes a key that says nothing about the content. With 128 random bits no two are equal. */
export function newKey(): string {
  return randomBytes(16).toString('hex');
}

/** Our names: a key as above, or the content's hash, which earlier versions used. */
export function isKey(name: string): boolean {
  return /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(name);
}

/**
 * Recognises an object of an earlier version, which names objects by their content and may still store under such a
 * name.
 */
export function isContentHash(key: string): boolean {
  return key.length === 64;
}
