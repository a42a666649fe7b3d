/**
 * People whom somebody has added by name. They are speakers that stay without a voice: a voice, or a single segment, is said
 * to be theirs wherever they speak.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { lockTimeline } from '../conversations/lock.ts';
import { renewCorrections } from '../decisions/corrected-segments.ts';
import { AfterwordError } from '../errors.ts';
import { giveBackVoices } from '../speakers/decide.ts';
import { selectPeople } from '../speakers/people.ts';
import { notifyChange } from '../store/changes.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import { inTransaction } from '../store/transaction.ts';

const MOST_PEOPLE = 1000;

export interface PersonChange {
  name?: string | undefined;
  /** It is the one whose recordings these are. */
  isOwner?: boolean | undefined;
}

/** Says whether a person is still as they were read, under the lock of the change. */
export type PersonPrecondition = (tx: Tx) => Promise<void>;

/**
 * Adding somebody of the same name again changes nothing.
 * @returns the id of the person
 * @throws AfterwordError `too_many_people`, `user_deleted`
 */
export async function addPerson(
  db: Database,
  userId: string,
  { name, isOwner = false }: { name: string; isOwner?: boolean | undefined },
  timeZone: string,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    await ensurePerson(tx, userId, timeZone);
    await requireThere(tx, userId);
    await lockTimeline(tx, userId);
    const known = await tx
      .selectFrom('speakers')
      .select(['id', 'name'])
      .where('user_id', '=', userId)
      .where('kept', '=', true)
      .execute();
    const same = known.find((person) => person.name === name);
    if (!same && known.length >= MOST_PEOPLE) throw new AfterwordError('too_many_people');
    const id = same?.id ?? `per_${randomUUID()}`;
    const nowMs = Date.now();
    if (!same)
      await tx
        .insertInto('speakers')
        .values({ id, user_id: userId, name, kept: true, created_at_ms: nowMs, updated_at_ms: nowMs })
        .execute();
    if (isOwner) await setOwner(tx, userId, id, true);
    notifyChange(tx, userId);
    return id;
  });
}

/** @throws AfterwordError `not_found`, or what the precondition throws */
export async function changePerson(
  db: Database,
  userId: string,
  id: string,
  { name, isOwner }: PersonChange,
  require: PersonPrecondition = async () => {},
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockOwn(tx, userId, id);
    await require(tx);
    if (name !== undefined) {
      // Whoever is named here is meant to stay.
      const set = { name, kept: true, updated_at_ms: Date.now() };
      await tx.updateTable('speakers').set(set).where('id', '=', id).execute();
    }
    if (isOwner !== undefined) await setOwner(tx, userId, id, isOwner);
    notifyChange(tx, userId);
  });
}

/**
 * Forgets somebody: their voices are speakers of their own again, and what single segments were said to be theirs is not.
 * @throws AfterwordError `not_found`, or what the precondition throws
 */
export async function removePerson(
  db: Database,
  userId: string,
  id: string,
  require: PersonPrecondition = async () => {},
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockOwn(tx, userId, id);
    await require(tx);
    await giveBackVoices(tx, userId, id);
    const decided = await tx
      .deleteFrom('decisions')
      .where('user_id', '=', userId)
      .where('kind', '=', 'speaker')
      .where(sql<boolean>`value = to_jsonb(${id}::text)`)
      .returning('recording_id')
      .execute();
    await renewCorrections(tx, [...new Set(decided.flatMap(({ recording_id }) => recording_id ?? []))]);
    // A trigger of the table keeps people from being deleted by a process of the version before (migration 0060).
    await tx.updateTable('speakers').set({ kept: false }).where('id', '=', id).execute();
    await tx.deleteFrom('speakers').where('id', '=', id).execute();
    notifyChange(tx, userId);
  });
}

async function setOwner(tx: Tx, userId: string, id: string, isOwner: boolean): Promise<void> {
  const others = tx.updateTable('speakers').set({ is_owner: false }).where('user_id', '=', userId);
  await (isOwner ? others.where('is_owner', '=', true) : others.where('id', '=', id)).execute();
  if (!isOwner) return;
  const set = { is_owner: true, kept: true, updated_at_ms: Date.now() };
  await tx.updateTable('speakers').set(set).where('id', '=', id).execute();
}

async function lockOwn(tx: Tx, userId: string, id: string): Promise<void> {
  const find = () => selectPeople(tx, userId).select('id').where('id', '=', id).executeTakeFirst();
  if (!(await find())) throw new AfterwordError('not_found');
  await lockTimeline(tx, userId);
  if (!(await find())) throw new AfterwordError('not_found');
}
