/**
 * Accepting (DESIGN rules 1, 3 and 4): the bytes are in the blob store already; one transaction writes the rows
 * and enqueues the work. When it commits, nothing can get lost any more, and only then is the upload acknowledged.
 */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ErrorCode } from '../errors.ts';
import { ERRORS } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { enqueueIngest } from './enqueue.ts';
import { judgeStart, type NameClaim, readFileName } from './file-name.ts';

export interface ReceivedFile {
  name: string;
  sha256: string;
  sizeBytes: number;
  /** When the sender says that it was made; overrules the name. */
  startedAtMs: number | null;
}

export interface Sender {
  userId: string;
  /** Whose timeline: everything that one phone or gateway sends is one. */
  deviceId: string;
}

/** @returns the id of the upload; the same files again give the same id. */
export async function acceptUpload(
  db: Database,
  sender: Sender,
  files: readonly ReceivedFile[],
): Promise<string> {
  const nowMs = Date.now();
  return await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('users')
      .values({ id: sender.userId, created_at_ms: nowMs })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const uploadId = await findOrCreateUpload(tx, sender, files, nowMs);
    const accepted: AcceptedFile[] = [];
    // Everybody takes the row locks in the order of the content, so that two uploads that share files cannot deadlock.
    const ordered = files
      .map((file, position) => ({ file, position }))
      .sort((a, b) => (a.file.sha256 < b.file.sha256 ? -1 : 1));
    for (const { file, position } of ordered)
      accepted.push(await acceptFile(tx, sender, file, position, nowMs));
    await tx
      .insertInto('upload_files')
      .values(accepted.map((file) => ({ ...file, upload_id: uploadId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return uploadId;
  });
}

interface AcceptedFile {
  position: number;
  name: string;
  recording_id: string;
  known: boolean;
  code: ErrorCode | null;
  reason: string | null;
}

async function acceptFile(
  tx: Tx,
  sender: Sender,
  file: ReceivedFile,
  position: number,
  nowMs: number,
): Promise<AcceptedFile> {
  const claim = claimOf(file, nowMs);
  const id = `rec_${randomUUID()}`;
  const created = await tx
    .insertInto('recordings')
    .values({
      id,
      user_id: sender.userId,
      sha256: file.sha256,
      size_bytes: file.sizeBytes,
      name: file.name,
      device_id: sender.deviceId,
      accepted_at_ms: nowMs,
      ...claimColumns(claim, nowMs),
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'sha256']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created && !claim.verdict) await enqueueIngest(tx, id, 1);
  const recordingId = created ? id : await reviveIfItHelps(tx, sender, file, claim, nowMs);
  return {
    position,
    name: file.name,
    recording_id: recordingId,
    known: !created,
    code: claim.verdict,
    reason: claim.verdict && ERRORS[claim.verdict].title,
  };
}

/** Sending again is how a person retries: it helps where something failed, or where the time is told at last. */
async function reviveIfItHelps(
  tx: Tx,
  sender: Sender,
  file: ReceivedFile,
  claim: NameClaim,
  nowMs: number,
): Promise<string> {
  const known: Recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('user_id', '=', sender.userId)
    .where('sha256', '=', file.sha256)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const timeIsToldAtLast = known.started_at_ms === null && claim.startedAtMs !== null;
  const failed = known.outcome === 'failed' && known.retryable;
  if (!timeIsToldAtLast && !failed) return known.id;
  const attempt = known.attempt + 1;
  await tx
    .updateTable('recordings')
    .set({
      ...(timeIsToldAtLast
        ? { ...claimColumns(claim, nowMs), name: file.name, device_id: sender.deviceId }
        : {
            outcome: 'waiting',
            code: 'queued',
            reason: ERRORS.queued.title,
            retryable: true,
            finished_at_ms: null,
          }),
      attempt,
      accepted_at_ms: nowMs,
      heard_ms: 0,
    })
    .where('id', '=', known.id)
    .execute();
  await enqueueIngest(tx, known.id, attempt);
  return known.id;
}

function claimOf(file: ReceivedFile, nowMs: number): NameClaim {
  const claim = readFileName(file.name, nowMs);
  if (file.sizeBytes === 0) return { ...claim, startedAtMs: null, verdict: 'empty_file' };
  if (file.startedAtMs === null || claim.verdict === 'name_with_path') return claim;
  const verdict = judgeStart(file.startedAtMs, nowMs);
  return { ...claim, startedAtMs: verdict ? null : file.startedAtMs, verdict };
}

function claimColumns(claim: NameClaim, nowMs: number) {
  const code = claim.verdict ?? 'queued';
  return {
    microphone: claim.microphone,
    codec: claim.codec && JSON.stringify(claim.codec),
    started_at_ms: claim.startedAtMs,
    outcome: claim.verdict ? ('rejected' as const) : ('waiting' as const),
    code,
    reason: ERRORS[code].title,
    retryable: ERRORS[code].retryable,
    finished_at_ms: claim.verdict ? nowMs : null,
  };
}

async function findOrCreateUpload(
  tx: Tx,
  sender: Sender,
  files: readonly ReceivedFile[],
  nowMs: number,
): Promise<string> {
  const { id } = await tx
    .insertInto('uploads')
    .values({
      id: `upl_${randomUUID()}`,
      user_id: sender.userId,
      content_key: contentKey(files),
      accepted_at_ms: nowMs,
    })
    // Updating to what it is returns the row that is there, and waits for a twin that is being accepted right now.
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'content_key'])
        .doUpdateSet({ accepted_at_ms: sql.ref('uploads.accepted_at_ms') }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The set of files, whatever the order in which they were sent. */
function contentKey(files: readonly ReceivedFile[]): string {
  const lines = files.map((file) => `${file.sha256} ${file.startedAtMs ?? ''} ${file.name}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
