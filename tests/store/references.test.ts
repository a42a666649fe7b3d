/** Which object holds a content, while others delete, send again and look for orphans. On both stores. */
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { freeListed } from '../../src/store/blobs/freeing.ts';
import { openContent } from '../../src/store/blobs/references.ts';
import type { Database } from '../../src/store/database.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { until } from '../engine/fixtures/scene.ts';
import { hasContent, hashOf } from '../support/content.ts';
import { databaseForTest, log } from '../support/database.ts';
import { bodyOf, STORES } from '../support/stores.ts';

const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
const never = new AbortController().signal;

async function setUp(kind: keyof typeof STORES) {
  const { db } = await databaseForTest();
  const store = await STORES[kind]();
  onTestFinished(() => store.close());
  const { blobs } = store;
  const parts = { db, blobs, quietMs: 0, log };
  const send = async (userId: string, content: string, restore = false): Promise<string> => {
    const file = { name: NAME, startedAtMs: null, ...(await blobs.put(bodyOf(content))) };
    const id = await acceptUpload(parts, { userId, deviceId: 'phone' }, [file], { restore });
    return (await readUpload(db, userId, id))?.files[0]?.recordingId ?? '';
  };
  const heard = async (content: string): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of openContent(parts, hashOf(content), never)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return { ...store, db, blobs, parts, send, heard };
}

/** Holds every transaction of a person's back just before it takes its turn, when all else is written. */
async function holdingBack(db: Database, userId: string, meanwhile: () => Promise<void>): Promise<void> {
  await sql`INSERT INTO users (id, created_at_ms) VALUES (${userId}, 0) ON CONFLICT DO NOTHING`.execute(db);
  await db.transaction().execute(async (tx) => {
    for (const lane of ['fresh', 'backfill'] as const)
      await tx.insertInto('turns').values({ user_id: userId, lane, served_ms: 0 }).execute();
    await meanwhile();
  });
}

