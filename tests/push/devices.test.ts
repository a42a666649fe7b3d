/** How devices are registered: by our routes, by Omi's, and what is kept of them. */
import { expect, it } from 'vitest';
import { newVapidKeys } from '../../src/push/settings.ts';
import { startApi } from '../support/api.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const ADA = { 'x-afterword-user': 'ada' };
const vapid = { ...newVapidKeys(), subject: 'mailto:operator@example.com' };
const fcm = {
  url: 'http://127.0.0.1:1',
  key: { projectId: 'p', clientEmail: 'e', privateKey: 'k', tokenUrl: 'http://127.0.0.1:1/token' },
};

/** What the routes say that are asked here; each says some of it. */
interface Said {
  code: string;
  device: { id: string };
  devices: { id: string }[];
  services: object;
  timeZone: string;
}

async function scene(
  push: Partial<Parameters<typeof startApi>[0] & object>['push'] = { fcm, vapid, networks: [] },
) {
  const api = await startApi({ secretKeys: [KEY], push });
  const send = async (method: string, path: string, body?: object, headers: Record<string, string> = ADA) => {
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const said = await answer.text();
    return { status: answer.status, body: (said === '' ? {} : JSON.parse(said)) as Said };
  };
  return { api, send };
}

const subscription = (endpoint: string) => ({
  endpoint,
  expirationTime: null,
  keys: { p256dh: vapid.publicKey, auth: Buffer.alloc(16, 7).toString('base64url') },
});

it('devices are added, listed and removed; their addresses are encrypted and never shown', async () => {
  const { api, send } = await scene();
  const phone = await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 'a-token', name: 'Phone' });
  expect(phone).toMatchObject({
    status: 201,
    body: { device: { kind: 'fcm', name: 'Phone', titles: false } },
  });
  const page = await send('POST', '/api/v1/push/devices', {
    kind: 'web',
    subscription: subscription('https://push.example.com/abc'),
    titles: true,
  });
  expect(page.status).toBe(201);
  const again = await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 'a-token' });
  expect(again.body.device).toMatchObject({ id: phone.body.device.id, name: 'Phone' });
  const listed = await send('GET', '/api/v1/push/devices');
  expect(listed.body.devices).toHaveLength(2);
  expect(listed.body.services).toEqual({ fcm: true, web: { publicKey: vapid.publicKey } });
  const rows = await api.db.selectFrom('push_devices').selectAll().execute();
  expect(JSON.stringify([listed.body, rows])).not.toMatch(/a-token|push\.example/);
  for (const { address } of rows) expect(address).toMatch(/^v1\./);
  const path = `/api/v1/push/devices/${phone.body.device.id}`;
  expect((await send('DELETE', path, undefined, { 'x-afterword-user': 'bob' })).status).toBe(404);
  expect((await send('DELETE', path)).status).toBe(204);
  expect((await send('GET', '/api/v1/push/devices')).body.devices).toHaveLength(1);
});

it('a person has twenty devices at most', async () => {
  const { send } = await scene();
  for (let n = 0; n < 20; n++)
    expect((await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: `t${n}` })).status).toBe(201);
  expect(await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 't20' })).toMatchObject({
    status: 409,
    body: { code: 'too_many_devices' },
  });
  expect((await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 't0' })).status).toBe(201);
  // Omi's app does not know such a refusal: the one that registered longest ago makes room.
  expect((await send('POST', '/v1/users/fcm-token', { fcm_token: 'omi', time_zone: 'UTC' })).status).toBe(
    200,
  );
  expect((await send('GET', '/api/v1/push/devices')).body.devices).toHaveLength(20);
});

it("Omi's app registers its token, and its next one replaces it; a time zone holds until one is chosen", async () => {
  const { api, send } = await scene({ fcm: null, vapid: null, networks: [] });
  const phone = { ...ADA, 'x-device-id-hash': 'abc' };
  const token = (fcm_token: string, time_zone: string, who = phone) =>
    send('POST', '/v1/users/fcm-token', { fcm_token, time_zone }, who);
  expect(await token('one', 'Europe/Stockholm')).toEqual({ status: 200, body: { status: 'Ok' } });
  expect(await token('two', 'nowhere')).toEqual({ status: 200, body: { status: 'Ok' } });
  const devices = async () =>
    await api.db.selectFrom('push_devices').select(['user_id', 'device_key']).execute();
  expect(await devices()).toEqual([{ user_id: 'ada', device_key: 'abc' }]);
  expect((await send('GET', '/api/v1/me')).body.timeZone).toBe('Europe/Stockholm');
  await token('two', 'Asia/Tokyo');
  expect((await send('GET', '/api/v1/me')).body.timeZone).toBe('Europe/Stockholm');
  // Somebody else signs in on the phone.
  await token('two', 'UTC', { ...phone, 'x-afterword-user': 'bob' });
  expect(await devices()).toEqual([{ user_id: 'bob', device_key: 'abc' }]);
  expect((await token('', 'UTC')).status).toBeGreaterThanOrEqual(400);
});

it.each([
  'http://push.example.com/a',
  'https://127.0.0.1/a',
  'https://10.1.2.3/a',
  'https://[::1]/a',
  'https://[::ffff:10.0.0.1]/a',
  'https://169.254.169.254/latest',
  'ftp://push.example.com',
])('a subscription to %s is refused', async (endpoint) => {
  const { send } = await scene();
  const answer = await send('POST', '/api/v1/push/devices', {
    kind: 'web',
    subscription: subscription(endpoint),
  });
  expect([400, 422]).toContain(answer.status);
});

it('what the operator has not set up is refused, and says so', async () => {
  const { send } = await scene({ fcm: null, vapid: null, networks: [] });
  expect(await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 't' })).toMatchObject({
    status: 409,
    body: { code: 'push_not_set_up' },
  });
  expect((await send('GET', '/api/v1/push/devices')).body.services).toEqual({ fcm: false, web: null });
});

it('the deletion of a person leaves nothing of it', async () => {
  const { api, send } = await scene();
  await send('POST', '/api/v1/push/devices', { kind: 'fcm', token: 't' });
  await api.db
    .insertInto('push_told')
    .values({ user_id: 'ada', conversation_id: 'c', state: 'told' })
    .execute();
  expect((await send('DELETE', '/api/v1/me')).status).toBe(204);
  for (const table of ['push_devices', 'push_people', 'push_told', 'push_uploads', 'push_messages'] as const)
    expect(await api.db.selectFrom(table).select('user_id').execute(), table).toEqual([]);
});
