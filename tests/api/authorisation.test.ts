/**
 * Who may ask what, for every route of the table: nobody, a key with a wrong scope, somebody else, an admin, the owner.
 * A new route is asked too. Where it takes an id or a body, this file must say which one, or it fails.
 */
import { expect, it } from 'vitest';
import type { RouteEntry } from '../../src/api/route-table.ts';
import { readConfig } from '../../src/config.ts';
import { createKey } from '../../src/sign-in/keys.ts';
import { SCOPES, type Scope, withIncluded } from '../../src/sign-in/scopes.ts';
import { formOf, NAME, secret, startApi, type TestApi } from '../support/api.ts';

/** What a route has to be sent so that it is refused for nothing else than who asks. */
const BODIES: Record<string, object> = {
  'PATCH /api/v1/recordings/:id': { startedAtMs: 1_774_000_000_000 },
  'PUT /api/v1/conversations/:id/speakers/:speakerId': { name: 'Ana' },
  'POST /api/v1/conversations/:id/speakers/:speakerId/separate': { segmentIds: ['seg_ana'] },
  'PATCH /api/v1/conversations/:id': { starred: true },
  'POST /api/v1/conversations/:id/split': { atMs: 1 },
  'POST /api/v1/conversations/merge': { conversationIds: ['cnv_a', 'cnv_b'] },
  'PATCH /api/v1/conversations/:id/segments': { segments: [{ id: 'seg_ana', text: 'mine' }] },
  'PATCH /api/v1/conversations/:id/segments/:segmentId': { text: 'mine' },
  'POST /api/v1/action-items': { conversationId: 'cnv_a', description: 'mine' },
  'PATCH /api/v1/action-items/:id': { done: true },
  'POST /api/v1/people': { name: 'Bea' },
  'PATCH /api/v1/people/:id': { name: 'Bea' },
  'POST /api/v1/folders': { id: 'mine', name: 'Mine' },
  'PUT /api/v1/folders/order': { ids: [] },
  'PATCH /api/v1/folders/:id': { name: 'Other' },
  'POST /api/v1/folders/:id/conversations': { conversationIds: ['cnv_a'] },
  'PATCH /api/v1/me': { timeZone: 'Europe/Stockholm' },
  'PATCH /v1/users/language': { language: 'en' },
  'PATCH /v1/users/transcription-preferences': { vocabulary: [] },
  'POST /api/v1/me/identities': { token: 'x.y.z' },
  'POST /v2/sync-capture-manifest': { conversation_id: 'x', files: [{ name: NAME, sha256: 'x' }] },
  'PATCH /v1/conversations/:id/folder': { folder_id: null },
  'PATCH /api/v1/conversations/:id/events': { events: [{ place: 0, added: true }] },
  'PATCH /v1/conversations/:id/events': { events_idx: [0], values: [true] },
  'PATCH /v1/conversations/:id/summary': { content: 'mine' },
  'PATCH /v1/conversations/:id/segments/text': { segment_id: 'x', text: 'mine' },
  'PATCH /v1/conversations/:id/segments/assign-bulk': {
    segment_ids: [],
    assign_type: 'is_user',
    value: 'true',
  },
  'POST /v1/conversations/:id/mutations': {
    client_mutation_id: 'x',
    operation: { type: 'set_starred', starred: true },
  },
  'POST /v1/conversations/merge': { conversation_ids: ['cnv_ana', 'cnv_other'] },
  'PATCH /v1/conversations/:id/action-items': { items_idx: [], values: [] },
  'PATCH /v1/conversations/:id/action-items/:place': { old_description: 'x', description: 'mine' },
  'DELETE /v1/conversations/:id/action-items': { description: 'x' },
  'POST /v1/action-items': { conversation_id: 'cnv_a', description: 'mine' },
  'PATCH /v1/action-items/:id': { completed: true },
  'POST /v1/action-items/batch-delete': { ids: ['act_a'] },
  'PATCH /v1/action-items/batch': { items: [{ id: 'act_a', sort_order: 1 }] },
  'PATCH /v1/action-items/sync-batch': { items: [{ id: 'act_a', completed: true }] },
  'POST /v1/folders': { name: 'mine' },
  'PATCH /v1/folders/:id': { name: 'mine' },
  'POST /v1/folders/reorder': { folder_ids: [] },
  'POST /v1/folders/:id/conversations/bulk-move': { conversation_ids: [] },
  'POST /v1/users/people': { name: 'mine' },
  'POST /v1/conversations/search': { query: 'words' },
  'POST /v1/users/fcm-token': { fcm_token: 'a-token' },
  'POST /api/v1/push/devices': { kind: 'fcm', token: 'another-token' },
  'POST /api/v1/webhooks': { url: 'https://receiver.example/hook' },
  'PATCH /api/v1/webhooks/:id': { description: 'mine' },
  'POST /api/v1/webhooks/:id/recover': { sinceMs: 0 },
  'POST /api/v1/recordings/known': { sha256: ['0'.repeat(64)] },
  'POST /api/v1/me/keys': { name: 'x', scopes: ['read'] },
};
const QUERIES: Record<string, string> = {
  'PATCH /v1/conversations/:id/title': '?title=mine',
  'PATCH /v1/conversations/:id/starred': '?starred=true',
  'PATCH /v1/conversations/:id/visibility': '?value=public',
  'PATCH /v1/conversations/:id/segments/:index/assign': '?assign_type=is_user&value=true',
  'PATCH /v1/conversations/:id/assign-speaker/:speaker': '?assign_type=is_user&value=true',
  'PATCH /v1/users/people/:id/name': '?value=mine',
  'GET /api/v1/search': '?q=words',
  'POST /api/v1/recordings/retry': '?code=unknown_language',
  'POST /api/v1/operation/dead-letters/retry': '?code=poison',
};
/** Things of Ana, by the part of the path that stands before their id. */
type Things = Record<string, string>;

