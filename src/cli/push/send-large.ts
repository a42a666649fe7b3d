/** Sends one large file by tus: after a break it goes on where the server has it safe. */
import { AfterwordProblem, problemOf } from '@afterword/client';
import { type DetailedError, Upload } from 'tus-js-client';
import type { Server } from '../server.ts';
import type { AtRisk } from './at-risk.ts';
import type { BegunUploads } from './begun.ts';
import { type ExaminedFile, isUnchanged } from './examine.ts';
import { OpenFile } from './file-bytes.ts';
import { Backoff, FileChanged, FileUnreadable, isFinal } from './retry.ts';

/** A connection that died without a word, as of a laptop that slept, is given up. A slow one moves within that time. */
const STALLED_MS = 60_000;
const UPLOAD_ID = 'afterword-upload-id';
const GONE = new Set([404, 410]);

export interface LargeContext {
  server: Server;
  begun: BegunUploads;
  signal: AbortSignal;
  atRisk: AtRisk;
  /** Bytes of this file that are sent so far. */
  sent: (bytes: number) => void;
  broke: (error: unknown) => void;
}

/**
 * @returns the id of the upload that it has become
 * @throws AfterwordProblem for a final refusal; FileChanged, FileUnreadable
 */
export async function sendLarge(file: ExaminedFile, context: LargeContext): Promise<string> {
  const { begun, signal, broke } = context;
  const backoff = new Backoff();
  let address = await begun.addressOf(file.sha256);
  for (;;) {
    try {
      const uploadId = await attempt(
        file,
        address,
        context,
        async (given) => {
          address = given;
          await begun.remember(file.sha256, given);
        },
        () => backoff.moved(),
      );
      await begun.forget(file.sha256);
      return uploadId;
    } catch (error) {
      if (signal.aborted || error instanceof FileChanged || error instanceof FileUnreadable) throw error;
      if (address !== null && error instanceof AfterwordProblem && GONE.has(error.status)) {
        // Its time was over, or somebody gave it up: it begins anew, at once.
        await begun.forget(file.sha256);
        address = null;
        continue;
      }
      if (isFinal(error)) throw error;
      broke(error);
      await backoff.wait(error, signal);
    }
  }
}

async function attempt(
  file: ExaminedFile,
  address: string | null,
  { server, signal, atRisk, sent }: LargeContext,
  begins: (address: string) => Promise<void>,
  moved: () => void,
): Promise<string> {
  if (!(await isUnchanged(file))) throw new FileChanged();
  const opened = await OpenFile.open(file);
  const done = Promise.withResolvers<string>();
  const stalled = () => {
    void upload.abort();
    done.reject(new Error(`nothing moved for ${STALLED_MS / 1000} s`));
  };
  let watch = setTimeout(stalled, STALLED_MS);
  const ends = () => {
    void upload.abort();
    done.reject(signal.reason);
  };
  // One of the two addresses alone: with both the library begins a new upload after any refusal of the old one.
  const where = address === null ? { endpoint: `${server.url}/api/v1/resumable` } : { uploadUrl: address };
  // The types of the library do not know that whoever brings a reader decides what is read.
  const upload = new Upload(opened as unknown as Blob, {
    ...where,
    fileReader: { openFile: async () => opened },
    headers: Object.fromEntries(server.headers),
    uploadSize: file.sizeBytes,
    retryDelays: null,
    storeFingerprintForResuming: false,
    chunkSize: atRisk.bytes,
    metadata: {
      filename: file.name,
      ...(file.startedAtMs !== null && { startedAtMs: String(file.startedAtMs) }),
    },
    onUploadUrlAvailable: () => void begins(upload.url ?? '').catch(() => {}),
    onProgress: (bytes) => {
      clearTimeout(watch);
      watch = setTimeout(stalled, STALLED_MS);
      moved();
      sent(bytes);
    },
    onChunkComplete: (bytes) => {
      atRisk.arrived(bytes);
      // The library asks for the size again with each request.
      upload.options.chunkSize = atRisk.bytes;
    },
    onSuccess: ({ lastResponse }) => done.resolve(lastResponse.getHeader(UPLOAD_ID) ?? ''),
    onError: (error) => void whyOf(error).then(done.reject, done.reject),
  });
  signal.addEventListener('abort', ends, { once: true });
  try {
    signal.throwIfAborted();
    upload.start();
    return await done.promise;
  } finally {
    clearTimeout(watch);
    signal.removeEventListener('abort', ends);
    opened.close();
  }
}

/** What the library tells of an answer, as every other refusal; a connection that broke, or a file, stays as it is. */
async function whyOf(error: Error | DetailedError): Promise<Error> {
  const answer = 'originalResponse' in error ? error.originalResponse : null;
  if (!answer) return ('causingError' in error && error.causingError) || error;
  const retryAfter = answer.getHeader('retry-after');
  const headers = new Headers();
  if (retryAfter !== undefined) headers.set('retry-after', retryAfter);
  // An answer to HEAD has no body, and the protocol's own refusals are plain text.
  return await problemOf(new Response(answer.getBody() || null, { status: answer.getStatus(), headers }));
}
