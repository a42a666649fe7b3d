/**
 * The bytes of an encrypted object: a header, then the audio in chunks of 64 KiB, each sealed by itself with AES-256-GCM, so
 * that any part of it can be read without the rest. No I/O.
 */
import { createCipheriv, createDecipheriv, type Hash } from 'node:crypto';
import type { ByteRange } from '../blob-store.ts';

const CIPHER = 'aes-256-gcm';
export const DATA_KEY_BYTES = 32;
export const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;
/** Tells an encrypted object from audio, for whoever has lost the row with its key. */
const HEADER = Buffer.from('afterword-enc-1\n');

/** The object was changed, cut off, or is another one than the key belongs to. */
export class ChunkBroken extends Error {
  override name = 'ChunkBroken';
}

export function isSealed(firstBytes: Uint8Array): boolean {
  return firstBytes.length >= HEADER.length && HEADER.equals(firstBytes.subarray(0, HEADER.length));
}

/** Counts and hashes the audio while it is sealed. */
export interface Passed {
  hash: Hash;
  sizeBytes: number;
}

/** Memory: one chunk. */
export async function* seal(
  body: AsyncIterable<Uint8Array>,
  dataKey: Buffer,
  passed: Passed,
): AsyncGenerator<Buffer> {
  yield HEADER;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let index = 0;
  for await (const bytes of body) {
    passed.hash.update(bytes);
    passed.sizeBytes += bytes.byteLength;
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < CHUNK_BYTES) continue;
      yield sealChunk(dataKey, index, chunk);
      index += 1;
      filled = 0;
    }
  }
  if (filled > 0) yield sealChunk(dataKey, index, chunk.subarray(0, filled));
}

/** The bytes of the object in which these bytes of the audio are. */
export function sealedRange({ from, to }: ByteRange): ByteRange {
  return {
    from: HEADER.length + Math.floor(from / CHUNK_BYTES) * SEALED_BYTES,
    to: HEADER.length + Math.ceil(to / CHUNK_BYTES) * SEALED_BYTES,
  };
}

/**
 * Opens the chunks of a range. Nothing of a chunk is given before all of it is found intact.
 * @param sealed the bytes of {@link sealedRange}; the last chunk of an object is shorter
 * @throws ChunkBroken
 */
export async function* unseal(
  sealed: AsyncIterable<Uint8Array>,
  dataKey: Buffer,
  sizeBytes: number,
  { from, to }: ByteRange,
): AsyncGenerator<Buffer> {
  const held = Buffer.allocUnsafe(SEALED_BYTES);
  let filled = 0;
  let index = Math.floor(from / CHUNK_BYTES);
  const end = Math.ceil(to / CHUNK_BYTES);
  const lengthOf = (chunk: number) => Math.min(CHUNK_BYTES, sizeBytes - chunk * CHUNK_BYTES) + TAG_BYTES;
  for await (const bytes of sealed) {
    for (let at = 0; at < bytes.byteLength; ) {
      if (index === end) throw new ChunkBroken('The object goes on behind its end.');
      const part = bytes.subarray(at, at + lengthOf(index) - filled);
      held.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < lengthOf(index)) continue;
      const chunk = openChunk(dataKey, index, held.subarray(0, filled));
      const start = index * CHUNK_BYTES;
      yield chunk.subarray(Math.max(0, from - start), Math.max(0, to - start));
      index += 1;
      filled = 0;
    }
  }
  if (index < end) throw new ChunkBroken('The object ends before its end.');
}

function sealChunk(dataKey: Buffer, index: number, chunk: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, dataKey, nonceOf(index));
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(dataKey: Buffer, index: number, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, dataKey, nonceOf(index)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new ChunkBroken(`Chunk ${index} is not as it was written.`, { cause: error });
  }
}

/** A data key seals one object only, once: the number of the chunk never comes twice under it. */
function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}
