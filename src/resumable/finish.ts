/** Puts a complete file together and accepts it by the door of every other upload. */
import type { Logger } from 'pino';
import { BoundExceeded } from '../bounds/bounds.ts';
import { type AcceptParts, acceptUpload } from '../intake/accept.ts';
import { Arrivals } from '../store/blobs/arrivals.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { freeSoon } from '../store/blobs/freeing.ts';
import { type Rounds, startRounds } from '../store/blobs/rounds.ts';
import {
  becomeUpload,
  type Chunk,
  completeResumables,
  expireResumables,
  type Resumable,
  readChunks,
  readUploadId,
} from './rows.ts';
import type { Written } from './write.ts';

/** What nobody asks about again waits no longer than this. */
const EVERY_MS = 60_000;
const IN_ONE_ROUND = 20;

/**
 * It may be repeated, also by two processes at once: the same file becomes the same upload.
 * @param told the request that has brought the last byte, and the object that it wrote whole
 * @returns the id of the upload
 */
export async function finishResumable(
  parts: AcceptParts,
  resumable: Resumable,
  told: { requestId?: string; object?: Written['object'] } = {},
): Promise<string> {
  const { requestId, object } = told;
  const { id, userId, deviceId, name, startedAtMs, writtenAtMs, length } = resumable;
  if (resumable.uploadId !== null) return resumable.uploadId;
  const arrivals = new Arrivals(parts);
  try {
    // The hash is computed here from what the store has, unless the request that wrote all of it knows it.
    const chunks = await readChunks(parts.db, id);
    const whole = chunks.find(({ sizeBytes }) => sizeBytes === length);
    const sha256 = object && object.key === whole?.key ? object.sha256 : null;
    const stored =
      (whole && (await arrivals.adopt(whole.key, length, sha256))) ??
      (await arrivals.put(together(parts.blobs, chunks)));
    if (stored.sizeBytes !== length) throw new Error(`a file of ${length} bytes came to ${stored.sizeBytes}`);
    arrivals.end();
    const file = { name, startedAtMs, ...(writtenAtMs !== null && { writtenAtMs }), ...stored };
    const options = { arrivedBytes: length, ...(requestId !== undefined && { requestId }) };
    const uploadId = await acceptUpload(parts, { userId, deviceId }, [file], options);
    await freeSoon(parts, await becomeUpload(parts.db, id, uploadId));
    return uploadId;
  } catch (error) {
    await arrivals.discard();
    // Somebody else may have finished it meanwhile and freed the chunks that were read here.
    const becameId = await readUploadId(parts.db, userId, id).catch(() => null);
    if (becameId !== null) return becameId;
    throw error;
  }
}

/** An object that grew may go on behind what the rows say: a request that was killed had written that much. */
async function* together(blobs: BlobStore, chunks: readonly Chunk[]): AsyncGenerator<Uint8Array, void, void> {
  const { signal } = new AbortController();
  for (const { key, sizeBytes } of chunks) yield* blobs.open(key, signal, { from: 0, to: sizeBytes });
}

/**
 * Finishes what is complete although its process ended, and removes what nobody came back for. A file is read in the same time
 * zone and held to the same bounds as in the request that has brought it.
 */
export function startResumableRounds(
  parts: Required<AcceptParts> & { log: Logger },
  everyMs = EVERY_MS,
): Rounds {
  let after = '';
  return startRounds({
    everyMs,
    round: async () => {
      const complete = await completeResumables(parts.db, after, IN_ONE_ROUND);
      // Those that are refused must not hold up the others: each round goes on behind the last one.
      after = complete.length === IN_ONE_ROUND ? (complete.at(-1)?.id ?? '') : '';
      const refused = new Set<string>();
      for (const resumable of complete) {
        // Whoever has no room for one has none for the next, and each is read whole before that is known.
        if (refused.has(resumable.userId)) continue;
        await finishResumable(parts, resumable).catch((error) => {
          if (error instanceof BoundExceeded) refused.add(resumable.userId);
          tellFailure(parts.log, resumable.id, error);
        });
      }
      const { count, keys } = await expireResumables(parts.db, IN_ONE_ROUND);
      await freeSoon(parts, keys);
      return count === IN_ONE_ROUND;
    },
    failed: (error) =>
      parts.log.warn(
        { err: error },
        'the look at files that arrive in several requests failed; it is repeated',
      ),
  });
}

function tellFailure(log: Logger, id: string, error: unknown): void {
  log.warn(
    { err: error, resumableId: id },
    `The file ${id} has arrived and could not be accepted; it is tried again`,
  );
}
