/**
 * The rows of files that arrive in several requests. Everything of a request takes the person's id, and every write of a
 * request that sends bytes takes its epoch: a request that lost its lease changes nothing.
 */
import { type Selectable, sql } from 'kysely';
import type { Holdings } from '../bounds/holdings.ts';
import { AfterwordError } from '../errors.ts';
import type { Sender } from '../intake/claim.ts';
import { listToFree } from '../store/blobs/references.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import type { ResumableUploadsTable } from '../store/tables/resumable.ts';
import { inTransaction } from '../store/transaction.ts';

/** As the protocol's clients expect of a service that keeps what was begun over a holiday. */
export const KEPT_MS = 7 * 86_400_000;
/** An SD card has some hundreds of files; a row and its chunks take about 10 kB. */
const MOST_UNFINISHED = 1_000;

export interface NewResumable {
  id: string;
  name: string;
  startedAtMs: number | null;
  /** When the file was last written, where its sender has told. */
  writtenAtMs: number | null;
  length: number;
}

export interface Resumable extends NewResumable {
  userId: string;
  deviceId: string;
  received: number;
  createdAtMs: number;
  expiresAtMs: number;
  uploadId: string | null;
}

/** Who writes: the bytes of any other epoch are refused. */
export interface Writer {
  id: string;
  userId: string;
  epoch: number;
}

export interface Chunk {
  startsAt: number;
  sizeBytes: number;
  key: string;
}

/** @throws AfterwordError `too_many_unfinished`, `space_used_up`, `user_deleted` */
export async function createResumable(
  { db, holdings }: { db: Database; holdings: Holdings },
  { userId, deviceId }: Sender,
  { id, name, startedAtMs, writtenAtMs, length }: NewResumable,
): Promise<void> {
  const nowMs = Date.now();
  await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const person = await tx
      .selectFrom('users')
      .select('deleted_at_ms')
      .where('id', '=', userId)
      .executeTakeFirst();
    if (person?.deleted_at_ms) throw new AfterwordError('user_deleted');
    const { unfinished } = await tx
      .selectFrom('resumable_uploads')
      .select(sql<number>`count(*)::integer`.as('unfinished'))
      .where('user_id', '=', userId)
      .where('upload_id', 'is', null)
      .executeTakeFirstOrThrow();
    if (unfinished >= MOST_UNFINISHED) throw new AfterwordError('too_many_unfinished');
    await tx
      .insertInto('resumable_uploads')
      .values({
        id,
        user_id: userId,
        device_id: deviceId,
        name,
        started_at_ms: startedAtMs,
        written_at_ms: writtenAtMs,
        length,
        created_at_ms: nowMs,
        expires_at_ms: nowMs + KEPT_MS,
      })
      .execute();
    await holdings.requireRoom(tx, userId, { storedBytes: length, queuedMs: 0 });
  });
}

/** @returns null if the person has none of that name, or its time is over */
export async function readResumable(db: Database, userId: string, id: string): Promise<Resumable | null> {
  const row = await db
    .selectFrom('resumable_uploads')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('expires_at_ms', '>', Date.now())
    .executeTakeFirst();
  return row ? toResumable(row) : null;
}

/**
 * Those that are complete and were not accepted, because their process ended in between or they were refused.
 * @param after the id of the last one that was looked at
 */
export async function completeResumables(db: Database, after: string, most: number): Promise<Resumable[]> {
  const rows = await db
    .selectFrom('resumable_uploads')
    .selectAll()
    .where('id', '>', after)
    .where('upload_id', 'is', null)
    .whereRef('received', '=', 'length')
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(toResumable);
}

/** In order; together they are what was received. */
export async function readChunks(db: Database, id: string): Promise<Chunk[]> {
  const rows = await db
    .selectFrom('resumable_chunks')
    .selectAll()
    .where('resumable_id', '=', id)
    .orderBy('starts_at')
    .execute();
  return rows.map((row) => ({ startsAt: row.starts_at, sizeBytes: row.size_bytes, key: row.object_key }));
}

/** @returns the chunk whose object this writer may go on with; null where it has to begin one */
export async function readGrowing(db: Database, { id, userId, epoch }: Writer): Promise<Chunk | null> {
  const row = await db
    .selectFrom('resumable_uploads as file')
    .innerJoin('resumable_chunks as chunk', (join) =>
      join.onRef('chunk.resumable_id', '=', 'file.id').onRef('chunk.object_key', '=', 'file.growing_key'),
    )
    .select(['chunk.starts_at', 'chunk.size_bytes', 'chunk.object_key'])
    .where('file.id', '=', id)
    .where('file.user_id', '=', userId)
    .where('file.epoch', '=', epoch)
    .whereRef('file.received', '=', sql`chunk.starts_at + chunk.size_bytes`)
    .executeTakeFirst();
  return row ? { startsAt: row.starts_at, sizeBytes: row.size_bytes, key: row.object_key } : null;
}

