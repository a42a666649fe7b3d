/** From a change of a row to what phones and browsers show, over real queues and HTTP. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchEngine, stopEngine, wakeQueue } from '../../src/engine/launch.ts';
import { acquireLease, type Lease } from '../../src/engine/leases.ts';
import { noteConversation, noteRecording } from '../../src/events/note.ts';
import { registerPush, type Services } from '../../src/push/deliver.ts';
import { listDevices, registerDevice } from '../../src/push/devices.ts';
import { Fcm } from '../../src/push/fcm.ts';
import { startFollowing } from '../../src/push/follow.ts';
import { PUSH_QUEUE } from '../../src/push/queue.ts';
import { newVapidKeys } from '../../src/push/settings.ts';
import { WebPush } from '../../src/push/web-push.ts';
import { secretBox } from '../../src/sign-in/secret-box.ts';
import { readerOf } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { networks } from '../../src/webhooks/reachable.ts';
import { until } from '../engine/fixtures/scene.ts';
import { createDatabase, log, type TestDatabase } from '../support/database.ts';
import { TestFcm, TestWebPush } from './services.ts';

const box = secretBox(['0123456789abcdef0123456789abcdef']);
const vapid = { ...newVapidKeys(), subject: 'mailto:operator@example.com' };
const LOOPBACK = { opened: networks(['127.0.0.0/8']) };
let database: TestDatabase;
let lease: Lease;
const services: Services = { fcm: null, web: null };
let fcm: TestFcm;
let browsers: TestWebPush;
let following: ReturnType<typeof startFollowing>;
let count = 0;

beforeAll(async () => {
  database = await createDatabase();
  const { databaseUrl, db } = database;
  lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  const context = { db: readerOf(db), lease, log, stopping: new AbortController().signal };
  registerPush({ ...context, box, services });
  const queues = [{ name: PUSH_QUEUE, workerConcurrency: 4 }];
  await launchEngine({ databaseUrl, executorId: lease.executorId, queues, log });
  following = startFollowing(context, 50);
});

beforeEach(async () => {
  fcm = await new TestFcm().start();
  browsers = await new TestWebPush().start();
  services.fcm = new Fcm(fcm.settings);
  services.web = new WebPush(vapid, LOOPBACK);
});

afterAll(async () => {
  await following.stop();
  await stopEngine({ drainMs: 1000 });
  await lease.release();
  await database.drop();
});

async function newPerson(): Promise<string> {
  count += 1;
  await sql`INSERT INTO users (id, created_at_ms) VALUES (${`p${count}`}, 0)`.execute(database.db);
  return `p${count}`;
}

const onPhone = async (userId: string, token: string, titles = false) =>
  await registerDevice({ db: database.db, box, timeZone: 'UTC' }, userId, {
    address: { kind: 'fcm', token },
    name: null,
    titles,
    makesRoom: false,
  });

async function inBrowser(userId: string) {
  const { clientHash, ...subscription } = await browsers.subscribe(vapid.publicKey);
  await registerDevice({ db: database.db, box, timeZone: 'UTC' }, userId, {
    address: { kind: 'web', subscription },
    name: null,
    makesRoom: false,
  });
  return clientHash;
}

/** A conversation with a title, which becomes ready as the pipeline makes it so. */
async function converse(userId: string, title = 'A secret plan'): Promise<string> {
  const id = `cnv_${++count}`;
  const { db } = database;
  await sql`
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms,
                            accepted_at_ms, outcome, lane)
    VALUES (${`rec_${id}`}, ${userId}, ${id}, 1000, 'x', 'd', 'm', 0, 0, 'processing', 'fresh')`.execute(db);
  await sql`
    INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision,
                               understanding, created_at_ms, updated_at_ms)
    VALUES (${id}, ${userId}, 'd', 0, 1, ${`rec_${id}`}, 1, ${JSON.stringify({ title, keyPoints: [], actionItems: [] })}::jsonb, 0, 0)`.execute(
    db,
  );
  await ready(userId, id, 1);
  return id;
}

async function ready(userId: string, id: string, revision: number): Promise<void> {
  await inTransaction(database.db, async (tx) => {
    await sql`UPDATE conversations SET revision = ${revision}, understood_revision = ${revision} WHERE id = ${id}`.execute(
      tx,
    );
    noteConversation(tx, userId, id);
  });
}

const deliveries = async (userId: string) =>
  await database.db
    .selectFrom('push_deliveries')
    .innerJoin('push_messages', 'push_messages.id', 'push_deliveries.message_id')
    .select(['push_deliveries.state', 'push_deliveries.code', 'push_deliveries.attempt'])
    .where('push_messages.user_id', '=', userId)
    .execute();

const settled = async (userId: string, n: number) =>
  await until('the deliveries', async () => {
    wakeQueue();
    const rows = await deliveries(userId);
    return rows.length >= n && rows.every(({ state }) => state !== 'waiting');
  });

