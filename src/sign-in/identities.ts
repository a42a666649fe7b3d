/**
 * Which person somebody is whom an issuer knows. Several identities may be one person. They are joined only by somebody who
 * is signed in with both, and nothing that is stored changes hands by a sign-in.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { excludePerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import { inTransaction } from '../store/transaction.ts';

/** What an issuer has said about somebody, after it was checked. */
export interface Proof {
  issuer: string;
  subject: string;
  /** What they are called, for lists. */
  label: string | null;
  /** Only if the issuer has verified it. */
  email: string | null;
}

/** Somebody who was let in, and by which identity. */
export interface Known {
  userId: string;
  identityId: string;
}

export interface Identity {
  id: string;
  issuer: string;
  subject: string;
  label: string | null;
  createdAtMs: number;
}

/** More than a person can have accounts; it bounds the list. */
const MOST_IDENTITIES = 20;
const LONGEST_LABEL = 200;

/** The person of an identity; somebody who comes for the first time becomes a person with nothing. */
export async function personOf(db: Database, proof: Proof, timeZone: string): Promise<Known> {
  const known = await findPerson(db, proof);
  if (known) return known;
  return await inTransaction(db, async (tx) => {
    const userId = newPersonId();
    await ensurePerson(tx, userId, timeZone);
    await insertIdentity(tx, userId, proof);
    // Two first requests may come at once: both get the person that was written first.
    const person = await findPerson(tx, proof);
    if (!person) throw new Error('an identity that was just written is not there');
    if (person.userId !== userId) await tx.deleteFrom('users').where('id', '=', userId).execute();
    return person;
  });
}

/** Random, so that nobody can choose the id of somebody else by what an issuer calls them. */
function newPersonId(): string {
  return `usr_${randomBytes(16).toString('hex')}`;
}

export async function listIdentities(db: Database, userId: string): Promise<Identity[]> {
  const rows = await db
    .selectFrom('identities')
    .select(['id', 'issuer', 'subject', 'label', 'created_at_ms'])
    .where('user_id', '=', userId)
    .orderBy('created_at_ms')
    .orderBy('id')
    .limit(MOST_IDENTITIES)
    .execute();
  return rows.map(({ created_at_ms: createdAtMs, ...row }) => ({ ...row, createdAtMs }));
}

/**
 * Joins an identity to a person who is signed in and has just proved the identity too. A person that the identity had made by
 * a first sign-in is given up if nothing was ever stored for it.
 * @throws AfterwordError `identity_taken` if the identity is somebody with things of their own
 */
export async function linkIdentity(
  db: Database,
  userId: string,
  proof: Proof,
  timeZone: string,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await excludePerson(tx, userId);
    await ensurePerson(tx, userId, timeZone);
    await requireThere(tx, userId);
    const other = await findPerson(tx, proof);
    if (other?.userId === userId) return;
    if (other) {
      await excludePerson(tx, other.userId);
      if (await hasAnything(tx, other.userId)) throw new AfterwordError('identity_taken');
      await tx
        .deleteFrom('identities')
        .where('issuer', '=', proof.issuer)
        .where('subject', '=', proof.subject)
        .execute();
    }
    const { count } = await tx
      .selectFrom('identities')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    if (count >= MOST_IDENTITIES)
      throw new AfterwordError('identity_taken', `A person may have ${MOST_IDENTITIES} identities.`);
    await insertIdentity(tx, userId, proof);
    if ((await findPerson(tx, proof))?.userId !== userId) throw new AfterwordError('identity_taken');
  });
}

/** @throws AfterwordError `not_found`, or `last_identity` if nothing would let the person in any more */
export async function unlinkIdentity(db: Database, userId: string, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await excludePerson(tx, userId);
    const all = await tx.selectFrom('identities').select('id').where('user_id', '=', userId).execute();
    if (!all.some((one) => one.id === id)) throw new AfterwordError('not_found');
    // Only a person that a sign-in has made has no other way in: others are known by the gateway's header.
    if (all.length === 1 && userId.startsWith('usr_')) throw new AfterwordError('last_identity');
    // Its sessions go with it.
    await tx.deleteFrom('identities').where('user_id', '=', userId).where('id', '=', id).execute();
  });
}

export async function isAdmin(db: Database, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('role')
    .where('id', '=', userId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  return row?.role === 'admin';
}

async function findPerson(db: Database | Tx, { issuer, subject }: Proof): Promise<Known | null> {
  const row = await db
    .selectFrom('identities')
    .select(['user_id as userId', 'id as identityId'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row ?? null;
}

async function insertIdentity(tx: Tx, userId: string, { issuer, subject, label }: Proof): Promise<void> {
  const id = `idn_${randomBytes(12).toString('hex')}`;
  await tx
    .insertInto('identities')
    .values({ id, issuer, subject, label: labelOf(label), user_id: userId, created_at_ms: Date.now() })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
    .execute();
}

/** People name themselves at their provider, and what cannot be stored or is not seen must not keep them out. */
function labelOf(label: string | null): string | null {
  return label === null ? null : label.replace(/\p{C}/gu, '').slice(0, LONGEST_LABEL).toWellFormed() || null;
}

/**
 * Makes addresses comparable by the letters of ASCII alone: others become the same letter as a different one of another
 * address, as the sign of Kelvin a k.
 */
export function sameCase(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Deleted things count too: that they stay deleted belongs to the person. */
async function hasAnything(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    SELECT EXISTS (SELECT FROM recordings WHERE user_id = ${userId})
        OR EXISTS (SELECT FROM uploads WHERE user_id = ${userId})
        OR EXISTS (SELECT FROM api_keys WHERE user_id = ${userId})
        OR EXISTS (SELECT FROM users WHERE id = ${userId} AND deleted_at_ms IS NOT NULL) AS has`.execute(tx);
  return rows[0]?.has ?? true;
}
