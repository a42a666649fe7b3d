/** The search for what nothing refers to, on both stores, beside uploads that are under way. */
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { Arrivals } from '../../src/store/blobs/arrivals.ts';
import { newKey } from '../../src/store/blobs/blob-store.ts';
import { freeListed, type StoreParts } from '../../src/store/blobs/freeing.ts';
import { searchPage } from '../../src/store/blobs/orphans.ts';
import { openContent } from '../../src/store/blobs/references.ts';
import type { Database } from '../../src/store/database.ts';
import { until } from '../engine/fixtures/scene.ts';
import { hashOf } from '../support/content.ts';
import { databaseForTest, log } from '../support/database.ts';
import { bodyOf, STORES } from '../support/stores.ts';

const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';

async function setUp(kind: keyof typeof STORES) {
  const { db } = await databaseForTest();
  const store = await STORES[kind]();
  onTestFinished(() => store.close());
  const { blobs } = store;
  const parts = { db, blobs, log };
  const { owner } = await db.selectFrom('orphan_search').select('owner').executeTakeFirstOrThrow();
  await blobs.setOwner(owner);
  const stored = async (content: string) => ({
    name: NAME,
    startedAtMs: null,
    ...(await blobs.put(bodyOf(content))),
  });
  const accept = (file: Awaited<ReturnType<typeof stored>>) =>
    acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, [file]);
  const heard = async (content: string): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of openContent(parts, hashOf(content), new AbortController().signal))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return { ...store, db, blobs, parts, stored, accept, heard };
}

/** One whole round, without its pauses, and what it found is freed. */
async function searchAll(parts: StoreParts & { log: typeof log }): Promise<void> {
  for (let isOver = false; !isOver; ) {
    await parts.db.updateTable('orphan_search').set({ next_at_ms: 0 }).execute();
    await searchPage(parts);
    const place = await parts.db.selectFrom('orphan_search').selectAll().executeTakeFirstOrThrow();
    isOver = place.objects_after === null && place.contents_after === null;
  }
  while (await freeListed(parts));
}

