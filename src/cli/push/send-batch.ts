/** Sends several small files in one upload. */
import { openAsBlob } from 'node:fs';
import type { Upload } from '@afterword/client';
import type { Server } from '../server.ts';
import type { ExaminedFile } from './examine.ts';

const MOST_FILES = 100;
const MB = 1024 * 1024;
/** A request that breaks off loses what it has sent: on a good link this much is little, on a bad one much. */
const MOST_BYTES = 4 * MB;
const LEAST_BYTES = 128 * 1024;
const SMALLER_BY = 4;
const LARGER_BY = 1.25;
/** A link that has to carry this within a minute is no slow one. */
const ANSWER_WITHIN_MS = 5 * 60_000;

/**
 * Decides how many bytes one request may lose. It shrinks when a connection breaks and grows slowly again; larger files go
 * by tus, which loses only what was on its way.
 */
export class AtRisk {
  #bytes = MOST_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  broke(): void {
    this.#bytes = Math.max(LEAST_BYTES, this.#bytes / SMALLER_BY);
  }

  arrived(): void {
    this.#bytes = Math.min(MOST_BYTES, this.#bytes * LARGER_BY);
  }
}

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
  files: readonly ExaminedFile[],
  { server, signal }: { server: Server; signal: AbortSignal },
): Promise<Upload> {
  const sent = await Promise.all(
    files.map(async ({ path, name, startedAtMs }) => ({
      name,
      blob: await openAsBlob(path),
      ...(startedAtMs !== null && { startedAtMs }),
    })),
  );
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  return await server.afterword.sendFiles(sent, within);
}
