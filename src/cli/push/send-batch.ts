/** Sends several small files in one upload. */
import type { Upload } from '@afterword/client';
import type { Server } from '../server.ts';
import type { ExaminedFile } from './examine.ts';

/** Read beforehand: a body that fails while it is sent tells neither which file it was nor that it was a file. */
export interface ReadFile {
  file: ExaminedFile;
  bytes: Buffer<ArrayBuffer>;
}

const MOST_FILES = 100;
/** The largest request has 4 MB: a link that needs longer for it is none. */
const ANSWER_WITHIN_MS = 5 * 60_000;

/** Takes the files for one request from the front; the first that is too large by itself stands alone. */
export function takeBatch(pending: ExaminedFile[], mostBytes: number): ExaminedFile[] {
  const batch: ExaminedFile[] = [];
  let bytes = 0;
  while (batch.length < MOST_FILES) {
    const [next] = pending;
    if (!next || (batch.length > 0 && bytes + next.sizeBytes > mostBytes)) break;
    pending.shift();
    batch.push(next);
    bytes += next.sizeBytes;
  }
  return batch;
}

/**
 * @throws AfterwordProblem for a refusal of the whole request
 */
export async function sendBatch(
  files: readonly ReadFile[],
  { server, signal }: { server: Server; signal: AbortSignal },
): Promise<Upload> {
  const sent = files.map(({ file: { name, startedAtMs }, bytes }) => ({
    name,
    blob: new Blob([bytes]),
    ...(startedAtMs !== null && { startedAtMs }),
  }));
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  return await server.afterword.sendFiles(sent, within);
}