async function isWaited(db: Database): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`.execute(db);
  return rows.length > 0;
}

describe.each(['folder', 'S3'] as const)('in a %s', (kind) => {
  it('frees objects and parts of bodies that are older than an hour, and nothing that is referred to', async () => {
    const { parts, stored, accept, heard, count, age, plant, plantPart } = await setUp(kind);
    await accept(await stored('referred to'));
    for (let index = 0; index < 5; index++) await plant(newKey());
    await plant(hashOf('of the version before'));
    await plantPart();
    await age();
    await plant(newKey());
    await plantPart();
    expect(await count()).toBe(10);
    await searchAll(parts);
    expect(await count()).toBe(3);
    expect(await heard('referred to')).toBe('referred to');
    await age();
    await searchAll(parts);
    expect(await count()).toBe(1);
    await searchAll(parts);
    expect(await heard('referred to')).toBe('referred to');
  });

  it('leaves objects of the version before that a recording refers to, with and without a row', async () => {
    const { db, blobs, parts, stored, accept, heard, age, plant } = await setUp(kind);
    const file = await stored('old');
    await accept(file);
    await blobs.delete(file.key);
    await plant(hashOf('old'), 'old');
    await db.updateTable('blobs').set({ object_key: null }).execute();
    await age();
    await searchAll(parts);
    expect(await heard('old')).toBe('old');
    // As a race of the version before has left it.
    await sql`ALTER TABLE blobs DISABLE TRIGGER blobs_in_use`.execute(db);
    await db.deleteFrom('blobs').execute();
    await searchAll(parts);
    expect(await heard('old')).toBe('old');
  });

  it('finishes a deletion that a process of the version before was killed in', async () => {
    const { db, blobs, parts, stored, accept, count, plant } = await setUp(kind);
    const file = await stored('words are gone, audio is not');
    await accept(file);
    await blobs.delete(file.key);
    await plant(file.sha256);
    await db.updateTable('blobs').set({ object_key: null }).execute();
    await db.deleteFrom('uploads').execute();
    await db.deleteFrom('recordings').execute();
    await searchAll(parts);
    expect(await db.selectFrom('blobs').selectAll().execute()).toEqual([]);
    expect(await count()).toBe(0);
  });

  it('an upload that comes back to an object that was given up is refused, and can be sent again', async () => {
    const { db, parts, stored, accept, heard, age } = await setUp(kind);
    const slow = await stored('slow');
    await age();
    await searchAll(parts);
    await expect(accept(slow)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await db.selectFrom('recordings').selectAll().execute()).toEqual([]);
    await accept(await stored('slow'));
    expect(await heard('slow')).toBe('slow');
  });

  it('waits for an upload that is being accepted, and leaves what it came to hold', async () => {
    const { db, parts, stored, accept, heard, age } = await setUp(kind);
    const slow = await stored('slow');
    await age();
    await sql`INSERT INTO users (id, created_at_ms) VALUES ('ada', 0)`.execute(db);
    const both = await db.transaction().execute(async (tx) => {
      for (const lane of ['fresh', 'backfill'] as const)
        await tx.insertInto('turns').values({ user_id: 'ada', lane, served_ms: 0 }).execute();
      const accepted = accept(slow);
      await until('an upload that has all but committed', () => isWaited(db));
      return { accepted, searched: searchAll(parts) };
    });
    await Promise.all([both.accepted, both.searched]);
    expect(await heard('slow')).toBe('slow');
  });

  it('leaves what a long request holds, also in the middle of a body', async () => {
    const { db, blobs, parts, accept, heard, age, count } = await setUp(kind);
    const arrivals = new Arrivals(parts);
    const first = await arrivals.put(bodyOf('first of many'));
    const long = async function* () {
      yield Buffer.alloc(6_000_000);
      await arrivals.hold();
      await age();
      await searchAll(parts);
      yield Buffer.from('the end');
    };
    const second = await arrivals.put(long());
    arrivals.end();
    expect(await count()).toBe(2);
    await accept({ name: NAME, startedAtMs: null, ...first });
    expect(await heard('first of many')).toBe('first of many');
    expect(await blobs.has(second.key)).toBe(true);
    // Its process has died since, and nobody renews what it held.
    await db.updateTable('object_holds').set({ until_ms: 1 }).execute();
    await age();
    await searchAll(parts);
    expect(await count()).toBe(1);
    expect(await db.selectFrom('object_holds').selectAll().execute()).toEqual([]);
  });
});

it('all processes together look at one page at a time', async () => {
  const { db, parts, plant, age } = await setUp('folder');
  await plant(newKey());
  await age();
  await db.updateTable('orphan_search').set({ next_at_ms: 0 }).execute();
  const found = await Promise.all(Array.from({ length: 5 }, () => searchPage(parts)));
  expect(found.toSorted()).toEqual([0, 0, 0, 0, 1]);
  const { next_at_ms } = await db.selectFrom('orphan_search').selectAll().executeTakeFirstOrThrow();
  expect(next_at_ms).toBeGreaterThan(Date.now());
});

it('goes on when the clock was set back', async () => {
  const { db, parts, plant, age } = await setUp('folder');
  await plant(newKey());
  await age();
  await db
    .updateTable('orphan_search')
    .set({ next_at_ms: Date.now() + 86_400_000 })
    .execute();
  expect(await searchPage(parts)).toBe(1);
});

it.each(['folder', 'S3'] as const)('a database frees nothing in a %s that is not its own', async (kind) => {
  const { db } = await databaseForTest();
  const store = await STORES[kind]();
  onTestFinished(() => store.close());
  const parts = { db, blobs: store.blobs, log };
  const search = async () => {
    await db.updateTable('orphan_search').set({ next_at_ms: 0 }).execute();
    return await searchPage(parts);
  };
  // A database that was made anew beside audio that it knows nothing of.
  await store.plant(newKey());
  await store.age();
  expect(await search()).toBe(0);
  expect(await store.blobs.owner()).toBeNull();
  // Something of its own is there: it is an old store, and what else is there is an orphan.
  const file = { name: NAME, startedAtMs: null, ...(await store.blobs.put(bodyOf('its own'))) };
  await acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, [file]);
  expect(await search()).toBe(1);
  await store.blobs.setOwner('another database');
  await store.plant(newKey());
  await store.age();
  await db.updateTable('orphan_search').set({ objects_after: null, contents_after: null }).execute();
  expect(await search()).toBe(0);
});

it('finds objects also where the credentials may not list uploads in parts', async () => {
  const { parts, s3, plant, plantPart, age, count } = await setUp('S3');
  await plant(newKey());
  await plantPart();
  await age();
  if (s3)
    s3.intercept = ({ url = '' }, response) => {
      const isList = new URL(url, 'http://s3').searchParams.has('uploads');
      if (isList) response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return isList;
    };
  await searchAll(parts);
  expect(await count()).toBe(1);
});

it('asks a store that is away again after a minute, and not each second', async () => {
  const { db, parts, s3, plant, age } = await setUp('S3');
  await plant(newKey());
  await age();
  await db.updateTable('orphan_search').set({ next_at_ms: 0 }).execute();
  await s3?.stop();
  const beforeMs = Date.now();
  await expect(searchPage(parts)).rejects.toMatchObject({ code: 'unavailable' });
  const { next_at_ms } = await db.selectFrom('orphan_search').selectAll().executeTakeFirstOrThrow();
  expect(next_at_ms).toBeGreaterThanOrEqual(beforeMs + 60_000);
  await s3?.start();
  await searchAll(parts);
  expect((await parts.blobs.list(null)).objects).toEqual([]);
});
