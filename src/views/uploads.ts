/** An upload as its sender sees it: one receipt per file, and a status that is derived from the rows, never stored. */
import { ERRORS } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { Outcome } from '../store/schema.ts';
import { heardElsewhere } from './heard-elsewhere.ts';
import { conversationsOf } from './links.ts';
import { speechWithoutWords } from './lost-sound.ts';
import { type RecordingView, recordingColumns, toRecordingView } from './recordings.ts';

export interface FileReceipt extends Omit<RecordingView, 'id'> {
  recordingId: string;
  /** The bytes were here before this upload. */
  known: boolean;
  /** What its sender should know although it is accepted. */
  notice: string | null;
}

/** How many of the files are how far; together they are all of them. */
interface FileCounts {
  files: number;
  /** On their way. */
  pending: number;
  /** Heard, with or without words. */
  heard: number;
  /** Not usable: the receipt says what would help. */
  refused: number;
  failed: number;
  deleted: number;
}

export interface UploadView {
  id: string;
  status: 'processing' | 'done';
  acceptedAtMs: number;
  counts: FileCounts;
  files: FileReceipt[];
  conversationIds: string[];
  /** Those of the conversations that came into being by this upload's recordings. */
  newConversationIds: string[];
}

export async function readUpload(db: Database, userId: string, id: string): Promise<UploadView | null> {
  const upload = await db
    .selectFrom('uploads')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!upload) return null;
  const rows = await db
    .selectFrom('upload_files')
    .innerJoin('recordings', 'recordings.id', 'upload_files.recording_id')
    .select(recordingColumns)
    .select([
      'upload_files.name as file_name',
      'upload_files.code as file_code',
      'upload_files.reason as file_reason',
      'upload_files.known',
    ])
    .where('upload_id', '=', id)
    .where('recordings.user_id', '=', userId)
    .orderBy('position')
    .execute();
  const conversations = await conversationsOf(db, userId, [...new Set(rows.map((row) => row.id))]);
  const elsewhere = await heardElsewhere(db, userId, [...new Set(rows.map((row) => row.id))]);
  const withoutWords = await speechWithoutWords(db, userId, [...new Set(rows.map((row) => row.id))]);
  const files = rows.map(({ file_name, file_code, file_reason, known, ...row }) => {
    // The verdict on the name stands for as long as nobody has told the time of these bytes in another way.
    const verdict =
      row.started_at_ms === null && file_code && !isNotice(file_code)
        ? { code: file_code, reason: file_reason }
        : {};
    const { id: recordingId, ...view } = toRecordingView(
      { ...row, ...verdict, name: file_name },
      conversations.idsOf(row.id),
      elsewhere(row.id),
      withoutWords.get(row.id) ?? [],
    );
    const notice = noticeOf(file_code, file_reason, known);
    return { ...view, recordingId, known, notice };
  });
  const settled =
    files.every((file) => isFinal(file.outcome)) &&
    conversations.all.every((conversation) => conversation.settled);
  const recordingIds = new Set(rows.map((row) => row.id));
  return {
    id: upload.id,
    status: settled ? 'done' : 'processing',
    acceptedAtMs: upload.accepted_at_ms,
    counts: countOutcomes(files),
    files,
    conversationIds: conversations.all.map(({ id }) => id),
    newConversationIds: conversations.all
      .filter((c) => recordingIds.has(c.firstRecordingId))
      .map(({ id }) => id),
  };
}

/** What is told of a file that is worked on all the same. */
function isNotice(code: string): code is 'time_not_taken' | 'date_in_name' {
  return code === 'time_not_taken' || code === 'date_in_name';
}

function noticeOf(code: string | null, reason: string | null, known: boolean): string | null {
  if (code === null || !isNotice(code) || (code === 'time_not_taken' && !known)) return null;
  return `${reason ?? ERRORS[code].title}. ${ERRORS[code].remedy}`;
}

function countOutcomes(files: readonly { outcome: Outcome }[]): FileCounts {
  const count = (...outcomes: Outcome[]) => files.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    files: files.length,
    pending: count('waiting', 'processing'),
    heard: count('completed', 'silent'),
    refused: count('rejected'),
    failed: count('failed'),
    deleted: count('deleted'),
  };
}

/** Tells nothing of the upload itself: Omi's app is told of an upload that exists and is somebody else's. */
export async function uploadExists(db: Database, id: string): Promise<boolean> {
  const row = await db.selectFrom('uploads').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

export function isFinal(outcome: Outcome): boolean {
  return outcome !== 'waiting' && outcome !== 'processing';
}
