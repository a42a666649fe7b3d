/** A recording as its owner sees it: what became of it, why, and where its time went. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { ErrorCode } from '../errors.ts';
import { ERRORS, isErrorCode } from '../errors.ts';
import { type Expected, ExpectedBody, expectedOfRecordings } from '../estimate/expected.ts';
import { Geolocation } from '../intake/capture.ts';
import { AUDIO_KEPT_UNTIL } from '../preferences/audio-kept.ts';
import type { Database } from '../store/database.ts';
import type { Outcome, Recording } from '../store/schema.ts';
import { CallsBody } from './calls.ts';
import { HeardElsewhere, heardElsewhere } from './heard-elsewhere.ts';
import { conversationsOf } from './links.ts';
import { SpeechWithoutWords, speechWithoutWords } from './lost-sound.ts';

export const OutcomeBody = z
  .enum(['waiting', 'processing', 'completed', 'silent', 'rejected', 'failed', 'deleted'])
  .describe('`waiting` and `processing` change by themselves; the others are final. `silent` is a success.');

export const recordingFields = {
  name: z.string(),
  sha256: z.string(),
  timeline: z
    .string()
    .describe(
      'The phone or gateway whose timeline it is on; what comes without one joins that of its microphone',
    ),
  sizeBytes: z.number().int(),
  startedAtMs: EpochMs.nullable().describe('When the recording began; null while that is not known'),
  acceptedAtMs: EpochMs,
  finishedAtMs: EpochMs.nullable(),
  outcome: OutcomeBody,
  code: z.string().nullable().describe('A stable code for the reason; docs/errors.md lists them all'),
  reason: z.string().nullable(),
  remedy: z.string().nullable().describe('What a person can do about it'),
  retryable: z.boolean(),
  audioKeptUntilMs: EpochMs.nullable().describe(
    'When its audio goes, by what its person has chosen; null: it is kept, is gone already, or its words have not come yet',
  ),
  audioRemovedAtMs: EpochMs.nullable().describe('Only its words are kept since then'),
  tries: z.number().int().describe('Attempts that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When the next automatic attempt begins'),
  lane: z.enum(['fresh', 'backfill']),
  capture: z
    .object({
      sessionId: z.string().nullable(),
      geolocation: Geolocation.nullable(),
      clockShiftMs: z
        .number()
        .int()
        .nullable()
        .describe("How far the recorder's clock was ahead; null: it was believed"),
    })
    .nullable()
    .describe('What its sender told about it; null if nothing'),
  progress: z.object({ heardMs: z.number(), durationMs: z.number().nullable() }),
  expected: ExpectedBody,
  audio: z
    .object({
      format: z.string(),
      frames: z.number(),
      concealedFrames: z
        .number()
        .describe('Frames that could not be decoded and were replaced, so that no time shifts'),
      skippedFrames: z.number(),
      bytesLost: z.number(),
      damage: z.string().nullable(),
      lostMs: z
        .number()
        .describe('Length of the sound that is missing because of damage, as far as the bytes show it'),
    })
    .nullable()
    .describe('What decoding found; null until it is decoded'),
  timings: z
    .record(z.string(), z.number())
    .describe(
      'Milliseconds spent in each stage. With a hosted detector of speech also the number of windows (vadWindows), and how many of them Silero examined instead of it (vadFallbacks)',
    ),
  conversationIds: z.array(z.string()),
  speechWithoutWords: z.array(SpeechWithoutWords).describe('Times with speech but without words'),
  heardElsewhere: z
    .array(HeardElsewhere)
    .describe(
      'Speech that another recording of the same microphone contains too, in milliseconds. It is shown in that recording only',
    ),
};

export const RecordingBody = z.object({ id: z.string(), ...recordingFields }).meta({ id: 'Recording' });

export type RecordingView = z.infer<typeof RecordingBody>;

export const RecordingDetail = RecordingBody.extend({
  calls: z.array(CallsBody).describe('Calls for its words by provider, in the order of the first call'),
}).meta({ id: 'RecordingDetail' });

export const RecordingPage = z
  .object({ recordings: z.array(RecordingBody), nextCursor: z.string().nullable() })
  .meta({ id: 'RecordingPage' });

export const recordingColumns = [
  'recordings.id',
  'recordings.user_id',
  'recordings.name',
  'recordings.sha256',
  'recordings.audio_removed_at_ms',
  'recordings.device_id',
  'recordings.size_bytes',
  'recordings.started_at_ms',
  'recordings.accepted_at_ms',
  'recordings.finished_at_ms',
  'recordings.outcome',
  'recordings.code',
  'recordings.reason',
  'recordings.retryable',
  'recordings.tries',
  'recordings.next_try_at_ms',
  'recordings.lane',
  'recordings.due_at_ms',
  'recordings.charged_ms',
  'recordings.duration_ms',
  'recordings.heard_ms',
  'recordings.decode_report',
  'recordings.timings',
] as const;

type Row = Pick<
  Recording,
  (typeof recordingColumns)[number] extends `recordings.${infer C}` ? C & keyof Recording : never
> & { capture: RecordingView['capture']; audio_kept_until_ms: number | null };

/** Of the recording of the query around it. The whole recording may have to go before its audio would. */
export const keptUntilColumn = sql<number | null>`(
  SELECT CASE WHEN recordings.outcome = 'deleted' OR recordings.finished_at_ms IS NULL THEN NULL
    ELSE least(
      CASE WHEN recordings.audio_removed_at_ms IS NULL AND recordings.outcome IN ('completed', 'silent')
        THEN ${AUDIO_KEPT_UNTIL} END,
      CASE WHEN recordings.audio_removed_at_ms IS NULL
        THEN greatest(recordings.started_at_ms, recordings.accepted_at_ms)
          + person_settings.retention_days * 86400000::bigint END) END
    FROM person_settings WHERE person_settings.user_id = recordings.user_id)`.as('audio_kept_until_ms');

