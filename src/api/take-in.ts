/** Takes a request with files to an accepted upload. A request that fails before that leaves nothing stored. */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { type AcceptOptions, acceptUpload } from '../intake/accept.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import { Arrivals } from '../store/blobs/arrivals.ts';
import { readUpload, type UploadView } from '../views/uploads.ts';
import type { ApiParts } from './parts.ts';
import { type Receiving, receiveFiles } from './receive.ts';
import { senderOf } from './sender.ts';

/** Where files come from that are not in the request's body. */
type FileSource = (arrivals: Arrivals) => AsyncGenerator<ReceivedFile>;

/**
 * @returns the state of the upload
 * @throws AfterwordError; then nothing was acknowledged
 */
export async function takeIn(
  parts: ApiParts,
  request: FastifyRequest,
  {
    raw = null,
    tooLarge = 'refuse',
    restore = false,
    told,
    repairsClock = false,
    files: source,
  }: Partial<Pick<Receiving, 'raw' | 'tooLarge'>> & AcceptOptions & { files?: FileSource } = {},
): Promise<UploadView> {
  const { maxFileBytes } = parts.config;
  const { leave, server } = request;
  if (!leave) throw new Error('a request brings audio that was not admitted');
  const sender = senderOf(request);
  const files: ReceivedFile[] = [];
  const arrivals = new Arrivals(parts);
  try {
    const receiving = { maxFileBytes, raw, tooLarge };
    const received = source ? source(arrivals) : receiveFiles(request.raw, arrivals, receiving);
    for await (const file of received) files.push(file);
    const [refused] = files.map((file) => file.refused);
    // None of the files was kept, so a receipt would acknowledge nothing.
    if (refused && files.every((file) => file.refused)) throw new AfterwordError(refused);
    // This goes on if the client disconnects: its audio is here, and may be the only copy.
    const done = await server.admission.accepting.enter(sender.userId);
    // From here on the transaction decides which files are freed.
    arrivals.end();
    const { holdings } = server.personBounds;
    const accepting = { ...parts, holdings };
    const options = { restore, requestId: request.id, repairsClock, ...(told ? { told } : {}) };
    const id = await acceptUpload(accepting, sender, files, options).finally(done);
    const upload = await readUpload(parts.db, sender.userId, id);
    // A person who deletes everything while uploading deletes these files too.
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

/**
 * Logs one line for each accepted or refused recording, with its ids, after the commit. The sender and the file's name
 * are left out, because a log must not keep what a person deletes.
 */
function tellReceipts(log: FastifyBaseLogger, { id: uploadId, files, counts }: UploadView): void {
  for (const { recordingId, known, outcome, code, sizeBytes, lane, notice } of files) {
    const about = { uploadId, recordingId, sizeBytes };
    if (outcome === 'rejected') log.info({ ...about, code }, `Recording ${recordingId} refused (${code})`);
    else if (!known) log.info({ ...about, lane }, `Recording ${recordingId} accepted: ${sizeBytes} bytes`);
    else {
      const what = notice === null ? '' : ', with another time that was not taken';
      log.info({ ...about, outcome }, `Recording ${recordingId} was here already (${outcome})${what}`);
    }
  }
  if (counts.refused === counts.files)
    log.warn({ uploadId, ...counts }, `Upload ${uploadId}: every file was refused (${counts.files})`);
}
