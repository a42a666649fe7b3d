/** Signing in by OpenID Connect, at a provider that we did not write, as a browser does it. */
import { expect, it } from 'vitest';
import { personOf } from '../../src/sign-in/identities.ts';
import { beginSession } from '../../src/sign-in/sessions.ts';
import { formOf, NAME, secret, startApi, type TestApi } from '../support/api.ts';
import { Browser } from '../support/browser.ts';
import { startProvider, type TestProvider } from '../support/oidc-provider.ts';

async function startBoth(settings: Parameters<typeof startApi>[0] = {}) {
  const urls: string[] = [];
  const provider = await startProvider(() => urls.map((url) => `${url}/auth/callback`));
  const { issuer, clientId, clientSecret } = provider;
  const oidc = { issuer, clientId, clientSecret };
  const api = await startApi({ modes: ['keys', 'oidc'], singleUser: false, oidc, ...settings });
  urls.push(api.url);
  return { api, provider };
}

async function signIn({ url }: TestApi, browser = new Browser(), path = '/auth/sign-in') {
  const back = await browser.follow(`${url}${path}`, (at) => at.pathname === '/auth/callback');
  const answer = await browser.send(back.url);
  return { browser, answer, callback: back.url };
}

const own = (url: string) => ({ origin: url, 'sec-fetch-site': 'same-origin' });
const status = async (browser: Browser, url: string, path = '/api/v1/recordings') =>
  (await browser.send(`${url}${path}`)).status;