it('a phone and a browser are told of a conversation once, with its id and without words', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'phone-1');
  const browser = await inBrowser(userId);
  const id = await converse(userId);
  await settled(userId, 2);
  await ready(userId, id, 2);
  const other = await converse(userId);
  await settled(userId, 4);
  expect(fcm.taken.map(({ token, data }) => [token, data.conversation_id])).toEqual([
    ['phone-1', id],
    ['phone-1', other],
  ]);
  expect(fcm.taken[0]).toMatchObject({
    data: { type: 'conversation.ready', conversation_id: id, navigate_to: `/conversation/${id}` },
    android: { collapse_key: id },
  });
  const shown = await browsers.shown(browser);
  expect(shown.map(({ data }) => data.conversation_id)).toEqual([id, other]);
  expect(JSON.stringify([fcm.taken, shown])).not.toContain('secret');
  expect(fcm.assertions).toBe(1);
  expect(fcm.refused).toEqual([]);
});

it('titles are sent only to a device that asked for them', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'with', true);
  await onPhone(userId, 'without');
  await converse(userId, 'The plan');
  await settled(userId, 2);
  const bodyOf = (token: string) => fcm.taken.find((one) => one.token === token)?.notification.body;
  expect(bodyOf('with')).toBe('The plan');
  expect(bodyOf('without')).toBe('Open it to read its summary.');
});

it('devices that are gone are removed: by FCM, and by 410 of a browser', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'dead');
  const living = await onPhone(userId, 'alive');
  await browsers.expire(await inBrowser(userId));
  fcm.gone.add('dead');
  await converse(userId);
  await settled(userId, 3);
  expect((await deliveries(userId)).map(({ state }) => state).sort()).toEqual(['gone', 'gone', 'sent']);
  expect((await listDevices(database.db, userId)).map(({ id }) => id)).toEqual([living.id]);
});

it('a used up quota and a server that is down are tried again, and told once', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'busy');
  fcm.answers.set('busy', [
    { status: 429, retryAfter: '1' },
    { status: 503, retryAfter: '1' },
  ]);
  const browser = await inBrowser(userId);
  browsers.answers.push({ status: 503, retryAfter: '1' });
  await converse(userId);
  await settled(userId, 2);
  expect(fcm.refused).toEqual(['429', '503']);
  expect(fcm.taken).toHaveLength(1);
  expect(await browsers.shown(browser)).toHaveLength(1);
  expect((await deliveries(userId)).map(({ state, attempt }) => [state, attempt]).sort()).toEqual([
    ['sent', 2],
    ['sent', 3],
  ]);
});

it('an access token that was withdrawn is asked for again', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'phone');
  await converse(userId);
  await settled(userId, 1);
  fcm.withdrawAccess();
  await converse(userId);
  await settled(userId, 2);
  expect(fcm.taken).toHaveLength(2);
  expect([fcm.refused, fcm.assertions]).toEqual([['access'], 2]);
});

it('a subscription to an address of this machine is not called unless the operator has opened its network', async () => {
  const userId = await newPerson();
  const browser = await inBrowser(userId);
  services.web = new WebPush(vapid, { opened: networks([]) });
  await converse(userId);
  await settled(userId, 1);
  services.web = new WebPush(vapid, { opened: networks(['10.0.0.0/8']) });
  await converse(userId);
  await settled(userId, 2);
  expect((await deliveries(userId)).map(({ code }) => code)).toEqual(['address_refused', 'address_refused']);
  expect(await browsers.shown(browser)).toEqual([]);
});

it('an upload that ends without a conversation is told once', async () => {
  const userId = await newPerson();
  await onPhone(userId, 'phone');
  const { db } = database;
  const upload = `upl_${++count}`;
  await sql`INSERT INTO uploads (id, user_id, content_key, accepted_at_ms) VALUES (${upload}, ${userId}, ${upload}, 0)`.execute(
    db,
  );
  for (let n = 0; n < 6; n++) {
    const id = `${upload}-${n}`;
    await inTransaction(db, async (tx) => {
      await sql`
        INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms,
                                accepted_at_ms, outcome, lane)
        VALUES (${id}, ${userId}, ${id}, 1000, 'x', 'd', 'm', 0, 0, 'waiting', 'fresh')`.execute(tx);
      await sql`
        INSERT INTO upload_files (upload_id, position, name, recording_id, known)
        VALUES (${upload}, ${n}, 'x', ${id}, false)`.execute(tx);
      noteRecording(tx, userId, id, 'accepted');
    });
  }
  for (let n = 0; n < 6; n++) {
    const id = `${upload}-${n}`;
    await inTransaction(db, async (tx) => {
      const outcome = n === 5 ? 'rejected' : 'silent';
      await sql`UPDATE recordings SET outcome = ${outcome}, finished_at_ms = 1 WHERE id = ${id}`.execute(tx);
      noteRecording(tx, userId, id);
    });
  }
  await settled(userId, 1);
  expect(fcm.taken.map(({ notification }) => notification.body)).toEqual([
    'Nothing was said in 5 recordings; 1 needs you.',
  ]);
});
