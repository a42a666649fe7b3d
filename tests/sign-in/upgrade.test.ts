/** Data of before there was a sign-in: after the upgrade nothing changes hands, in any mode. */
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createKey } from '../../src/sign-in/keys.ts';
import { usualModes } from '../../src/sign-in/modes.ts';
import { SignIn, type SignInSettings } from '../../src/sign-in/sign-in.ts';
import { listRecordings } from '../../src/views/recordings.ts';
import { secret } from '../support/api.ts';
import { emptyDatabaseForTest } from '../support/database.ts';

const FOLDER = new URL('../../src/store/migrations/', import.meta.url);
const OURS = '0039-people.sql';

async function upgraded() {
  const { db } = await emptyDatabaseForTest();
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  const run = async (all: string[]) => {
    for (const name of all) await sql.raw(await readFile(new URL(name, FOLDER), 'utf8')).execute(db);
  };
  await run(names.filter((name) => name < OURS));
  await sql
    .raw(`
    INSERT INTO users (id, created_at_ms) VALUES ('local', 0), ('ana@example.com', 0), ('usr_00', 0);
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, accepted_at_ms, outcome) VALUES
      ('r1', 'local', 'x', 9, 'a.bin', 'default', 'omi', 5, 'completed'),
      ('r2', 'ana@example.com', 'x', 9, 'a.bin', 'phone', 'omi', 5, 'completed'),
      ('r3', 'usr_00', 'x', 9, 'a.bin', 'phone', 'omi', 5, 'completed');
  `)
    .execute(db);
  await run(names.filter((name) => name >= OURS));
  const settings: SignInSettings = { modes: [], singleUser: false, oidc: null, firebase: null, people: [] };
  /** Whose recordings somebody sees who shows this. */
  const sees = async (
    modes: Partial<SignInSettings>,
    shown: { user?: string; authorization?: string },
  ): Promise<string[] | string> => {
    const signIn = new SignIn({ ...settings, ...modes }, { db, secret, timeZone: 'UTC' });
    try {
      const { userId } = await signIn.principalOf({
        authorization: shown.authorization,
        session: undefined,
        gatewayUser: () => shown.user ?? null,
      });
      const rows = await listRecordings(db, userId, { outcome: null, limit: 10, after: null });
      return rows.map(({ id }) => id);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { db, sees };
}

it('on loopback and behind a gateway everybody sees what they saw', async () => {
  const { db, sees } = await upgraded();
  const { signIn } = readConfig({});
  expect(signIn).toMatchObject({ modes: ['header', 'dev'], singleUser: true });
  expect(await sees(signIn, {})).toEqual(['r1']);
  expect(await sees(signIn, { user: 'ana@example.com' })).toEqual(['r2']);
  // A gateway passes on what it was sent: without keys and tokens an Authorization is no business of ours, as before.
  expect(await sees(signIn, { user: 'usr_00', authorization: 'Bearer of.their.own' })).toEqual(['r3']);
  const behind = readConfig({ AFTERWORD_HOST: '0.0.0.0' }).signIn;
  expect(behind).toMatchObject({ modes: ['header'], singleUser: false });
  expect(await sees(behind, { user: 'ana@example.com' })).toEqual(['r2']);
  expect(await sees(behind, {})).toBe('user_missing');
  const rows = await db.selectFrom('users').select(['id', 'role']).orderBy('id').execute();
  expect(rows.map(({ id, role }) => `${id} ${role}`)).toEqual([
    'ana@example.com person',
    'local person',
    'usr_00 person',
  ]);
  expect(await db.selectFrom('identities').selectAll().execute()).toEqual([]);
});

it('where keys, pages or tokens are asked for, nobody gets what is of local, whatever they show', async () => {
  const { db, sees } = await upgraded();
  const wanted = { userId: 'bob', name: 'x', scopes: ['operate'] as const, expiresAtMs: null };
  const { token } = await createKey(db, secret.keyFor('api keys'), wanted, 'UTC');
  for (const modes of [['keys'], ['keys', 'oidc'], ['oidc'], ['firebase']] as const) {
    expect(await sees({ modes }, {}), String(modes)).toBe('not_signed_in');
    expect(await sees({ modes }, { user: 'local' }), String(modes)).toBe('not_signed_in');
  }
  expect(await sees({ modes: ['keys'] }, { user: 'local', authorization: `Bearer ${token}` })).toEqual([]);
});

it('dev is refused beyond loopback, and what is asked for without its settings', () => {
  expect(usualModes(true)).toEqual(['header', 'dev']);
  const mistake = (environment: Record<string, string>) => {
    try {
      readConfig(environment);
      return 'it started';
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'afterword.example'])
    expect(mistake({ AFTERWORD_SIGN_IN: 'keys,dev', AFTERWORD_HOST: host })).toContain('use dev on loopback');
  for (const host of ['127.0.0.1', 'localhost', '::1'])
    expect(mistake({ AFTERWORD_SIGN_IN: 'dev', AFTERWORD_HOST: host })).toBe('it started');
  expect(mistake({ AFTERWORD_SIGN_IN: 'oidc' })).toMatch(/set AFTERWORD_OIDC_ISSUER\.\n.*OIDC_CLIENT_ID/);
  expect(mistake({ AFTERWORD_SIGN_IN: 'firebase' })).toContain('set AFTERWORD_FIREBASE_PROJECT');
  expect(mistake({ AFTERWORD_SIGN_IN: 'keys', AFTERWORD_SINGLE_USER: 'true' })).toContain(
    'Remove one of them',
  );
  const oidc = { AFTERWORD_SIGN_IN: 'oidc', AFTERWORD_OIDC_CLIENT_ID: 'x' };
  expect(mistake({ ...oidc, AFTERWORD_OIDC_ISSUER: 'http://accounts.example' })).toContain('Use https');
  const https = { ...oidc, AFTERWORD_OIDC_ISSUER: 'https://accounts.example' };
  expect(mistake({ ...https, AFTERWORD_HOST: '0.0.0.0' })).toContain('set AFTERWORD_PUBLIC_URL');
  expect(mistake(https)).toBe('it started');
});