it('a browser signs in, sees what is theirs, and signs out', async () => {
  const { api, provider } = await startBoth();
  const { url, db } = api;
  expect(await status(new Browser(), url)).toBe(401);
  const { browser, answer } = await signIn(api, new Browser(), '/auth/sign-in?returnTo=%2Fdocs%2F%3Fa%3Db');
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/docs/?a=b']);
  const [line = ''] = answer.headers.getSetCookie().filter((one) => one.startsWith('afterword='));
  expect(line).toMatch(/^afterword=[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Lax$/);
  const sent = await browser.send(`${url}/api/v1/recordings`, {
    method: 'POST',
    headers: own(url),
    body: formOf({ [NAME]: 'of ana' }),
  });
  expect(sent.status).toBe(202);
  const list = (await (await browser.send(`${url}/api/v1/recordings`)).json()) as { recordings: unknown[] };
  expect(list.recordings).toHaveLength(1);

  provider.person = { subject: 'bob' };
  const bob = await signIn(api);
  const others = (await (await bob.browser.send(`${url}/api/v1/recordings`)).json()) as { recordings: [] };
  expect(others.recordings).toEqual([]);

  const cookie = browser.cookie('afterword') ?? '';
  const stored = await db.selectFrom('sessions').selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain(cookie);
  expect((await browser.send(`${url}/auth/sign-out`, { method: 'POST', headers: own(url) })).status).toBe(
    204,
  );
  expect(browser.cookie('afterword')).toBeUndefined();
  const thief = new Browser();
  thief.setCookie(url, 'afterword', cookie);
  expect(await status(thief, url)).toBe(401);
  expect(await status(bob.browser, url)).toBe(200);
});

it('somebody who comes again is the same person, with another session each time', async () => {
  const { api } = await startBoth();
  const first = await signIn(api);
  const before = first.browser.cookie('afterword') ?? '';
  // What was in the browser before a sign-in is worth nothing after it.
  await signIn(api, first.browser);
  const after = first.browser.cookie('afterword');
  expect(after).not.toBe(before);
  const old = new Browser();
  old.setCookie(api.url, 'afterword', before);
  expect(await status(old, api.url)).toBe(401);
  await signIn(api, new Browser('Phone'));
  expect(await api.db.selectFrom('identities').select('subject').execute()).toEqual([{ subject: 'ana' }]);
  expect(await api.db.selectFrom('users').select('id').execute()).toHaveLength(1);
});

it('sessions are listed and revoked, one and all others', async () => {
  const { api } = await startBoth();
  const { url } = api;
  const { browser } = await signIn(api, new Browser('Laptop'));
  const { browser: phone } = await signIn(api, new Browser('Phone'));
  const { browser: tablet } = await signIn(api, new Browser('Tablet'));
  type List = { sessions: { id: string; agent: string; current: boolean }[] };
  const { sessions } = (await (await browser.send(`${url}/api/v1/me/sessions`)).json()) as List;
  expect(sessions.map(({ agent, current }) => [agent, current]).sort()).toEqual([
    ['Laptop', true],
    ['Phone', false],
    ['Tablet', false],
  ]);
  const id = sessions.find(({ agent }) => agent === 'Phone')?.id;
  const end = (path: string) => browser.send(`${url}${path}`, { method: 'DELETE', headers: own(url) });
  expect((await end(`/api/v1/me/sessions/${id}`)).status).toBe(204);
  expect([await status(phone, url), await status(tablet, url)]).toEqual([401, 200]);
  expect((await end('/api/v1/me/sessions')).status).toBe(204);
  expect([await status(tablet, url), await status(browser, url)]).toEqual([401, 200]);
});

it('a session that is old, or was not used for long, has ended', async () => {
  const { api } = await startBoth();
  const { browser } = await signIn(api);
  const day = 24 * 3_600_000;
  const session = { last_used_at_ms: Date.now() - 8 * day };
  await api.db.updateTable('sessions').set(session).execute();
  expect(await status(browser, api.url)).toBe(401);
  await api.db
    .updateTable('sessions')
    .set({ last_used_at_ms: Date.now(), expires_at_ms: Date.now() - 1 })
    .execute();
  expect(await status(browser, api.url)).toBe(401);
  // Whoever signs in next sweeps them away; a person has at most twenty.
  for (let one = 0; one < 23; one++) await signIn(api);
  expect(await api.db.selectFrom('sessions').select('id').execute()).toHaveLength(20);
}, 60_000);

it('a cookie alone changes nothing: the page that asks must be one of ours', async () => {
  const { api } = await startBoth();
  const { url } = api;
  const { browser } = await signIn(api);
  const change = async (headers: Record<string, string>) =>
    (await browser.send(`${url}/api/v1/me/keys/key_x`, { method: 'DELETE', headers })).status;
  expect(await change(own(url))).toBe(404);
  expect(await change({})).toBe(403);
  expect(await change({ origin: 'https://evil.example' })).toBe(403);
  expect(await change({ origin: url, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await change({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await change({ origin: 'null' })).toBe(403);
});

it('a callback is worth nothing in another browser, twice, forged, or late', async () => {
  const { api, provider } = await startBoth();
  const { url } = api;
  const refused = async (browser: Browser, at: URL | string) => {
    const answer = await browser.send(at);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'sign_in_failed' });
    expect(browser.cookie('afterword')).toBeUndefined();
  };
  const browser = new Browser();
  const back = await browser.follow(`${url}/auth/sign-in`, (at) => at.pathname === '/auth/callback');
  // Somebody sends their own callback to another browser, which would be signed in as them.
  await refused(new Browser(), back.url);
  const other = new Browser();
  await other.follow(`${url}/auth/sign-in`, (at) => at.pathname === '/auth/callback');
  await refused(other, back.url);
  for (const change of ['state', 'code', 'iss'] as const) {
    const fresh = new Browser();
    const { url: at } = await fresh.follow(`${url}/auth/sign-in`, (one) => one.pathname === '/auth/callback');
    at.searchParams.set(change, 'https://evil.example');
    await refused(fresh, at);
  }
  const denied = new Browser();
  await denied.send(`${url}/auth/sign-in`);
  await refused(denied, `${url}/auth/callback?error=access_denied&state=x`);
  // A cookie of ours that was changed.
  const forger = new Browser();
  await forger.send(`${url}/auth/sign-in`);
  forger.setCookie(url, 'afterword_flow', `${forger.cookie('afterword_flow')?.slice(0, -4)}AAAA`);
  await refused(forger, `${url}/auth/callback?code=x&state=y`);
  expect((await browser.send(back.url)).status).toBe(303);
  await browser.send(`${url}/auth/sign-out`, { method: 'POST', headers: own(url) });
  await refused(browser, back.url);
  expect(provider.person.subject).toBe('ana');
});

it('it leads back to paths of its own only', async () => {
  const { api } = await startBoth();
  for (const evil of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'evil',
    '/\t/evil.example',
    '',
  ]) {
    const { answer } = await signIn(api, new Browser(), `/auth/sign-in?returnTo=${encodeURIComponent(evil)}`);
    const where = new URL(answer.headers.get('location') ?? '', api.url);
    expect(where.origin, evil).toBe(api.url);
  }
}, 60_000);

it('who may come in is a list, by addresses that the provider has verified', async () => {
  const { api, provider } = await startBoth({ people: ['ana@example.com', '@team.example'] });
  const tries = async (person: TestProvider['person']) => {
    provider.person = person;
    return (await signIn(api)).answer.status;
  };
  expect(await tries({ subject: 'a', email: 'ana@example.com', email_verified: true })).toBe(303);
  expect(await tries({ subject: 'b', email: 'bob@team.example', email_verified: true })).toBe(303);
  expect(await tries({ subject: 'c', email: 'ana@example.com', email_verified: false })).toBe(403);
  expect(await tries({ subject: 'd', email: 'eve@evil.example', email_verified: true })).toBe(403);
  expect(await tries({ subject: 'e' })).toBe(403);
  expect(await api.db.selectFrom('identities').select('subject').orderBy('subject').execute()).toEqual([
    { subject: 'a' },
    { subject: 'b' },
  ]);
});

it('a provider that is away is told as that, and is asked again', async () => {
  const { api, provider } = await startBoth();
  const { browser } = await signIn(api);
  await provider.stop();
  // Who is signed in stays so.
  expect(await status(browser, api.url)).toBe(200);
  const away = await startApi({
    modes: ['oidc'],
    singleUser: false,
    oidc: { issuer: provider.issuer, clientId: 'x', clientSecret: undefined },
  });
  const answer = await new Browser().send(`${away.url}/auth/sign-in`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.json()).toMatchObject({ code: 'sign_in_unavailable' });
  expect((await fetch(`${away.url}/health`)).status).toBe(200);
});

it('another identity is linked by somebody who is signed in with both', async () => {
  const { api, provider } = await startBoth({ modes: ['oidc', 'header'] });
  const { url, db } = api;
  const asAna = { 'x-afterword-user': 'ana' };
  const browser = new Browser();
  const begun = await browser.send(`${url}/auth/link`, { method: 'POST', headers: asAna });
  const { location } = (await begun.json()) as { location: string };
  const back = await browser.follow(location, (at) => at.pathname === '/auth/callback');
  // Without the first proof the second one is worth nothing.
  const half = await new Browser().send(back.url, { headers: asAna });
  expect(half.status).toBe(400);
  expect((await browser.send(back.url, { headers: asAna })).status).toBe(303);
  expect(await db.selectFrom('identities').select(['subject', 'user_id']).execute()).toEqual([
    { subject: 'ana', user_id: 'ana' },
  ]);
  // From now on the two are one person, who keeps what the gateway's header had.
  await fetch(`${url}/api/v1/recordings`, { method: 'POST', headers: asAna, body: formOf({ [NAME]: 'x' }) });
  const { browser: signedIn } = await signIn(api);
  const list = (await (await signedIn.send(`${url}/api/v1/recordings`)).json()) as { recordings: unknown[] };
  expect(list.recordings).toHaveLength(1);
  // Somebody else cannot take it, and nobody who has things of their own is swallowed.
  const asBob = { 'x-afterword-user': 'bob' };
  const second = new Browser();
  const again = await second.send(`${url}/auth/link`, { method: 'POST', headers: asBob });
  const to = await second.follow(
    ((await again.json()) as { location: string }).location,
    (at) => at.pathname === '/auth/callback',
  );
  const taken = await second.send(to.url, { headers: asBob });
  expect([taken.status, await taken.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'identity_taken' }),
  ]);
  expect(provider.person.subject).toBe('ana');
});

