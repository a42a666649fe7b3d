/** An upload as its sender sees it: one receipt per file, and a status that is derived from the rows, never stored. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { ERRORS } from '../errors.ts';
import { ExpectedBody, expectedOfRecordings, expectedOfUpload } from '../estimate/expected.ts';
import type { Database } from '../store/database.ts';
import type { Outcome } from '../store/schema.ts';
import { heardElsewhere } from './heard-elsewhere.ts';
import { conversationsOf } from './links.ts';
import { speechWithoutWords } from './lost-sound.ts';
import {
  captureColumn,
  keptUntilColumn,
  recordingColumns,
  recordingFields,
  toRecordingView,
} from './recordings.ts';

const FileReceipt = z.object({
  recordingId: z.string(),
  known: z.boolean(),
  notice: z
    .string()
    .nullable()
    .describe('A warning about a file that was accepted, such as a new time that was ignored'),
  noticeCode: z.string().nullable().describe('Its code in the table of errors'),
  ...recordingFields,
});

export type FileReceipt = z.infer<typeof FileReceipt>;

export const FileCounts = z.object({
  files: z.number().int(),
  pending: z.number().int().describe('Not finished yet'),
  heard: z.number().int().describe('Transcribed, with words or without'),
  refused: z.number().int().describe('Not usable: `remedy` of the file says what would help'),
  failed: z.number().int(),
  deleted: z.number().int(),
});

type FileCounts = z.infer<typeof FileCounts>;

export const UploadBody = z
  .object({
    id: z.string(),
    status: z.enum(['processing', 'done']),
    acceptedAtMs: EpochMs,
    expected: ExpectedBody,
    counts: FileCounts.describe(
      'Number of files by state. An upload whose files were all refused is `done` as well',
    ),
    files: z.array(FileReceipt),
    conversationIds: z.array(z.string()),
    newConversationIds: z.array(z.string()),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Upload' });

/** The API adds the links, since it alone knows its addresses. */
export type UploadView = Omit<z.infer<typeof UploadBody>, 'links'>;

export async function readUpload(db: Database, userId: string, id: string): Promise<UploadView | null> {
  const rows = await db
    .selectFrom('uploads')
    .innerJoin('upload_files', 'upload_files.upload_id', 'uploads.id')
    .innerJoin('recordings', 'recordings.id', 'upload_files.recording_id')
    .select(recordingColumns)
    .select([captureColumn, keptUntilColumn])
    .select([
      'uploads.accepted_at_ms as upload_accepted_at_ms',
      'upload_files.name as file_name',
      'upload_files.code as file_code',
      'upload_files.reason as file_reason',
      'upload_files.known',
      sql<boolean>`EXISTS (SELECT FROM segments WHERE recording_id = recordings.id)`.as('has_words'),
      sql<boolean>`EXISTS (SELECT FROM pieces WHERE recording_id = recordings.id)`.as('has_speech'),
    ])
    .where('uploads.id', '=', id)
    .where('uploads.user_id', '=', userId)
    .where('recordings.user_id', '=', userId)
    .orderBy('position')
    .execute();
  const [first] = rows;
  if (!first) return null;
  // An upload is looked at most often while nothing of it is heard yet.
  const worded = [...new Set(rows.filter(({ has_words }) => has_words).map((row) => row.id))];
  const spoken = [...new Set(rows.filter(({ has_speech }) => has_speech).map((row) => row.id))];
  const conversations = await conversationsOf(db, userId, worded);
  const elsewhere = await heardElsewhere(db, userId, worded);
  const withoutWords = await speechWithoutWords(db, userId, spoken);
  const expected = await expectedOfRecordings(db, rows);
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
      expected(row),
    );
    const notice = noticeOf(file_code, file_reason, known);
    const noticeCode = notice === null ? null : file_code;
    return { ...view, recordingId, known, notice, noticeCode };
  });
  const settled =
    files.every((file) => isFinal(file.outcome)) &&
    conversations.all.every((conversation) => conversation.settled);
  const recordingIds = new Set(rows.map((row) => row.id));
  return {
    id,
    status: settled ? 'done' : 'processing',
    acceptedAtMs: first.upload_accepted_at_ms,
    expected: await expectedOfUpload(db, userId, {
      acceptedAtMs: first.upload_accepted_at_ms,
      rows,
      unsettled: conversations.all.filter((c) => !c.settled).map((c) => c.id),
    }),
    counts: countOutcomes(files),
    files,
    conversationIds: conversations.all.map(({ id }) => id),
    newConversationIds: conversations.all
      .filter((c) => recordingIds.has(c.firstRecordingId))
      .map(({ id }) => id),
  };
}

/** What is told of a file that is worked on all the same. */
const NOTICES = ['audio_gone', 'time_not_taken', 'date_in_name', 'time_of_file', 'clock_shifted'] as const;
type Notice = (typeof NOTICES)[number];

function isNotice(code: string): code is Notice {
  return (NOTICES as readonly string[]).includes(code);
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
