/** API keys over HTTP: made, used, mistyped, leaked, expired and revoked; and what no combination of proofs allows. */
import { expect, it } from 'vitest';
import { createKey, everyKey } from '../../src/sign-in/keys.ts';
import type { Scope } from '../../src/sign-in/scopes.ts';
import { formOf, NAME, secret, startApi, type TestApi } from '../support/api.ts';
import { rawRequest } from '../support/raw-request.ts';

const KEYS = { modes: ['keys'], singleUser: false } as const;

async function keyOf({ db }: TestApi, userId: string, scopes: Scope[], expiresAtMs: number | null = null) {
  return await createKey(db, secret.keyFor('api keys'), { userId, name: 'x', scopes, expiresAtMs }, 'UTC');
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function refusal({ url }: TestApi, headers: Record<string, string>) {
  const answer = await fetch(`${url}/api/v1/usage`, { headers });
  return [answer.status, ((await answer.json()) as { code?: string }).code];
}

it('nothing of a key but its digest is stored, and the digest of another server is worth nothing', async () => {
  const api = await startApi({ ...KEYS });
  const { token, key } = await keyOf(api, 'ana', ['read']);
  const row = await api.db.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow();
  expect(JSON.stringify(row)).not.toContain(token.slice(16, 48));
  expect(await refusal(api, bearer(token))).toEqual([200, undefined]);
  // Who can read the table cannot use it, and who can write it cannot make a key without the secret.
  expect(await refusal(api, bearer(row.digest))).toEqual([401, 'token_refused']);
  await api.db.updateTable('api_keys').set({ digest: token }).where('id', '=', key.id).execute();
  expect(await refusal(api, bearer(token))).toEqual([401, 'key_refused']);
});

it('a mistyped key is refused without a query, and says so', async () => {
  const api = await startApi({ ...KEYS });
  const { token } = await keyOf(api, 'ana', ['read']);
  const mistyped = `${token.slice(0, 20)}${token[20] === 'a' ? 'b' : 'a'}${token.slice(21)}`;
  await api.cutDatabase();
  expect(await refusal(api, bearer(mistyped))).toEqual([401, 'key_mistyped']);
  expect(await refusal(api, bearer(token.slice(0, -1)))).toEqual([401, 'key_mistyped']);
  // What cannot be checked now is no refusal: the client keeps its key and comes again.
  expect(await refusal(api, bearer(token))).toEqual([503, 'unavailable']);
  await api.healDatabase();
});

it('a leaked key is revoked and refused from the next request on; an expired one too', async () => {
  const api = await startApi({ ...KEYS });
  const { token, key } = await keyOf(api, 'ana', ['operate']);
  const short = await keyOf(api, 'ana', ['read'], Date.now() + 60_000);
  expect(await refusal(api, bearer(short.token))).toEqual([200, undefined]);
  await api.db.updateTable('api_keys').set({ expires_at_ms: 1 }).where('id', '=', short.key.id).execute();
  expect(await refusal(api, bearer(short.token))).toEqual([401, 'key_refused']);
  const gone = await fetch(`${api.url}/api/v1/me/keys/${key.id}`, {
    method: 'DELETE',
    headers: bearer(token),
  });
  expect(gone.status).toBe(204);
  expect(await refusal(api, bearer(token))).toEqual([401, 'key_refused']);
});

it('also where nobody signs in, a key does what it may and no more, and a wrong one is nobody', async () => {
  const api = await startApi();
  const { token } = await keyOf(api, 'ana', ['read']);
  const gateway = { 'x-afterword-user': 'ben' };
  expect(await refusal(api, {})).toEqual([200, undefined]);
  expect(await refusal(api, { ...bearer(token), ...gateway })).toEqual([200, undefined]);
  expect(await refusal(api, { ...bearer(token.slice(0, -1)), ...gateway })).toEqual([401, 'key_mistyped']);
  const asked = await fetch(`${api.url}/api/v1/me`, {
    method: 'PATCH',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ timeZone: 'Europe/Berlin' }),
  });
  expect(asked.status).toBe(403);
  // What is no key of ours is between a client and its gateway.
  expect(await refusal(api, { ...bearer('a.token.of.others'), ...gateway })).toEqual([200, undefined]);
  expect(await refusal(api, { authorization: 'Basic YTpi' })).toEqual([200, undefined]);
});

it('all keys are listed, page by page, also those that have ended', async () => {
  const api = await startApi({ ...KEYS });
  const made = [];
  for (let at = 0; at < 5; at++) made.push((await keyOf(api, 'ana', ['operate'])).key.id);
  await keyOf(api, 'ben', ['operate']);
  // At the same millisecond too.
  await api.db
    .updateTable('api_keys')
    .set({ created_at_ms: 1_774_000_000_000 })
    .where('id', 'in', made.slice(1, 4))
    .execute();
  const { token } = await keyOf(api, 'ana', ['operate']);
  await api.db.updateTable('api_keys').set({ revoked_at_ms: 1 }).where('id', 'in', made).execute();
  const listed: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await fetch(`${api.url}/api/v1/me/keys?limit=2${cursor && `&cursor=${cursor}`}`, {
      headers: bearer(token),
    });
    const body = (await page.json()) as { keys: { id: string }[]; nextCursor: string | null };
    expect(body.keys.length).toBeLessThanOrEqual(2);
    listed.push(...body.keys.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  expect(listed.slice(1).sort()).toEqual(made.sort());
  const every = await everyKey(api.db, null);
  expect(every).toHaveLength(7);
});

it('the last use is written, and at most once a minute', async () => {
  const api = await startApi({ ...KEYS });
  const { token, key } = await keyOf(api, 'ana', ['read']);
  const lastUse = async () =>
    (await api.db.selectFrom('api_keys').select('last_used_at_ms').executeTakeFirstOrThrow()).last_used_at_ms;
  expect(await lastUse()).toBeNull();
  await refusal(api, bearer(token));
  const first = await lastUse();
  expect(first).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 10 }, () => refusal(api, bearer(token))));
  expect(await lastUse()).toBe(first);
  const longAgo = Date.now() - 61_000;
  await api.db.updateTable('api_keys').set({ last_used_at_ms: longAgo }).where('id', '=', key.id).execute();
  await refusal(api, bearer(token));
  expect(await lastUse()).toBeGreaterThan(longAgo);
});

