/** From a request to an accepted upload. What does not get that far leaves nothing behind. */
import type { FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { type AcceptOptions, acceptUpload } from '../intake/accept.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import { Arrivals } from '../store/blobs/arrivals.ts';
import { readUpload, type UploadView } from '../views/uploads.ts';
import type { ApiParts } from './app.ts';
import { tellReceipts } from './receipt-lines.ts';
import { type Receiving, receiveFiles } from './receive.ts';
import { senderOf } from './sender.ts';

/**
 * @returns the upload as it stands
 * @throws AfterwordError; then nothing was acknowledged
 */
export async function takeIn(
  parts: ApiParts,
  request: FastifyRequest,
  {
    raw = null,
    tooLarge = 'refuse',
    restore = false,
  }: Partial<Pick<Receiving, 'raw' | 'tooLarge'>> & AcceptOptions = {},
): Promise<UploadView> {
  const { maxFileBytes } = parts.config;
  const { leave, server } = request;
  if (!leave) throw new Error('a request brings audio that was not admitted');
  const sender = senderOf(request);
  const files: ReceivedFile[] = [];
  const arrivals = new Arrivals(parts);
  try {
    const receiving = { maxFileBytes, raw, tooLarge };
    for await (const file of receiveFiles(request.raw, arrivals, receiving)) files.push(file);
    const [refused] = files.map((file) => file.refused);
    // Not one of them was kept: a receipt would acknowledge nothing.
    if (refused && files.every((file) => file.refused)) throw new AfterwordError(refused);
    // Not given up when the client goes: its audio is here, and may be its only copy.
    const done = await server.admission.accepting.enter(sender.userId);
    // From here on its transaction decides what is freed.
    arrivals.end();
    const id = await acceptUpload(parts, sender, files, { restore }).finally(done);
    const upload = await readUpload(parts.db, id);
    // Whoever deletes themselves beside their uploads deletes those too.
    if (!upload) throw new AfterwordError('user_deleted');
    tellReceipts(request.log, upload);
    return upload;
  } catch (error) {
    await arrivals.discard();
    throw error;
  } finally {
    leave();
  }
}
