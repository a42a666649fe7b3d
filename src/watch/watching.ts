/** Watches folders and buckets: what is put there goes through the same door as every upload. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Holdings } from '../bounds/holdings.ts';
import { AfterwordError, ERRORS } from '../errors.ts';
import { failureFields } from '../failure.ts';
import { acceptUpload } from '../intake/accept.ts';
import { readFileName } from '../intake/claim.ts';
import { normalise } from '../normalise.ts';
import { Arrivals } from '../store/blobs/arrivals.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { parseBlobLocation } from '../store/blobs/s3/location.ts';
import type { Database } from '../store/database.ts';
import { WatchedFolder } from './folder.ts';
import { type FoundFile, MOST_FILES, type WatchedPlace } from './place.ts';
import type { Watched } from './setting.ts';
import { forgetGone, hashOf, noteDone, noteFailure, takeOn } from './taken.ts';

/** A file that is copied grows within this time, so two looks that far apart show whether it is whole. */
const EVERY_MS = 10_000;
/** Files that are gone are forgotten once in so many rounds: about every hour. */
const FORGET_EVERY = 360;

export interface WatchingParts {
  db: Database;
  blobs: BlobStore;
  log: Logger;
  holdings?: Holdings;
  timeZone: string;
  maxFileBytes: number;
}

export interface Watching {
  stop(): Promise<void>;
}

export function startWatching(
  parts: WatchingParts,
  places: readonly Watched[],
  everyMs = EVERY_MS,
): Watching {
  const stopped = new AbortController();
  const running = places.map(async (watched) => {
    const { signal } = stopped;
    const round = await watcherOf(parts, watched);
    while (!signal.aborted) {
      await round(signal);
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  });
  return {
    stop: async () => {
      stopped.abort();
      await Promise.allSettled(running);
    },
  };
}

async function open(place: string): Promise<WatchedPlace> {
  if (!place.startsWith('s3://')) return new WatchedFolder(place);
  const { WatchedBucket } = await import('./bucket.ts');
  return new WatchedBucket(parseBlobLocation(place));
}

/** @returns one round: it lists the place and takes what is new, and never throws */
export async function watcherOf(
  parts: WatchingParts,
  watched: Watched,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { db, log } = parts;
  const place = await open(watched.place);
  /** What the last round saw and what is done with, by version; both have an entry for each file at most. */
  let before = new Map<string, string>();
  const done = new Map<string, string>();
  let rounds = 0;
  let told = '';
  const tell = (what: string) => {
    if (what !== told && what !== '') log.warn({ place: watched.place }, what);
    told = what;
  };
  return async (signal) => {
    try {
      const { files, isAll, garbled } = await place.list(signal);
      const now = new Map(files.map(({ path, version }) => [path, version]));
      for (const file of files) {
        if (signal.aborted) return;
        const isWhole = !place.mayGrow || before.get(file.path) === file.version;
        if (file.sizeBytes === 0 || !isWhole || done.get(file.path) === file.version) continue;
        if (!isRecording(file)) continue;
        const taken = await takeOn(db, watched, file);
        if (taken === 'mine') await take(parts, watched, place, file, signal);
        else if (taken === 'done') done.set(file.path, file.version);
      }
      for (const path of done.keys()) if (!now.has(path)) done.delete(path);
      if (rounds++ % FORGET_EVERY === 0 && isAll) {
        await forgetGone(db, watched.place, new Set([...now.keys()].map(hashOf)));
        done.clear();
      }
      before = now;
      if (!isAll) tell(`Only ${MOST_FILES} files of a watched place are looked at`);
      else if (garbled === 0) tell('');
      else
        tell(
          `Files or folders of a watched place have names that are no UTF-8 and are not looked at (${garbled}): rename them, or mount the place with the character set of its recorder`,
        );
    } catch (error) {
      if (!signal.aborted) tell(`A watched place cannot be read: ${failureFields(error).cause}`);
    }
  };
}

async function take(
  parts: WatchingParts,
  watched: Watched,
  place: WatchedPlace,
  file: FoundFile,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, maxFileBytes, timeZone, holdings } = parts;
  const arrivals = new Arrivals(parts);
  try {
    const stored = await arrivals.put(limited(place.open(file, signal), maxFileBytes));
    const after = await place.look(file);
    if (after?.version !== file.version)
      throw new AfterwordError('unavailable', 'the file was changed while it was read');
    arrivals.end();
    const { place: _, ...sender } = watched;
    const received = { name: nameOf(file), ...stored, startedAtMs: null, writtenAtMs: file.writtenAtMs };
    const accepting = { ...parts, timeZone, ...(holdings ? { holdings } : {}) };
    const uploadId = await acceptUpload(accepting, sender, [received]);
    await noteDone(db, watched, file, { sha256: stored.sha256 });
    log.info({ uploadId }, `Upload ${uploadId}: taken from a watched place (${file.sizeBytes} bytes)`);
  } catch (error) {
    await arrivals.discard();
    if (signal.aborted) return;
    const { code } = normalise(error);
    const isFinal = code === 'part_too_large' || code === 'user_deleted';
    if (isFinal) await noteDone(db, watched, file, { code });
    else await noteFailure(db, watched, file, code);
    // It has become nobody's recording, so its path is the operator's and not a person's.
    const next = isFinal ? 'it is left there' : 'it is tried again';
    log.warn(
      { place: watched.place, path: file.path, code },
      `A file of a watched place was not taken, ${next}: ${ERRORS[code].title} (${failureFields(error).cause})`,
    );
  }
}

/** Other files lie in such folders, too. */
function isRecording({ path }: FoundFile): boolean {
  return readFileName(baseOf(path), 0).verdict !== 'name_not_a_recording';
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Some recorders write a folder for each day, with files that are named by the time alone. */
function nameOf({ path }: FoundFile): string {
  const [folder = '', base = path] = path.split('/').slice(-2);
  const isTimeAlone = /^\d\d[-.:_]\d\d([-.:_]\d\d)?(?!\d)/.test(base);
  const date = /(?<!\d)20\d\d[-._]?\d\d[-._]?\d\d(?!\d)/.exec(folder)?.[0];
  return path.includes('/') && isTimeAlone && date ? `${date} ${base}` : baseOf(path);
}

async function* limited(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new AfterwordError('part_too_large', `It is larger than ${maxBytes} bytes.`);
    yield chunk;
  }
}