it.each([
  'Basic YW5hOng=',
  'Bearer',
  'Bearer  ',
  'bearer x y',
  'Token afw_x',
  `Bearer ${'x'.repeat(5000)}`,
  'Bearer ä',
])('an Authorization of "%.20s" lets nobody in', async (authorization) => {
  const api = await startApi({ ...KEYS });
  const [status, code] = await refusal(api, { authorization: Buffer.from(authorization).toString('latin1') });
  expect(status).toBe(401);
  expect(['token_refused', 'not_signed_in']).toContain(code);
});

it('a key that is refused never becomes somebody by a header', async () => {
  const api = await startApi({ modes: ['keys', 'header', 'dev'], singleUser: true });
  const { token, key } = await keyOf(api, 'ana', ['read']);
  await api.db.updateTable('api_keys').set({ revoked_at_ms: 1 }).where('id', '=', key.id).execute();
  expect(await refusal(api, { ...bearer(token), 'x-afterword-user': 'ana' })).toEqual([401, 'key_refused']);
  // A gateway's own Authorization, which is none of ours, is left alone.
  expect(await refusal(api, { authorization: 'Basic YW5hOng=', 'x-afterword-user': 'ana' })).toEqual([
    200,
    undefined,
  ]);
});

it('the key decides who it is, whatever the header of a gateway claims', async () => {
  const api = await startApi({ modes: ['keys', 'header'], singleUser: false });
  const { token } = await keyOf(api, 'ana', ['operate']);
  const headers = { ...bearer(token), 'x-afterword-user': 'bob' };
  await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', headers, body: formOf({ [NAME]: 'x' }) });
  expect(await api.db.selectFrom('recordings').select('user_id').execute()).toEqual([{ user_id: 'ana' }]);
});

it('a person makes keys that hold no more than they may; a key makes none, and links nobody', async () => {
  const api = await startApi({ modes: ['keys', 'header'], singleUser: false });
  const make = async (headers: Record<string, string>, scopes: Scope[], more: object = {}) =>
    await fetch(`${api.url}/api/v1/me/keys`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'mine', scopes, ...more }),
    });
  const asAna = { 'x-afterword-user': 'ana' };
  const made = (await (await make(asAna, ['upload'])).json()) as { token: string; key: { id: string } };
  expect(await refusal(api, bearer(made.token))).toEqual([403, 'scope_missing']);
  expect((await make(asAna, ['admin'])).status).toBe(403);
  await api.db.updateTable('users').set({ role: 'admin' }).where('id', '=', 'ana').execute();
  expect((await make(asAna, ['admin'])).status).toBe(201);
  expect((await fetch(`${api.url}/api/v1/users`, { headers: asAna })).status).toBe(200);
  expect((await make(asAna, ['read'], { expiresAtMs: 1 })).status).toBe(400);
  const { token } = await keyOf(api, 'ana', ['admin']);
  expect((await make(bearer(token), ['read'])).status).toBe(403);
  const link = await fetch(`${api.url}/api/v1/me/identities`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ token: 'x' }),
  });
  expect(link.status).toBe(401);
  // Fifty at once are enough for anybody.
  const all = await Promise.all(Array.from({ length: 55 }, () => make(asAna, ['read'])));
  expect(all.filter(({ status }) => status === 409).length).toBeGreaterThanOrEqual(8);
  const { keys } = (await (await fetch(`${api.url}/api/v1/me/keys`, { headers: asAna })).json()) as {
    keys: [];
  };
  expect(keys).toHaveLength(50);
});

it('who deletes themselves has no key and no session any more', async () => {
  const api = await startApi({ ...KEYS });
  const { token } = await keyOf(api, 'ana', ['operate']);
  const gone = await fetch(`${api.url}/api/v1/me`, { method: 'DELETE', headers: bearer(token) });
  expect(gone.status).toBe(204);
  expect(await refusal(api, bearer(token))).toEqual([401, 'key_refused']);
});

it('a key is good alone, in its header and once', async () => {
  const api = await startApi({ ...KEYS, modes: ['keys', 'header'] });
  const { token } = await keyOf(api, 'ana', ['read']);
  const other = await keyOf(api, 'bob', ['read']);
  const ask = async (headers: [string, string][], path = '/api/v1/usage') =>
    (await rawRequest(`${api.url}${path}`, { headers })).status;
  expect(await ask([['Authorization', `Bearer ${token}`]])).toBe(200);
  for (const second of [token, other.token, 'x'])
    expect(
      await ask([
        ['Authorization', `Bearer ${token}`],
        ['authorization', `Bearer ${second}`],
        ['X-Afterword-User', 'eve'],
      ]),
    ).toBe(401);
  for (const name of ['key', 'token', 'access_token', 'authorization', 'api_key'])
    expect(await ask([], `/api/v1/usage?${name}=${token}`)).toBe(401);
});