it('with https the cookie travels encrypted only, and no other name can write it', async () => {
  const { api } = await startBoth({ publicUrl: 'https://afterword.example', hosts: ['afterword.example'] });
  const answer = await fetch(`${api.url}/auth/sign-in`, { redirect: 'manual' });
  const location = new URL(answer.headers.get('location') ?? '');
  expect(location.searchParams.get('redirect_uri')).toBe('https://afterword.example/auth/callback');
  expect(location.searchParams.get('code_challenge_method')).toBe('S256');
  expect(answer.headers.getSetCookie()[0]).toMatch(
    /^__Host-afterword_flow=[^;]+; .*Path=\/; HttpOnly; Secure; SameSite=Lax/,
  );
  // A page of a neighbouring name can write a cookie without the prefix, of a sign-in that it has begun itself.
  const flow = answer.headers.getSetCookie()[0]?.split(';')[0]?.replace('__Host-', '');
  const back = `${api.url}/auth/callback?code=x&state=${location.searchParams.get('state')}`;
  const fixed = await fetch(back, { headers: { cookie: flow ?? '' }, redirect: 'manual' });
  expect(await fixed.json()).toMatchObject({ detail: 'This browser has begun no sign-in.' });
  expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
  // One without the prefix may have been written by a page of a neighbouring name.
  const proof = { issuer: 'https://accounts.example', subject: 'ana', label: null, email: null };
  const known = await personOf(api.db, proof, 'UTC');
  const token = await beginSession(api.db, secret.keyFor('sessions'), known, {
    agent: undefined,
    before: undefined,
  });
  const ask = async (name: string) =>
    (await fetch(`${api.url}/api/v1/usage`, { headers: { cookie: `${name}=${token}` } })).status;
  expect([await ask('__Host-afterword'), await ask('afterword')]).toEqual([200, 401]);
});
