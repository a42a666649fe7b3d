/** Bodies in and out, and a store that speaks to the test's server. */

import type { S3Options } from '../../src/store/blobs/s3/client.ts';
import { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import type { S3Server } from '../support/s3-server.ts';

export const BUCKET = 'afterword';
export const never = new AbortController().signal;

export function openStore({ endpoint, credentials }: S3Server, options: Partial<S3Options> = {}) {
  return new S3BlobStore({ bucket: BUCKET, endpoint, credentials, ...options });
}

export async function* pieces(body: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += size) yield body.subarray(from, from + size);
}

export async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
