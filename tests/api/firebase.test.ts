/** Firebase ID tokens, against a server of keys of our own: good ones let their person in, and no forged one passes. */
import { createHmac, createSign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { keySetAt } from '../../src/sign-in/key-set.ts';
import { formOf, NAME, startApi } from '../support/api.ts';

const PROJECT = 'based-hardware';
const ISSUER = `https://securetoken.google.com/${PROJECT}`;
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Pair;
let theirs: Pair;
let curve: Pair;

beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true });
  theirs = await generateKeyPair('RS256', { extractable: true });
  curve = await generateKeyPair('ES256', { extractable: true });
});

const nowS = () => Math.floor(Date.now() / 1000);

function good(changes: JWTPayload = {}): JWTPayload {
  const at = nowS();
  const times = { auth_time: at - 100, iat: at - 60, exp: at + 3000 };
  return { iss: ISSUER, aud: PROJECT, sub: 'firebase-ana', ...times, email: 'ana@example.com', ...changes };
}

async function sign(
  payload: JWTPayload,
  { key = ours.privateKey, header = {} }: { key?: CryptoKey; header?: Record<string, unknown> } = {},
): Promise<string> {
  return await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The keys of Firebase, with what a test wants of them. */
async function startKeys() {
  const keys = {
    asked: 0,
    status: 200,
    kids: ['k1'],
    extra: [] as object[],
    url: '',
  };
  const server = createServer(async (_request, response) => {
    keys.asked++;
    const jwk = await exportJWK(ours.publicKey);
    const set = [...keys.kids.map((kid) => ({ ...jwk, kid, alg: 'RS256', use: 'sig' })), ...keys.extra];
    response.writeHead(keys.status, { 'cache-control': 'public, max-age=3600' });
    response.end(JSON.stringify({ keys: set }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  keys.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return keys;
}

async function start(settings: Parameters<typeof startApi>[0] = {}) {
  const keys = await startKeys();
  const firebase = { project: PROJECT, keysUrl: keys.url };
  const api = await startApi({ modes: ['firebase', 'keys'], singleUser: false, firebase, ...settings });
  const ask = async (token: string, path = '/api/v1/recordings') =>
    await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { api, keys, ask };
}

it('a token lets its person in, on our routes and on those of the app', async () => {
  const { api, keys, ask } = await start();
  const token = await sign(good());
  const sent = await fetch(`${api.url}/v2/sync-local-files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: formOf({ [NAME]: 'of ana' }),
  });
  expect(sent.status).toBe(202);
  const list = (await (await ask(await sign(good()))).json()) as { recordings: unknown[] };
  expect(list.recordings).toHaveLength(1);
  const other = (await (await ask(await sign(good({ sub: 'firebase-bob' })))).json()) as { recordings: [] };
  expect(other.recordings).toEqual([]);
  expect(keys.asked).toBe(1);
  expect(
    await api.db.selectFrom('identities').select(['issuer', 'subject']).orderBy('subject').execute(),
  ).toEqual([
    { issuer: ISSUER, subject: 'firebase-ana' },
    { issuer: ISSUER, subject: 'firebase-bob' },
  ]);
});

it('no forged token passes', async () => {
  const { keys, api, ask } = await start();
  keys.extra = [{ ...(await exportJWK(curve.publicKey)), kid: 'curve', use: 'sig' }];
  const real = await sign(good());
  const [head = '', body = '', signature = ''] = real.split('.');
  const pem = await exportSPKI(ours.publicKey);
  const jwk = JSON.stringify(await exportJWK(ours.publicKey));
  const asPassword = (secret: string, alg = 'HS256') => {
    const input = `${part({ alg, kid: 'k1' })}.${part(good())}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const rs512 = () => {
    const input = `${part({ alg: 'RS512', kid: 'k1' })}.${part(good())}`;
    const key = theirs.privateKey;
    return sign(good(), { key, header: { alg: 'RS512' } }).catch(() => `${input}.${signature}`);
  };
  const withoutKid = async () => {
    const pair = await new SignJWT(good()).setProtectedHeader({ alg: 'RS256' }).sign(theirs.privateKey);
    return pair;
  };
  const without = (claim: string) =>
    sign(Object.fromEntries(Object.entries(good()).filter(([name]) => name !== claim)));
  const embedded = await exportJWK(theirs.publicKey);
  const forged: Record<string, string> = {
    'no algorithm': `${part({ alg: 'none', kid: 'k1' })}.${body}.`,
    'no algorithm, in capitals': `${part({ alg: 'None', kid: 'k1' })}.${body}.`,
    'no algorithm with the signature': `${part({ alg: 'none', kid: 'k1' })}.${body}.${signature}`,
    'the public key as a password': asPassword(pem),
    'the public key as JSON as a password': asPassword(jwk),
    'an empty password': asPassword('', 'HS256'),
    'another algorithm of RSA': await rs512(),
    'a key of another kind': await sign(good(), {
      key: curve.privateKey,
      header: { alg: 'ES256', kid: 'curve' },
    }),
    'a key of somebody else': await sign(good(), { key: theirs.privateKey }),
    'a key of somebody else without its name': await withoutKid(),
    'an unknown key': await sign(good(), { key: theirs.privateKey, header: { kid: 'k9' } }),
    'its own key inside': await sign(good(), { key: theirs.privateKey, header: { jwk: embedded } }),
    'an address of its own keys': await sign(good(), {
      key: theirs.privateKey,
      header: { jku: 'https://evil.example/keys', kid: 'k1' },
    }),
    'a critical header that nobody knows': await sign(good(), { header: { crit: ['exp2'], exp2: 1 } }).catch(
      () => `${part({ alg: 'RS256', kid: 'k1', crit: ['exp2'], exp2: 1 })}.${body}.${signature}`,
    ),
    'another project': await sign(good({ aud: 'other-project' })),
    'several projects': await sign(good({ aud: [PROJECT, 'other-project'] })),
    'another issuer': await sign(good({ iss: 'https://securetoken.google.com/other-project' })),
    'an issuer with a slash more': await sign(good({ iss: `${ISSUER}/` })),
    'the issuer of Google accounts': await sign(good({ iss: 'https://accounts.google.com' })),
    'one that has ended': await sign(good({ iat: nowS() - 4000, exp: nowS() - 60 })),
    'one that is good for a year': await sign(good({ exp: nowS() + 365 * 86_400 })),
    'one that was made in the future': await sign(good({ iat: nowS() + 600, exp: nowS() + 3000 })),
    'one that is not good yet': await sign(good({ nbf: nowS() + 600 })),
    'a person who signs in in the future': await sign(good({ auth_time: nowS() + 600 })),
    'times that are no numbers': await sign(good({ auth_time: 'yesterday' })),
    'no end': await without('exp'),
    'no beginning': await without('iat'),
    'no time of sign-in': await without('auth_time'),
    'no subject': await without('sub'),
    'no audience': await without('aud'),
    'no issuer': await without('iss'),
    'an empty subject': await sign(good({ sub: '' })),
    'a subject of spaces': await sign(good({ sub: '   ' })),
    'a subject of 129 letters': await sign(good({ sub: 'x'.repeat(129) })),
    'a subject with a NUL': await sign(good({ sub: 'ana\u0000' })),
    'another body': `${head}.${part(good({ sub: 'firebase-bob' }))}.${signature}`,
    'half a signature': real.slice(0, -100),
    'two parts': `${head}.${body}`,
    'four parts': `${real}.x`,
    'an encrypted form': `${part({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.a.b.c.d`,
    'no token': 'x',
    '9 kB of it': `${real}${'x'.repeat(9000)}`,
    'a token of another service that is signed by a right key': await sign({ sub: 'firebase-ana' }),
  };
  // A signature with a key that Node makes and jose did not.
  const input = `${part({ alg: 'RS256', kid: 'k1' })}.${part(good())}`;
  const signer = createSign('RSA-SHA256').update(input);
  forged['a signature of another library and key'] = `${input}.${signer.sign(
    await import('node:crypto').then(({ KeyObject }) => KeyObject.from(theirs.privateKey)),
    'base64url',
  )}`;
  expect(Object.keys(forged).length).toBeGreaterThan(40);
  expect((await ask(real)).status).toBe(200);
  const passed: string[] = [];
  for (const [what, token] of Object.entries(forged)) {
    const answer = await ask(token);
    if (answer.status !== 401) passed.push(`${what}: ${answer.status}`);
    else {
      expect(await answer.json(), what).toMatchObject({ code: 'token_refused', title: expect.any(String) });
      expect(answer.headers.get('www-authenticate'), what).toContain('error="invalid_token"');
    }
  }
  expect(passed).toEqual([]);
  expect(await api.db.selectFrom('identities').select('subject').execute()).toEqual([
    { subject: 'firebase-ana' },
  ]);
  // In Omi's words where Omi's app asks.
  const omi = await ask(forged['another project'] ?? '', '/v2/sync-local-files/x');
  expect([omi.status, await omi.json()]).toEqual([
    401,
    { detail: 'Invalid authorization token', code: 'token_refused' },
  ]);
});

it('a refused token never becomes somebody by a header, nor the one person of a server', async () => {
  const { api } = await start({ modes: ['firebase', 'header', 'dev'], singleUser: true });
  const token = await sign(good(), { key: theirs.privateKey });
  const headers = { authorization: `Bearer ${token}`, 'x-afterword-user': 'ana' };
  expect((await fetch(`${api.url}/api/v1/usage`, { headers })).status).toBe(401);
  expect((await fetch(`${api.url}/api/v1/usage`, { headers: { 'x-afterword-user': 'ana' } })).status).toBe(
    200,
  );
});

it('keys that cannot be fetched are told as that, and kept while they are good', async () => {
  const { keys, ask } = await start();
  const token = await sign(good());
  keys.status = 500;
  const away = await ask(token);
  expect([away.status, (await away.json()) as { code: string }]).toEqual([
    503,
    expect.objectContaining({ code: 'sign_in_unavailable' }),
  ]);
  const omi = await ask(token, '/v2/sync-local-files/x');
  expect(omi.status).toBe(503);
  keys.status = 200;
  expect((await ask(token)).status).toBe(200);
  keys.status = 500;
  expect((await ask(token)).status).toBe(200);
});

it('a new key is fetched, and unknown names of keys do not make it ask each time', async () => {
  const keys = await startKeys();
  let now = 0;
  const find = keySetAt(keys.url, () => now);
  const of = (kid: string) => find({ alg: 'RS256', kid }, { payload: '', signature: '' });
  await of('k1');
  for (const kid of ['a', 'b', 'c']) await expect(of(kid)).rejects.toThrow();
  expect(keys.asked).toBe(1);
  keys.kids = ['k2'];
  now = 31_000;
  await of('k2');
  expect(keys.asked).toBe(2);
  // As long as the issuer has said, and no longer.
  now += 3_599_000;
  await of('k2');
  expect(keys.asked).toBe(2);
  now += 2_000;
  await Promise.all([of('k2'), of('k2'), of('k2')]);
  expect(keys.asked).toBe(3);
});

it('a second identity is linked with a proof of both, and by nobody else', async () => {
  const { api } = await start({ modes: ['firebase', 'keys', 'header', 'dev'], singleUser: true });
  const link = async (headers: Record<string, string>, token: string) => {
    const answer = await fetch(`${api.url}/api/v1/me/identities`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    return answer.status;
  };
  const asAna = { 'x-afterword-user': 'ana' };
  expect(await link({}, await sign(good()))).toBe(401);
  expect(await link(asAna, await sign(good(), { key: theirs.privateKey }))).toBe(401);
  // They have signed in with it before, and nothing was stored then.
  await fetch(`${api.url}/api/v1/usage`, { headers: { authorization: `Bearer ${await sign(good())}` } });
  expect(await link(asAna, await sign(good()))).toBe(201);
  expect(await link(asAna, await sign(good()))).toBe(201);
  await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: asAna,
    body: formOf({ [NAME]: 'x' }),
  });
  const list = await fetch(`${api.url}/api/v1/recordings`, {
    headers: { authorization: `Bearer ${await sign(good())}` },
  });
  expect(((await list.json()) as { recordings: [] }).recordings).toHaveLength(1);
  expect(await link({ 'x-afterword-user': 'bob' }, await sign(good()))).toBe(409);
});

it('whatever somebody calls themselves, they are let in and are nobody else', async () => {
  const settings = { people: ['kim@example.com'] };
  const { api, ask } = await start(settings);
  const tell = async (claims: JWTPayload) => (await ask(await sign(good(claims)))).status;
  const verified = { email_verified: true };
  // The sign of Kelvin becomes a k where letters beyond ASCII are made small.
  expect(await tell({ sub: 'eve', email: '\u212aim@example.com', ...verified })).toBe(403);
  expect(await tell({ sub: 'kim', email: 'KIM@Example.com', ...verified })).toBe(200);
  settings.people.length = 0;
  for (const name of ['\u0000', 'a\u0000b', '\ud83d', `${'x'.repeat(199)}\u{1f600}`, '\u202egnp'])
    expect(await tell({ sub: `of ${name.length} ${name.codePointAt(0)}`, email: '', name })).toBe(200);
  const labels = await api.db.selectFrom('identities').select('label').execute();
  expect(labels.map(({ label }) => label)).toEqual(expect.arrayContaining([null, 'ab', 'gnp']));
  expect(await tell({ sub: 'a\u0000b' })).toBe(401);
  expect(await tell({ sub: '\ud83d' })).toBe(401);
});
