/** From a request's body to stored files: streamed to the blob store as it arrives, whatever its size. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';

/** Omi's fresh lane knows no limit; this one only bounds what one transaction has to write. */
const MAX_FILES_PER_REQUEST = 500;

export interface Limits {
  maxFileBytes: number;
}

/**
 * @param tooLarge what a file over the limit does: `refuse` the request, or only `tell` of itself in its receipt, so that
 *   its siblings are stored
 * @throws AfterwordError; then nothing of the request has been acknowledged
 */
export async function receiveFiles(
  request: FastifyRequest,
  blobs: BlobStore,
  { maxFileBytes }: Limits,
  { tooLarge = 'refuse' }: { tooLarge?: 'refuse' | 'tell' } = {},
): Promise<ReceivedFile[]> {
  const files: ReceivedFile[] = [];
  const tells = tooLarge === 'tell' && mayExceed(request, maxFileBytes);
  const fileSize = tells ? Number.POSITIVE_INFINITY : maxFileBytes;
  const parts = request.files({ limits: { fileSize, files: MAX_FILES_PER_REQUEST } });
  try {
    for await (const part of parts) {
      const stored = tells
        ? await storeOrMeasure(part.file, blobs, maxFileBytes)
        : await blobs.put(wholePart(part.file));
      files.push({ name: part.filename, ...stored, startedAtMs: null });
    }
  } catch (error) {
    discardRest(request);
    throw ofBody(error);
  }
  if (files.length === 0) throw new AfterwordError('no_files');
  return files;
}

/** Only then is hashing each part a second time worth it. A request without a length may be of any. */
function mayExceed({ headers }: FastifyRequest, maxFileBytes: number): boolean {
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) > maxFileBytes;
}

/**
 * Stores a part, or, when it is over the limit, reads it to its end and keeps its hash and its size: sent again under a
 * higher limit, it is known as the same file.
 */
async function storeOrMeasure(
  file: Readable,
  blobs: BlobStore,
  maxFileBytes: number,
): Promise<Pick<ReceivedFile, 'sha256' | 'sizeBytes' | 'refused'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measured = (async function* () {
    for await (const chunk of file.iterator({ destroyOnReturn: false })) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  })();
  try {
    return await blobs.put(limited(measured, maxFileBytes));
  } catch (error) {
    if (!(error instanceof AfterwordError && error.code === 'part_too_large')) throw error;
  }
  for await (const chunk of file) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sha256: hash.digest('hex'), sizeBytes, refused: 'part_too_large' };
}

export async function receiveBody(
  request: FastifyRequest,
  blobs: BlobStore,
  limits: Limits,
  told: { name: string; startedAtMs: number | null },
): Promise<ReceivedFile> {
  // Giving up on the body must not destroy it: its connection is where the refusal has to go.
  const body = (request.body as Readable).iterator({ destroyOnReturn: false });
  try {
    const declaredBytes = Number(request.headers['content-length'] ?? 0);
    if (declaredBytes > limits.maxFileBytes) throw new AfterwordError('part_too_large');
    const stored = await blobs.put(limited(body, limits.maxFileBytes));
    return { ...told, ...stored };
  } catch (error) {
    discardRest(request);
    throw ofBody(error);
  }
}

/**
 * A connection that is reset while a body comes over it is the client's. The same words from anywhere else are the
 * database's or the store's, and no fault of the client: that is why they are told apart here.
 */
function ofBody(error: unknown): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  return /^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ? new AfterwordError('body_broken') : error;
}

/**
 * Who is refused early is still sending. What nobody reads would lie on the connection for ever, and the next request
 * over it, of a phone or of a gateway that keeps connections, would wait behind it and never be seen.
 */
function discardRest({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
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