const nameOf = ({ method, url }: RouteEntry) => `${method} ${url}`;
const isOmi = ({ url }: RouteEntry) => /^\/v[12]\//.test(url);
/** What deletes comes last, and the deletion of the person at the very end. */
const lateness = ({ method, url }: RouteEntry) =>
  method === 'DELETE' ? 1 + Number(url === '/api/v1/me') : 0;
const ofPersons = ({ routes }: TestApi) =>
  routes.filter(({ row }) => row.who === 'person').sort((a, b) => lateness(a) - lateness(b));

async function keyOf({ db }: TestApi, userId: string, ...scopes: Scope[]): Promise<string> {
  const wanted = { userId, name: 'of a test', scopes, expiresAtMs: null };
  return (await createKey(db, secret.keyFor('api keys'), wanted, 'UTC')).token;
}

async function ask(api: TestApi, route: RouteEntry, things: Things, token?: string) {
  const path = route.url.replace(/([^/]+)\/:(\w+)/g, (_, before: string, parameter: string) => {
    // The page's own addresses hold nothing of anybody.
    const id = things[before] ?? (route.row.who === 'anybody' ? 'any' : undefined);
    if (id === undefined)
      throw new Error(`Say in this file whose ${before}/:${parameter} of ${route.url} is.`);
    return `${before}/${id}`;
  });
  if (route.body.length > 0 && !BODIES[nameOf(route)])
    throw new Error(`Say in this file which body ${nameOf(route)} takes.`);
  const isUpload = route.row.limit === 'upload';
  const body = isUpload ? formOf({ [NAME]: 'of somebody' }) : BODIES[nameOf(route)];
  const answer = await fetch(`${api.url}${path}${QUERIES[nameOf(route)] ?? ''}`, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body && !isUpload ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: isUpload ? (body as FormData) : JSON.stringify(body) } : {}),
  });
  // A stream of events has no end; its head says all that is asked here.
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer;
  await answer.body?.cancel();
  return new Response('', { status: answer.status, headers: answer.headers });
}

