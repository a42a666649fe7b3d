/**
 * Logs one `sync_timing` line for each upload at each boundary of a stage, by the process whose transaction has crossed
 * it, from the rows that `GET /api/v1/uploads/{id}/timing` answers with. The person is hashed unless configured.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { onAppended } from '../events/append.ts';
import { failureFields } from '../failure.ts';
import type { Database } from '../store/database.ts';
import { serverKey } from '../store/server-keys.ts';
import { readTimed, type TimedUpload, timedAt } from '../views/timing.ts';
import { stageThatBegins, type TimedEvent } from './critical-path.ts';

const BOUNDARY =
  /^(recording\.(accepted|stage|waiting|completed|rejected|failed)|conversation\.(stage|waiting|ready|failed)|upload\.done)$/;
/** Boundaries of an upload within this time are read with one statement. */
const WRITE_AFTER_MS = 250;
/** Lines that are not written yet. More than this are left out, since a log must not hold up the work. */
const MOST_WAITING = 200;
const KEY_NAME = 'log-ids';
const HASH_LENGTH = 16;

interface Boundary {
  userId: string;
  uploadId: string;
  stage: string;
  /** The recording or conversation; null for the upload as a whole. */
  subject: string | null;
  atMs: number;
  /** A recording that came with several uploads is measured once. */
  isMeasured: boolean;
}

export interface SyncTiming {
  stop(): Promise<void>;
}

interface Parts {
  db: Database;
  log: Logger;
  /** Told of each stage that has ended, and how long it took. */
  measured?: (stage: string, ms: number) => void;
}

export function startSyncTiming(
  { db, log, measured = () => {} }: Parts,
  { tellsUserIds }: { tellsUserIds: boolean },
): SyncTiming {
  const waiting: Boundary[] = [];
  const stopping = new AbortController();
  let writing: Promise<void> | null = null;
  let key: Buffer | undefined;
  const uidOf = async (userId: string) => {
    if (tellsUserIds) return userId;
    key ??= await serverKey(db, KEY_NAME);
    return createHmac('sha256', key).update(userId).digest('hex').slice(0, HASH_LENGTH);
  };
  const write = async (boundary: Boundary, timed: TimedUpload) => {
    const { userId, uploadId, stage, atMs, isMeasured } = boundary;
    const { acceptedAtMs, files, uploadBytes, pieces, speechSeconds, totalMs, stages, calls } = timed.timing;
    const before = boundaryBefore(timed.events, boundary);
    const ended = before && stageThatBegins(before);
    if (before && ended && isMeasured) measured(ended, atMs - before.atMs);
    log.info(
      {
        uid: await uidOf(userId),
        uploadId,
        stage,
        files,
        upload_bytes: uploadBytes,
        segments: pieces,
        speech_seconds: speechSeconds,
        elapsed_ms: atMs - (before?.atMs ?? acceptedAtMs),
        total_ms: totalMs,
        calls: calls.map(({ kind, provider, tries, ms }) => ({ kind, provider, tries, ms })),
        ...(stage === 'done' ? { breakdown: stages } : {}),
      },
      'sync_timing',
    );
  };
  const writeAll = async () => {
    // Short recordings cross all their boundaries within a moment.
    await delay(WRITE_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => {});
    for (let next = waiting[0]; next; next = waiting[0]) {
      const { userId, uploadId } = next;
      const together = waiting.filter((one) => one.uploadId === uploadId);
      const others = waiting.filter((one) => one.uploadId !== uploadId);
      waiting.splice(0, waiting.length, ...others);
      try {
        const timed = await readTimed(db, userId, uploadId, together.at(-1)?.atMs);
        if (!timed) continue;
        for (const boundary of together) await write(boundary, timedAt(timed, boundary.atMs));
      } catch (error) {
        log.debug({ cause: failureFields(error).cause }, 'a sync_timing line could not be made');
      }
    }
    writing = null;
  };
  const unlisten = onAppended((userId, events, atMs) => {
    for (const { type, data } of events) {
      if (!BOUNDARY.test(type)) continue;
      const stage =
        type === 'upload.done' ? 'done' : stageName(type, 'stage' in data ? data.stage : undefined);
      const subject =
        'recordingId' in data ? data.recordingId : 'conversationId' in data ? data.conversationId : null;
      for (const uploadId of data.uploadIds) {
        if (waiting.length >= MOST_WAITING) break;
        const isMeasured = uploadId === data.uploadIds[0];
        waiting.push({ userId, uploadId, stage, subject, atMs, isMeasured });
      }
    }
    if (waiting.length > 0) writing ??= writeAll();
  });
  return {
    stop: async () => {
      unlisten();
      stopping.abort();
      await writing;
    },
  };
}

/** What began the stage that ends at this boundary. */
function boundaryBefore(
  events: readonly TimedEvent[],
  { subject, atMs }: Pick<Boundary, 'subject' | 'atMs'>,
): TimedEvent | null {
  const isBefore = (event: TimedEvent) =>
    (event.recordingId === subject || event.conversationId === subject) && event.atMs < atMs;
  return subject === null ? null : (events.findLast(isBefore) ?? null);
}

function stageName(type: string, stage: string | undefined): string {
  const [subject, what] = type.split('.');
  return what === 'stage' && stage ? stage : `${subject}_${what}`;
}
