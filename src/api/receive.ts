/** From a request's body to stored files: streamed to the blob store as it arrives, whatever its size. */
import type { FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';

/** Omi's fresh lane knows no limit; this one only bounds what one transaction has to write. */
const MAX_FILES_PER_REQUEST = 500;

export interface Limits {
  maxFileBytes: number;
}

/** @throws AfterwordError; then nothing of the request has been acknowledged */
export async function receiveFiles(
  request: FastifyRequest,
  blobs: BlobStore,
  limits: Limits,
): Promise<ReceivedFile[]> {
  const files: ReceivedFile[] = [];
  const parts = request.files({ limits: { fileSize: limits.maxFileBytes, files: MAX_FILES_PER_REQUEST } });
  for await (const part of parts) {
    const stored = await blobs.put(wholePart(part.file));
    files.push({ name: part.filename, ...stored, startedAtMs: null });
  }
  if (files.length === 0) throw new AfterwordError('no_files');
  return files;
}

export async function receiveBody(
  request: FastifyRequest,
  blobs: BlobStore,
  limits: Limits,
  told: { name: string; startedAtMs: number | null },
): Promise<ReceivedFile> {
  const declaredBytes = Number(request.headers['content-length'] ?? 0);
  if (declaredBytes > limits.maxFileBytes) throw new AfterwordError('part_too_large');
  const stored = await blobs.put(limited(request.body as AsyncIterable<Uint8Array>, limits.maxFileBytes));
  return { ...told, ...stored };
}

/** A part over the limit ends early and says so only by a flag: without this look, its beginning would be kept for all. */
async function* wholePart(
  file: AsyncIterable<Uint8Array> & { truncated: boolean },
): AsyncGenerator<Uint8Array> {
  yield* file;
  if (file.truncated) throw new AfterwordError('part_too_large');
}

async function* limited(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new AfterwordError('part_too_large');
    yield chunk;
  }
}