/** Of the recording of the query around it. */
export const captureColumn = sql<RecordingView['capture']>`(
  SELECT json_build_object('sessionId', session_id, 'geolocation', geolocation, 'clockShiftMs', clock_shift_ms)
    FROM captures WHERE captures.recording_id = recordings.id)`.as('capture');

export async function readRecording(db: Database, userId: string, id: string): Promise<RecordingView | null> {
  const row = await db
    .selectFrom('recordings')
    .select(recordingColumns)
    .select([captureColumn, keptUntilColumn])
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!row) return null;
  const conversations = await conversationsOf(db, userId, [id]);
  return toRecordingView(
    row,
    conversations.idsOf(id),
    (await heardElsewhere(db, userId, [id]))(id),
    (await speechWithoutWords(db, userId, [id])).get(id) ?? [],
    (await expectedOfRecordings(db, [row]))(row),
  );
}

interface RecordingListing {
  outcome: Outcome | null;
  limit: number;
  /** Where the page before ended. */
  after: { acceptedAtMs: number; id: string } | null;
}

/** Latest accepted first; with the outcome `failed` it is the list of dead letters. */
export async function listRecordings(
  db: Database,
  userId: string,
  { outcome, limit, after }: RecordingListing,
): Promise<RecordingView[]> {
  let query = db
    .selectFrom('recordings')
    .select(recordingColumns)
    .select([captureColumn, keptUntilColumn])
    .where('user_id', '=', userId)
    .orderBy('accepted_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (outcome) query = query.where('outcome', '=', outcome);
  if (after) query = query.where(sql<boolean>`(accepted_at_ms, id) < (${after.acceptedAtMs}, ${after.id})`);
  const rows = await query.execute();
  const conversations = await conversationsOf(
    db,
    userId,
    rows.map((row) => row.id),
  );
  const ids = rows.map((row) => row.id);
  const elsewhere = await heardElsewhere(db, userId, ids);
  const withoutWords = await speechWithoutWords(db, userId, ids);
  const expected = await expectedOfRecordings(db, rows);
  return rows.map((row) =>
    toRecordingView(
      row,
      conversations.idsOf(row.id),
      elsewhere(row.id),
      withoutWords.get(row.id) ?? [],
      expected(row),
    ),
  );
}

export function toRecordingView(
  row: Row,
  conversationIds: string[],
  elsewhere: HeardElsewhere[],
  withoutWords: SpeechWithoutWords[],
  expected: Expected,
): RecordingView {
  const report = row.decode_report;
  return {
    id: row.id,
    name: row.name,
    sha256: row.sha256,
    timeline: row.device_id,
    sizeBytes: row.size_bytes,
    startedAtMs: row.started_at_ms,
    acceptedAtMs: row.accepted_at_ms,
    finishedAtMs: row.finished_at_ms,
    outcome: row.outcome,
    code: row.code,
    reason: row.reason,
    remedy: row.code && isErrorCode(row.code) ? ERRORS[row.code satisfies ErrorCode].remedy : null,
    retryable: row.retryable,
    audioKeptUntilMs: row.audio_kept_until_ms === null ? null : Number(row.audio_kept_until_ms),
    audioRemovedAtMs: row.outcome === 'deleted' ? null : row.audio_removed_at_ms,
    tries: row.tries,
    nextTryAtMs: row.next_try_at_ms,
    lane: row.lane,
    capture: row.capture,
    progress: { heardMs: row.heard_ms, durationMs: row.duration_ms },
    expected,
    audio: report && {
      format: report.format,
      frames: report.frames,
      concealedFrames: report.concealedFrames,
      skippedFrames: report.skippedFrames,
      bytesLost: report.bytesLost,
      damage: report.damage,
      lostMs: Math.round(report.lostMs ?? 0),
    },
    timings: { ...row.timings },
    conversationIds,
    heardElsewhere: elsewhere,
    speechWithoutWords: withoutWords,
  };
}
