/** What was stored: the name is the content (DESIGN rule 2), so storing twice is storing once. */
export interface StoredBlob {
  sha256: string;
  sizeBytes: number;
}

/**
 * Where the bytes live. A folder today; an S3 bucket speaks the same four words.
 * An implementation passes `tests/store/blob-store-conformance.ts`.
 */
export interface BlobStore {
  /**
   * Streams a body into the store while its SHA-256 is computed. Resolves only when the bytes would survive a
   * power cut: the 202 that follows is a promise. Memory does not grow with the body.
   * @throws whatever broke (the body, the disk); nothing of the attempt stays behind
   */
  put(body: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** @throws AfterwordError `blob_missing` */
  open(sha256: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  has(sha256: string): Promise<boolean>;
  delete(sha256: string): Promise<void>;
  /**
   * Writes a little and removes it again, to find out what an upload would meet.
   * @throws what `put` would throw
   */
  probe(): Promise<void>;
}
