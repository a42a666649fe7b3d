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
import { stageThatBegins } from './critical-path.ts';

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
  let writing: Promise<void> | null = null;
  let key: Buffer | undefined;
  const uidOf = async (userId: string) => {
    if (tellsUserIds) return userId;
    key ??= await serverKey(db, KEY_NAME);
    return createHmac('sha256', key).update(userId).digest('hex').slice(0, HASH_LENGTH);
  };
  const write = async ({ userId, uploadId, stage, subject, atMs, isMeasured }: Boundary) => {
    const timing = await readTiming(db, userId, uploadId, atMs);
    if (!timing) return;
    const { files, uploadBytes, pieces, speechSeconds, totalMs, stages, calls } = timing;
    const before = subject === null ? null : await boundaryBefore(db, { userId, uploadId, subject, atMs });
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
        elapsed_ms: atMs - (before?.atMs ?? timing.acceptedAtMs),
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
      await writing;
    },
  };
}

interface Began {
  type: string;
  atMs: number;
  stage: string | null;
  code: string | null;
}

/** What began the stage that ends at this boundary. */
async function boundaryBefore(
  db: Database,
  { userId, uploadId, subject, atMs }: { userId: string; uploadId: string; subject: string; atMs: number },
): Promise<Began | null> {
  const before = await db
    .selectFrom('events')
    .select(['type', 'at_ms as atMs'])
    .select([sql<string | null>`data->>'stage'`.as('stage'), sql<string | null>`data->>'code'`.as('code')])
    .where('user_id', '=', userId)
    .where('upload_ids', '@>', sql<string[]>`ARRAY[${uploadId}]::text[]`)
    .where(({ or, eb }) => or([eb('recording_id', '=', subject), eb('conversation_id', '=', subject)]))
    .where('type', '<>', 'recording.progress')
    .where('at_ms', '<', atMs)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return before ?? null;
}

function stageName(type: string, stage: string | undefined): string {
  const [subject, what] = type.split('.');
  return what === 'stage' && stage ? stage : `${subject}_${what}`;
}
