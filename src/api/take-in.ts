/** From a request to an accepted upload. What does not get that far leaves nothing behind. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { type AcceptOptions, acceptUpload } from '../intake/accept.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import { freeBlob } from '../store/blobs/references.ts';
import type { ApiParts } from './app.ts';
import { type Receiving, receiveFiles } from './receive.ts';
import { senderOf } from './sender.ts';

const FREE_WITHIN_MS = 2_000;

export async function takeIn(
  parts: ApiParts,
  request: FastifyRequest,
  {
    raw = null,
    tooLarge = 'refuse',
    restore = false,
  }: Partial<Pick<Receiving, 'raw' | 'tooLarge'>> & AcceptOptions = {},
): Promise<string> {
  const { maxFileBytes } = parts.config;
  const { leave, server } = request;
  if (!leave) throw new Error('a request brings audio that was not admitted');
  const sender = senderOf(request);
  const files: ReceivedFile[] = [];
  try {
    const receiving = { maxFileBytes, raw, tooLarge };
    for await (const file of receiveFiles(request.raw, parts.blobs, receiving)) files.push(file);
    const [refused] = files.map((file) => file.refused);
    // Not one of them was kept: a receipt would acknowledge nothing.
    if (refused && files.every((file) => file.refused)) throw new AfterwordError(refused);
    // Not given up when the client goes: its audio is here, and may be its only copy.
    const done = await server.admission.accepting.enter(sender.userId);
    try {
      return await acceptUpload(parts, sender, files, { restore });
    } finally {
      done();
    }
  } catch (error) {
    // Whoever is refused since the database is away does not wait for it a second time.
    await Promise.race([free(parts, request, files), delay(FREE_WITHIN_MS, undefined, { ref: false })]);
    throw error;
  } finally {
    leave();
  }
}

/** A file that cannot be freed now, since the database or the store is away, is left to the collector. */
async function free(
  { db, blobs }: ApiParts,
  request: FastifyRequest,
  files: readonly ReceivedFile[],
): Promise<void> {
  for (const sha256 of new Set(files.flatMap((file) => (file.refused ? [] : file.sha256)))) {
    await freeBlob(db, blobs, sha256).catch((error) =>
      request.log.warn({ err: error, sha256 }, 'a file of a refused upload could not be freed'),
    );
  }
}
