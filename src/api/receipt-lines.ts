import type { FastifyBaseLogger } from 'fastify';
import type { UploadView } from '../views/uploads.ts';

/**
 * One line for each recording that was accepted or refused, with its ids, once that is committed. Neither who sent it nor
 * the name of its file is told: what a person deletes must not stay in a log.
 */
export function tellReceipts(log: FastifyBaseLogger, { id: uploadId, files, counts }: UploadView): void {
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
    log.warn({ uploadId, ...counts }, `Upload ${uploadId}: all of its ${counts.files} files were refused`);
}