async function startWithThings(): Promise<{ api: TestApi; things: Things; ana: string }> {
  // It asks every route at once, as nobody does.
  const bounds = { ...readConfig({}).bounds, requestsPerMinute: null };
  const api = await startApi({ modes: ['keys'], singleUser: false, bounds });
  const { db } = api;
  const ana = await keyOf(api, 'ana', 'operate');
  const sent = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ana}` },
    body: formOf({ [NAME]: 'of ana' }),
  });
  const { id: uploads, files } = (await sent.json()) as { id: string; files: { recordingId: string }[] };
  const recordings = files[0]?.recordingId ?? '';
  const talk = {
    id: 'cnv_ana',
    user_id: 'ana',
    device_id: 'default',
    first_recording_id: recordings,
    revision: 1,
  };
  const at = { started_at_ms: 1, ended_at_ms: 2, created_at_ms: 1, updated_at_ms: 1 };
  await db
    .insertInto('conversations')
    .values({ ...talk, ...at })
    .execute();
  await db.insertInto('speakers').values({ id: 'spk_ana', user_id: 'ana' }).execute();
  await db
    .insertInto('speakers')
    .values({ id: 'per_ana', user_id: 'ana', name: 'Ann', kept: true })
    .execute();
  const who = { issuer: 'https://accounts.example', user_id: 'ana', created_at_ms: 1 };
  for (const id of ['idn_ana', 'idn_ana2'])
    await db
      .insertInto('identities')
      .values({ ...who, id, subject: id })
      .execute();
  const times = { created_at_ms: Date.now(), last_used_at_ms: Date.now(), expires_at_ms: Date.now() + 1e9 };
  await db
    .insertInto('sessions')
    .values({ id: 'ses_ana', digest: 'x', user_id: 'ana', identity_id: 'idn_ana', ...times })
    .execute();
  const { id: keys } = await db
    .insertInto('api_keys')
    .values({ id: 'key_ana', user_id: 'ana', name: '', digest: 'x', scopes: ['read'], created_at_ms: 1 })
    .returning('id')
    .executeTakeFirstOrThrow();
  const hook = { id: 'whk_ana', user_id: 'ana', url: 'https://receiver.example/', secret: '', read_to: 0 };
  await db
    .insertInto('webhook_endpoints')
    .values({ ...hook, format: 'standard', ordered: false, created_at_ms: 1, updated_at_ms: 1 })
    .execute();
  await db
    .insertInto('webhook_deliveries')
    .values({
      id: 'whd_ana',
      endpoint_id: hook.id,
      user_id: 'ana',
      type: 'x',
      state: 'held',
      created_at_ms: 1,
    })
    .execute();
  const resumable = { id: 'rsm_ana', user_id: 'ana', device_id: 'default', name: NAME, length: 10 };
  await db
    .insertInto('resumable_uploads')
    .values({ ...resumable, created_at_ms: 1, expires_at_ms: Date.now() + 1e9 })
    .execute();
  const device = { id: 'dev_ana', user_id: 'ana', kind: 'fcm' as const, address: 'x', registered_at_ms: 1 };
  await db
    .insertInto('push_devices')
    .values({ ...device, address_digest: Buffer.of(1), created_at_ms: 1 })
    .execute();
  await db
    .insertInto('person_settings')
    .values({
      user_id: 'ana',
      folders: JSON.stringify([{ id: 'fld_ana', name: 'Builders', description: '', categories: [] }]),
      other_languages: false,
      updated_at_ms: 1,
    })
    .execute();
  await db
    .insertInto('action_items')
    .values({
      id: 'act_ana',
      user_id: 'ana',
      conversation_id: 'cnv_ana',
      recording_id: recordings,
      at_ms: 0,
      derived: JSON.stringify({ description: 'of ana', dueAtMs: null, dueText: null, segmentId: 's' }),
      created_at_ms: 1,
      updated_at_ms: 1,
    })
    .execute();
  const things = {
    folders: 'fld_ana',
    'action-items': 'act_ana',
    'assign-speaker': 'nr_ana',
    people: 'per_ana',
    segments: 'seg_ana',
    webhooks: hook.id,
    devices: 'dev_ana',
    deliveries: 'whd_ana',
    recordings,
    uploads,
    resumable: 'rsm_ana',
    'sync-local-files': uploads,
    conversations: 'cnv_ana',
    c: 'cnv_ana',
    assets: 'none.js',
    icons: 'none.png',
    photos: 'photo',
    audio: 'cnv_ana',
    speakers: 'spk_ana',
    sessions: 'ses_ana',
    identities: 'idn_ana',
    keys,
  };
  return { api, things, ana };
}

/** A refusal says how to show who one is, and in the words that its client reads. */
async function expectRefusal(route: RouteEntry, answer: Response, status: number): Promise<void> {
  const about = `${nameOf(route)}: ${status}`;
  expect(answer.status, about).toBe(status);
  expect(answer.headers.get('www-authenticate'), about).toMatch(/^Bearer realm="afterword"/);
  if (route.method === 'HEAD') return;
  const body = (await answer.json()) as Record<string, unknown>;
  if (isOmi(route)) expect(Object.keys(body), about).toEqual(['detail', 'code']);
  else {
    expect(answer.headers.get('content-type'), about).toContain('application/problem+json');
    expect(body, about).toMatchObject({ status, code: expect.any(String), remedy: expect.any(String) });
  }
}

it('nobody is let in where a person is wanted, and everybody where none is', async () => {
  const { api, things } = await startWithThings();
  for (const route of ofPersons(api)) {
    await expectRefusal(route, await ask(api, route, things), 401);
    // No header makes somebody of nobody where the gateway's is not believed.
    const claimed = await fetch(`${api.url}/api/v1/recordings`, { headers: { 'x-afterword-user': 'ana' } });
    expect(claimed.status).toBe(401);
  }
  for (const route of api.routes.filter(({ row }) => row.who === 'anybody'))
    expect([401, 403], nameOf(route)).not.toContain((await ask(api, route, things)).status);
  // In the very words of Omi's server.
  const omi = await fetch(`${api.url}/v2/sync-local-files`, {
    method: 'POST',
    body: formOf({ [NAME]: 'x' }),
  });
  expect(await omi.json()).toEqual({ detail: 'Authorization header not found', code: 'not_signed_in' });
});

it('a key opens what its scopes hold, and nothing else', async () => {
  const { api, things } = await startWithThings();
  const others = new Map<Scope, string>();
  for (const scope of SCOPES) others.set(scope, await keyOf(api, 'bob', scope));
  for (const route of ofPersons(api)) {
    if (nameOf(route) === 'DELETE /api/v1/me') continue;
    for (const [scope, token] of others) {
      const has = withIncluded([scope]);
      const answer = await ask(api, route, things, token);
      if (route.row.scopes.some((one) => has.has(one)))
        expect(answer.headers.get('www-authenticate') ?? '', `${scope}: ${nameOf(route)}`).not.toMatch(
          /scope/,
        );
      // 403 would make Omi's app give its files up for good.
      else await expectRefusal(route, answer, isOmi(route) ? 401 : 403);
    }
  }
});

it.each([
  ['somebody else', 'operate'],
  ['an admin', 'admin'],
] as const)(
  '%s sees and changes nothing of Ana, and learns of no id whether it is one',
  async (_who, scope) => {
    const { api, things, ana } = await startWithThings();
    const token = await keyOf(api, 'bob', scope);
    const nothing = Object.fromEntries(Object.keys(things).map((key) => [key, `${things[key]}x`]));
    for (const route of ofPersons(api)) {
      if (!route.row.scopes.some((one) => withIncluded([scope]).has(one))) continue;
      const answer = await ask(api, route, things, token);
      const body = await answer.text();
      if (!route.url.includes(':')) {
        for (const id of Object.values(things)) expect(body, nameOf(route)).not.toContain(id);
        continue;
      }
      if (route.url.startsWith('/v2/sync-local-files/')) {
        // Omi's own way to say it.
        expect(answer.status).toBe(403);
        continue;
      }
      expect(answer.status, nameOf(route)).toBe(404);
      const unknown = await ask(api, route, nothing, token);
      expect(unknown.status, nameOf(route)).toBe(404);
      const [told, toldOfNothing] = [body, await unknown.text()].map((one) =>
        one.replace(/"requestId":"[^"]*"/, '').replaceAll(/_ana2?x?|[0-9a-f-]{36}x?/g, ''),
      );
      expect(told, nameOf(route)).toBe(toldOfNothing);
    }
    for (const path of [
      `recordings/${things.recordings}`,
      'conversations/cnv_ana',
      `uploads/${things.uploads}`,
    ]) {
      const own = await fetch(`${api.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${ana}` } });
      expect(own.status, path).toBe(200);
    }
    const left = await Promise.all(
      (['identities', 'sessions', 'api_keys'] as const).map((table) =>
        api.db.selectFrom(table).select('user_id').where('user_id', '=', 'ana').execute(),
      ),
    );
    expect(left.map((rows) => rows.length)).toEqual([2, 1, 2]);
  },
);

it('an admin asks what concerns the server, and a person with the role too', async () => {
  const { api, things } = await startWithThings();
  const forAdmins = ofPersons(api).filter(({ row }) => row.scopes.includes('admin'));
  expect(forAdmins.length).toBeGreaterThan(0);
  const admin = await keyOf(api, 'op', 'admin');
  for (const route of forAdmins) expect((await ask(api, route, things, admin)).status).toBe(200);
});

it('the owner is let in everywhere', async () => {
  const { api, things, ana } = await startWithThings();
  for (const route of ofPersons(api)) {
    if (route.row.scopes.includes('admin')) continue;
    const { status } = await ask(api, route, things, ana);
    // A key makes no keys and links no identities; that is another test's.
    const needsPerson = /^POST (\/api\/v1\/me\/(keys|identities)|\/auth\/link)$/.test(nameOf(route));
    if (!needsPerson) expect([401, 403], nameOf(route)).not.toContain(status);
  }
});
