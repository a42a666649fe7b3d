/** What ends with something else: rights with a role, keys with their person; and what must not stand in the way of an adoption. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { changePreferences, readChosen } from '../../src/preferences/store.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { adopt } from '../../src/sign-in/adopt.ts';
import { linkIdentity, listIdentities, personOf } from '../../src/sign-in/identities.ts';
import { checkKey, createKey } from '../../src/sign-in/keys.ts';
import { giveRole, signOut } from '../../src/sign-in/people.ts';
import { noteSecret, requireSameSecret } from '../../src/sign-in/same-secret.ts';
import type { Scope } from '../../src/sign-in/scopes.ts';
import { secretFrom } from '../../src/sign-in/server-secret.ts';
import { beginSession, checkSession } from '../../src/sign-in/sessions.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { secret, startApi } from '../support/api.ts';

const keySecret = secret.keyFor('api keys');
const DEFAULTS = { timeZone: 'UTC', languages: [], vocabulary: [] };

const keyOf = async (db: Database, userId: string, scopes: Scope[]) =>
  (await createKey(db, keySecret, { userId, name: 'x', scopes, expiresAtMs: null }, 'UTC')).token;

it('whoever is no admin any more has no key of one', async () => {
  const { db } = await startApi();
  const [admin, plain] = [await keyOf(db, 'ana', ['admin']), await keyOf(db, 'ana', ['operate'])];
  const others = await keyOf(db, 'bob', ['admin']);
  expect(await giveRole(db, 'ana', 'admin')).toEqual({ revoked: 0 });
  expect(await giveRole(db, 'ana', 'person')).toEqual({ revoked: 1 });
  await expect(checkKey(db, keySecret, admin)).rejects.toMatchObject({ code: 'key_refused' });
  expect(await checkKey(db, keySecret, plain)).toMatchObject({ userId: 'ana' });
  expect(await checkKey(db, keySecret, others)).toMatchObject({ userId: 'bob' });
});

it('a person is signed out everywhere, with their keys only if asked, and nobody else is', async () => {
  const { db } = await startApi();
  const sessionSecret = secret.keyFor('sessions');
  const signIn = async (subject: string) => {
    const proof = { issuer: 'https://a.example', subject, label: null, email: null };
    const known = await personOf(db, proof, 'UTC');
    return {
      ...known,
      session: await beginSession(db, sessionSecret, known, { agent: 'x', before: undefined }),
    };
  };
  const ana = await signIn('ana');
  const again = await signIn('ana');
  const bob = await signIn('bob');
  const key = await keyOf(db, ana.userId, ['operate']);
  expect(await signOut(db, ana.userId, { keys: false })).toEqual({ sessions: 2, revoked: 0 });
  for (const { session } of [ana, again])
    await expect(checkSession(db, sessionSecret, session)).rejects.toMatchObject({ code: 'session_ended' });
  expect(await checkSession(db, sessionSecret, bob.session)).toMatchObject({ userId: bob.userId });
  expect(await checkKey(db, keySecret, key)).toMatchObject({ userId: ana.userId });
  expect(await signOut(db, ana.userId, { keys: true })).toEqual({ sessions: 0, revoked: 1 });
  await expect(checkKey(db, keySecret, key)).rejects.toMatchObject({ code: 'key_refused' });
  await expect(signOut(db, 'nobody', { keys: true })).rejects.toMatchObject({ code: 'not_found' });
});

it('nothing that lets somebody in is made for a person who is being deleted', async () => {
  const { db, blobFolder } = await startApi();
  await keyOf(db, 'ana', ['read']);
  const parts = { db, blobs: new FolderBlobStore(blobFolder), quietMs: 0 };
  // All at once, so that some of them meet the deletion.
  const made = Array.from({ length: 8 }, () => keyOf(db, 'ana', ['read']).catch((error) => error.code));
  await removeUser(parts, 'ana');
  const outcomes = await Promise.all(made);
  expect(outcomes.filter((one) => !one.startsWith('afw_') && one !== 'user_deleted')).toEqual([]);
  expect(await db.selectFrom('api_keys').selectAll().execute()).toEqual([]);
  const proof = { issuer: 'https://a.example', subject: 'ana', label: null, email: null };
  await expect(keyOf(db, 'ana', ['read'])).rejects.toMatchObject({ code: 'user_deleted' });
  await expect(linkIdentity(db, 'ana', proof, 'UTC')).rejects.toMatchObject({ code: 'user_deleted' });
});

it('one identity that is linked by two people at once is that of one of them', async () => {
  const { db } = await startApi();
  for (let round = 0; round < 5; round++) {
    const proof = { issuer: 'https://a.example', subject: `s${round}`, label: null, email: null };
    if (round % 2 === 0) await personOf(db, proof, 'UTC');
    const people = ['ana', 'bob', 'cy'].map((name) => `${name}${round}`);
    const ends = await Promise.allSettled(people.map((one) => linkIdentity(db, one, proof, 'UTC')));
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'identity_taken' });
    const owners = await Promise.all(people.map(async (one) => (await listIdentities(db, one)).length));
    expect(owners.reduce((sum, count) => sum + count)).toBe(1);
  }
});

it('an adoption takes settings over, unless its person has some already', async () => {
  const { db } = await startApi();
  for (const [who, timeZone] of [
    ['local', 'Europe/Berlin'],
    ['ana', 'Asia/Tokyo'],
  ] as const)
    await changePreferences(db, who, DEFAULTS, { timeZone });
  await sql`INSERT INTO language_calls VALUES ('local', 1, 5), ('ana', 1, 1)`.execute(db);
  await adopt(db, { from: 'local', to: 'ana' }, 'UTC');
  expect(await readChosen(db, 'ana')).toMatchObject({ timeZone: 'Asia/Tokyo' });
  await changePreferences(db, 'old', DEFAULTS, { timeZone: 'Europe/Berlin' });
  await adopt(db, { from: 'old', to: 'new' }, 'UTC');
  expect(await readChosen(db, 'new')).toMatchObject({ timeZone: 'Europe/Berlin' });
});

it('another secret than that of the server is found out', async () => {
  const { db } = await startApi();
  const other = secretFrom('a secret that no other process has had');
  // Before the first start nobody knows.
  await requireSameSecret(db, other, 'here');
  expect(await noteSecret(db, secret)).toEqual({ hasChanged: false });
  expect(await noteSecret(db, secret)).toEqual({ hasChanged: false });
  await requireSameSecret(db, secret, 'here');
  await expect(requireSameSecret(db, other, 'the folder x')).rejects.toThrow(/than the folder x\. Run/);
  expect(await noteSecret(db, other)).toEqual({ hasChanged: true });
  await requireSameSecret(db, other, 'here');
  const { key } = await db.selectFrom('server_keys').selectAll().executeTakeFirstOrThrow();
  expect(key.equals(other.keyFor('api keys'))).toBe(false);
});