/**
 * Makes a stored chunk part of the file, or more of one that grows.
 * @param safe how much of the file was safe before: where the chunk begins, or is written on
 * @returns whether another request waits to go on
 * @throws AfterwordError `resumable_taken` if this writer has lost its lease, or the chunk does not follow the last one
 */
export async function addChunk(
  db: Database,
  { id, userId, epoch }: Writer,
  chunk: Chunk,
  { safe, grows }: { safe: number; grows: boolean },
): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    const row = await tx
      .updateTable('resumable_uploads')
      .set({
        received: chunk.startsAt + chunk.sizeBytes,
        growing_key: grows ? chunk.key : null,
        beat: sql`beat + 1`,
      })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('epoch', '=', epoch)
      .where('received', '=', safe)
      .where('upload_id', 'is', null)
      .returning(['is_wanted', 'expires_at_ms'])
      .executeTakeFirst();
    if (!row) throw new AfterwordError('resumable_taken');
    await tx
      .insertInto('resumable_chunks')
      .values({
        resumable_id: id,
        starts_at: chunk.startsAt,
        size_bytes: chunk.sizeBytes,
        object_key: chunk.key,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['resumable_id', 'starts_at'])
          .doUpdateSet({ size_bytes: chunk.sizeBytes })
          .where('resumable_chunks.object_key', '=', chunk.key),
      )
      .execute();
    if (safe > chunk.startsAt) return row.is_wanted;
    // The search for orphans leaves what is held alone, and takes what nobody came back for.
    const hold = { key: chunk.key, until_ms: row.expires_at_ms };
    await tx
      .insertInto('object_holds')
      .values(hold)
      .onConflict((conflict) => conflict.column('key').doUpdateSet(hold))
      .execute();
    return row.is_wanted;
  });
}

/** Whether another request has taken the file over: what this one stored is part of nothing. */
export function isLost(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'resumable_taken';
}

/** Says which upload it has become, and lists its chunks to be freed. @returns their keys */
export async function becomeUpload(db: Database, id: string, uploadId: string): Promise<string[]> {
  return await inTransaction(db, async (tx) => {
    await tx
      .updateTable('resumable_uploads')
      .set({ upload_id: uploadId, is_held: false })
      .where('id', '=', id)
      .execute();
    return await releaseChunks(tx, [id]);
  });
}

/** @returns null while it has not become one, or where there is none of that name */
export async function readUploadId(db: Database, userId: string, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('resumable_uploads')
    .select('upload_id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.upload_id ?? null;
}

/** @returns the keys that are listed to be freed; null if the person has none of that name */
export async function removeResumable(db: Database, userId: string, id: string): Promise<string[] | null> {
  return await inTransaction(db, async (tx) => {
    const mine = tx
      .selectFrom('resumable_uploads')
      .select('id')
      .where('id', '=', id)
      .where('user_id', '=', userId);
    if (!(await mine.forUpdate().executeTakeFirst())) return null;
    const keys = await releaseChunks(tx, [id]);
    await tx.deleteFrom('resumable_uploads').where('id', '=', id).execute();
    return keys;
  });
}

/** Removes those whose time is over. @returns the keys that are listed to be freed */
export async function expireResumables(
  db: Database,
  most: number,
): Promise<{ count: number; keys: string[] }> {
  return await inTransaction(db, async (tx) => {
    const over = await tx
      .selectFrom('resumable_uploads')
      .select('id')
      .where('expires_at_ms', '<=', Date.now())
      .orderBy('expires_at_ms')
      .limit(most)
      .forUpdate()
      .skipLocked()
      .execute();
    const ids = over.map(({ id }) => id);
    if (ids.length === 0) return { count: 0, keys: [] };
    const keys = await releaseChunks(tx, ids);
    await tx.deleteFrom('resumable_uploads').where('id', 'in', ids).execute();
    return { count: ids.length, keys };
  });
}

/** In the deletion of a person. */
export async function forgetResumables(tx: Tx, userId: string): Promise<void> {
  const rows = await tx
    .selectFrom('resumable_uploads')
    .select('id')
    .where('user_id', '=', userId)
    .forUpdate()
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await releaseChunks(tx, ids);
  await tx.deleteFrom('resumable_uploads').where('id', 'in', ids).execute();
}

async function releaseChunks(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const chunks = await tx
    .deleteFrom('resumable_chunks')
    .where('resumable_id', 'in', ids)
    .returning('object_key')
    .execute();
  const keys = chunks.map(({ object_key }) => object_key);
  if (keys.length === 0) return [];
  await tx.deleteFrom('object_holds').where('key', 'in', keys).execute();
  await listToFree(tx, keys, Date.now());
  return keys;
}

function toResumable(row: Selectable<ResumableUploadsTable>): Resumable {
  return {
    id: row.id,
    userId: row.user_id,
    deviceId: row.device_id,
    name: row.name,
    startedAtMs: row.started_at_ms,
    writtenAtMs: row.written_at_ms,
    length: row.length,
    received: row.received,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    uploadId: row.upload_id,
  };
}
