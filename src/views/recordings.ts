/** A recording as its owner sees it: what became of it, why, and where its time went. */
import { sql } from 'kysely';
import type { ErrorCode } from '../errors.ts';
import { ERRORS, isErrorCode } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { Lane, Outcome, Recording } from '../store/schema.ts';
import { type HeardElsewhere, heardElsewhere } from './heard-elsewhere.ts';
import { conversationsOf } from './links.ts';
import { type SpeechWithoutWords, speechWithoutWords } from './lost-sound.ts';

export const recordingColumns = [
  'recordings.id',
  'recordings.user_id',
  'recordings.name',
  'recordings.sha256',
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
  'recordings.duration_ms',
  'recordings.heard_ms',
  'recordings.decode_report',
  'recordings.timings',
] as const;

type Row = Pick<
  Recording,
  (typeof recordingColumns)[number] extends `recordings.${infer C}` ? C & keyof Recording : never
>;

export interface RecordingView {
  id: string;
  name: string;
  sha256: string;
  sizeBytes: number;
  startedAtMs: number | null;
  acceptedAtMs: number;
  finishedAtMs: number | null;
  outcome: Outcome;
  code: string | null;
  reason: string | null;
  /** What the person can do about it; null when there is nothing to do. */
  remedy: string | null;
  retryable: boolean;
  tries: number;
  nextTryAtMs: number | null;
  lane: Lane;
  progress: { heardMs: number; durationMs: number | null };
  audio: AudioReport | null;
  timings: Record<string, number>;
  conversationIds: string[];
  /** What it says that another recording of its microphone says as well: it is shown there, and not twice. */
  heardElsewhere: HeardElsewhere[];
  /** Speech of which no words came, at its place. */
  speechWithoutWords: SpeechWithoutWords[];
}

/** What decoding found: the parts that could not be won back are counted, never passed over in silence. */
interface AudioReport {
  format: string;
  frames: number;
  concealedFrames: number;
  skippedFrames: number;
  bytesLost: number;
  damage: string | null;
  /** Sound that it took, as far as the bytes tell. */
  lostMs: number;
}

export async function readRecording(db: Database, userId: string, id: string): Promise<RecordingView | null> {
  const row = await db
    .selectFrom('recordings')
    .select(recordingColumns)
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
  );
}

export interface RecordingPage {
  outcome: Outcome | null;
  limit: number;
  /** Where the page before ended. */
  after: { acceptedAtMs: number; id: string } | null;
}

/** Latest accepted first; with the outcome `failed` it is the list of dead letters. */
export async function listRecordings(
  db: Database,
  userId: string,
  { outcome, limit, after }: RecordingPage,
): Promise<RecordingView[]> {
  let query = db
    .selectFrom('recordings')
    .select(recordingColumns)
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
  return rows.map((row) =>
    toRecordingView(row, conversations.idsOf(row.id), elsewhere(row.id), withoutWords.get(row.id) ?? []),
  );
}

export function toRecordingView(
  row: Row,
  conversationIds: string[],
  elsewhere: HeardElsewhere[],
  withoutWords: SpeechWithoutWords[],
): RecordingView {
  const report = row.decode_report;
  return {
    id: row.id,
    name: row.name,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    startedAtMs: row.started_at_ms,
    acceptedAtMs: row.accepted_at_ms,
    finishedAtMs: row.finished_at_ms,
    outcome: row.outcome,
    code: row.code,
    reason: row.reason,
    remedy: row.code && isErrorCode(row.code) ? ERRORS[row.code satisfies ErrorCode].remedy : null,
    retryable: row.retryable,
    tries: row.tries,
    nextTryAtMs: row.next_try_at_ms,
    lane: row.lane,
    progress: { heardMs: row.heard_ms, durationMs: row.duration_ms },
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
