import { GetObjectCommand } from '@aws-sdk/client-s3';
import { AfterwordError } from '../../../errors.ts';
import { isNoSuchKey, storeFailure } from './failure.ts';
import { nameOf, type S3Place } from './place.ts';

/**
 * Streams an object. A connection that breaks half-way is taken up again where it broke: a reader that transcribes
 * as it reads pauses for minutes, and servers (and our own idle deadline) close connections on which nobody reads.
 */
export async function* readBlob(
  place: S3Place,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let triedAt = -1;
  for (;;) {
    const body = await request(place, key, offset, signal);
    try {
      // Destroyed however the reader stops, and its socket with it.
      for await (const chunk of body) {
        offset += chunk.byteLength;
        yield chunk;
        if (signal.aborted) throw aborted(signal);
      }
      return;
    } catch (error) {
      if (signal.aborted) throw aborted(signal);
      // Twice at the same byte is no accident.
      if (triedAt === offset) throw storeFailure(error);
      triedAt = offset;
    }
  }
}

async function request(
  place: S3Place,
  key: string,
  offset: number,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  if (signal.aborted) throw aborted(signal);
  try {
    const { Body, ContentRange } = await place.client.send(
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: nameOf(place, key),
        ...(offset > 0 && { Range: `bytes=${offset}-` }),
      }),
      { abortSignal: signal },
    );
    if (!Body) throw new Error('the blob store answered without a body');
    if (offset > 0 && !ContentRange?.startsWith(`bytes ${offset}-`))
      throw new Error('the blob store cannot continue a body that broke off');
    return Body as AsyncIterable<Uint8Array>; // Node's IncomingMessage; the type also covers browsers
  } catch (error) {
    if (signal.aborted) throw aborted(signal);
    if (isNoSuchKey(error))
      throw new AfterwordError('blob_missing', `the audio ${key} cannot be read`, { cause: error });
    throw storeFailure(error);
  }
}

/** What Node's own streams throw, so that a reader sees the same from every store. */
function aborted(signal: AbortSignal): DOMException {
  return new DOMException('The operation was aborted', { name: 'AbortError', cause: signal.reason });
}