async function isWaited(db: Database): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`.execute(db);
  return rows.length > 0;
}

describe.each(['folder', 'S3'] as const)('in a %s', (kind) => {
  it('a second deletion does not free what somebody else is just being promised', async () => {
    const { db, parts, send, heard } = await setUp(kind);
    const recordingId = await send('ada', 'shared');
    await removeRecording(parts, 'ada', recordingId);
    let promised: Promise<string> | undefined;
    await holdingBack(db, 'bob', async () => {
      promised = send('bob', 'shared');
      await until('an upload that has all but committed', () => isWaited(db));
      await removeRecording(parts, 'ada', recordingId);
    });
    await promised;
    expect(await heard('shared')).toBe('shared');
    expect(
      await db.selectFrom('objects_to_free').select('key').where('freed_at_ms', 'is', null).execute(),
    ).toEqual([]);
  });

  it('a first deletion waits for an upload of the same content, and leaves it what it needs', async () => {
    const { db, parts, send, heard, count } = await setUp(kind);
    const recordingId = await send('ada', 'shared');
    let promised: Promise<string> | undefined;
    let deleted: Promise<void> | undefined;
    await holdingBack(db, 'bob', async () => {
      promised = send('bob', 'shared');
      await until('an upload that has all but committed', () => isWaited(db));
      deleted = removeRecording(parts, 'ada', recordingId);
    });
    await Promise.all([promised, deleted]);
    expect(await heard('shared')).toBe('shared');
    expect(await count()).toBe(1);
  });

  it('many people upload, delete, send again and restore the same contents at once: nothing is lost or left', async () => {
    const { db, parts, send, heard, count } = await setUp(kind);
    const contents = ['one', 'two', 'three'];
    const person = async (userId: string) => {
      for (let round = 0; round < 4; round++) {
        for (const content of contents) {
          const recordingId = await send(userId, content, round % 2 === 1);
          await Promise.all([
            removeRecording(parts, userId, recordingId),
            send(userId, content),
            ...(userId === 'ada' ? [removeRecording(parts, userId, recordingId)] : []),
          ]);
        }
      }
    };
    await Promise.all(['ada', 'bob', 'eve'].map(person));
    const last = await Promise.all(['ada', 'bob'].map((userId) => send(userId, 'one', true)));
    expect(await heard('one')).toBe('one');
    for (const [at, userId] of ['ada', 'bob'].entries()) await removeRecording(parts, userId, last[at] ?? '');
    await freeListed(parts);
    const used = await db
      .selectFrom('recordings')
      .select('sha256')
      .distinct()
      .where('outcome', '<>', 'deleted')
      .execute();
    expect(await count()).toBe(used.length);
  });

  it('what was deleted is sent again: it stays deleted, and nothing of it stays', async () => {
    const { parts, send, count, db } = await setUp(kind);
    await removeRecording(parts, 'ada', await send('ada', 'secret'));
    expect(await count()).toBe(0);
    await send('ada', 'secret');
    await send('ada', 'secret');
    expect(await count()).toBe(0);
    expect(await db.selectFrom('blobs').selectAll().execute()).toEqual([]);
    await send('ada', 'secret', true);
    expect(await count()).toBe(1);
  });

  it('a deleted person sends: refused, and nothing stays', async () => {
    const { parts, send, count } = await setUp(kind);
    await send('ada', 'secret');
    await removeUser(parts, 'ada');
    expect(await count()).toBe(0);
    for (const content of ['secret', 'news'])
      await expect(send('ada', content)).rejects.toMatchObject({ code: 'user_deleted' });
    expect(await count()).toBe(0);
  });

  it('what is known is kept once, however often it comes, also twice in one request', async () => {
    const { db, blobs, parts, send, heard, count } = await setUp(kind);
    await send('ada', 'same');
    const twice = await Promise.all(
      ['a', 'b'].map(async (name) => ({
        name: `${name}.bin`,
        startedAtMs: 1_774_000_000_000,
        ...(await blobs.put(bodyOf('same again'))),
      })),
    );
    await acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, twice);
    await Promise.all(['ada', 'bob', 'eve', 'bob'].map((userId) => send(userId, 'same')));
    expect(await count()).toBe(2);
    expect(await heard('same')).toBe('same');
    expect(await db.selectFrom('blobs').selectAll().execute()).toHaveLength(2);
  });

  it('lost audio is stored anew when it is sent again', async () => {
    const { db, blobs, send, heard } = await setUp(kind);
    await send('ada', 'lost');
    const { object_key } = await db.selectFrom('blobs').select('object_key').executeTakeFirstOrThrow();
    await blobs.delete(object_key ?? '');
    await expect(heard('lost')).rejects.toMatchObject({ code: 'blob_missing' });
    await send('ada', 'lost');
    expect(await heard('lost')).toBe('lost');
  });

  it('an upload that cannot be committed leaves nothing', async () => {
    const { db, send, count } = await setUp(kind);
    await sql`ALTER TABLE dbos.workflow_status RENAME TO away`.execute(db);
    await expect(send('ada', 'a')).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  it('objects of the version before are heard, deleted, and replaced when they are sent again', async () => {
    const { db, blobs, parts, send, heard, plant, count } = await setUp(kind);
    for (const content of ['old one', 'old two']) {
      const sha256 = hashOf(content);
      const recordingId = await send('ada', content);
      await plant(sha256, content);
      const { object_key } = await db
        .selectFrom('blobs')
        .select('object_key')
        .where('sha256', '=', sha256)
        .executeTakeFirstOrThrow();
      await db.updateTable('blobs').set({ object_key: null }).where('sha256', '=', sha256).execute();
      await blobs.delete(object_key ?? '');
      expect(await heard(content)).toBe(content);
      if (content === 'old one') await removeRecording(parts, 'ada', recordingId);
      else await send('bob', content);
    }
    expect(await hasContent(db, blobs, hashOf('old two'))).toBe(true);
    expect(await blobs.has(hashOf('old two'))).toBe(false);
    expect(await count()).toBe(1);
  });
});

it('a store that takes its time to say what it has holds no connection to the database', async () => {
  const { db, s3, send } = await setUp('S3');
  await send('ada', 'known');
  let asked = 0;
  const release = Promise.withResolvers<void>();
  if (s3)
    s3.intercept = ({ method }, response) => {
      if (method !== 'HEAD') return false;
      asked++;
      void release.promise.then(() => response.writeHead(200).end());
      return true;
    };
  // Six times as many as there are connections.
  const sending = Array.from({ length: 30 }, (_, index) => send(`person ${index}`, 'known'));
  await until('a store that was asked about all of them', () => asked >= 30);
  const { rows } = await sql<{ state: string }>`
    SELECT state FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`.execute(db);
  expect(rows).toEqual([]);
  release.resolve();
  await Promise.all(sending);
});

describe('a process of the version before beside it', () => {
  it('cannot take back what was promised while it freed', async () => {
    const { db, send, heard } = await setUp('folder');
    // It has found that nothing refers to the content, and comes to remove the row when somebody has sent it.
    await send('ada', 'raced');
    await sql`DELETE FROM blobs WHERE sha256 = ${hashOf('raced')}`.execute(db);
    expect(await heard('raced')).toBe('raced');
  });

  it('is told to send again while an object that it would count on is being freed', async () => {
    const { db, parts, send } = await setUp('folder');
    const sha256 = hashOf('restored there');
    const recordingId = await send('ada', 'restored there');
    await db.updateTable('blobs').set({ object_key: null }).execute();
    await removeRecording(parts, 'ada', recordingId);
    const held = sql`INSERT INTO blobs (sha256, stored_at_ms) VALUES (${sha256}, 1)
      ON CONFLICT (sha256) DO UPDATE SET stored_at_ms = 1`;
    await expect(held.execute(db)).rejects.toMatchObject({ code: '53000' });
    await db.deleteFrom('objects_to_free').execute();
    await held.execute(db);
  });
});
