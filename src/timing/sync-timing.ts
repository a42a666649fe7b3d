/**
 * Logs one `sync_timing` line for each upload at each boundary of a stage, by the process whose transaction has crossed
 * it, from the rows that `GET /api/v1/uploads/{id}/timing` answers with. The person is hashed unless configured.
 */
import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { onAppended } from '../events/append.ts';
import { failureFields } from '../failure.ts';
import type { Database } from '../store/database.ts';
import { serverKey } from '../store/server-keys.ts';
import { readTiming } from '../views/timing.ts';

const BOUNDARY =
  /^(recording\.(accepted|stage|waiting|completed|rejected|failed)|conversation\.(stage|waiting|ready|failed)|upload\.done)$/;
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
}

export interface SyncTiming {
  stop(): Promise<void>;
}

export function startSyncTiming(
  { db, log }: { db: Database; log: Logger },
  { tellsUserIds }: { tellsUserIds: boolean },
): SyncTiming {
  const waiting: Boundary[] = [];
  let writing: Promise<void> | null = null;
  let key: Buffer | undefined;
  const uidOf = async (userId: string) => {
    if (tellsUserIds) return userId;
    key ??= await serverKey(db, KEY_NAME);
    return createHmac('sha256', key).update(userId).digest('hex').slice(0, HASH_LENGTH);
  };
  const write = async ({ userId, uploadId, stage, subject, atMs }: Boundary) => {
    const timing = await readTiming(db, userId, uploadId, atMs);
    if (!timing) return;
    const { files, uploadBytes, pieces, speechSeconds, totalMs, stages, calls } = timing;
    const sinceMs = subject === null ? null : await boundaryBefore(db, { userId, uploadId, subject, atMs });
    log.info(
      {
        uid: await uidOf(userId),
        uploadId,
        stage,
        files,
        upload_bytes: uploadBytes,
        segments: pieces,
        speech_seconds: speechSeconds,
        elapsed_ms: atMs - (sinceMs ?? timing.acceptedAtMs),
        total_ms: totalMs,
        calls: calls.map(({ kind, provider, tries, ms }) => ({ kind, provider, tries, ms })),
        ...(stage === 'done' ? { breakdown: stages } : {}),
      },
      'sync_timing',
    );
  };
  const writeAll = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await write(next).catch((error: unknown) =>
        log.debug({ cause: failureFields(error).cause }, 'a sync_timing line could not be made'),
      );
    writing = null;
  };
  const unlisten = onAppended((userId, events, atMs) => {
    for (const { type, data } of events) {
      if (!BOUNDARY.test(type)) continue;
      const stage =
        type === 'upload.done' ? 'done' : stageName(type, 'stage' in data ? data.stage : undefined);
      const subject =
        'recordingId' in data ? data.recordingId : 'conversationId' in data ? data.conversationId : null;
      for (const uploadId of data.uploadIds)
        if (waiting.length < MOST_WAITING) waiting.push({ userId, uploadId, stage, subject, atMs });
    }
    if (waiting.length > 0) writing ??= writeAll();
  });
  return {
    stop: async () => {
      unlisten();
      await writing;
    },
  };
}

/** When the stage began that ends at this boundary. */
async function boundaryBefore(
  db: Database,
  { userId, uploadId, subject, atMs }: { userId: string; uploadId: string; subject: string; atMs: number },
): Promise<number | null> {
  const before = await db
    .selectFrom('events')
    .select(({ fn }) => fn.max('at_ms').as('atMs'))
    .where('user_id', '=', userId)
    .where('upload_ids', '@>', sql<string[]>`ARRAY[${uploadId}]::text[]`)
    .where(({ or, eb }) => or([eb('recording_id', '=', subject), eb('conversation_id', '=', subject)]))
    .where('type', '<>', 'recording.progress')
    .where('at_ms', '<', atMs)
    .executeTakeFirst();
  return before?.atMs == null ? null : Number(before.atMs);
}

function stageName(type: string, stage: string | undefined): string {
  const [subject, what] = type.split('.');
  return what === 'stage' && stage ? stage : `${subject}_${what}`;
}
