/**
 * After each kind of deletion every table of every schema, every line of every log and every object of either store is
 * looked through for the person's id, their words and the hash of their audio. Tables that are not here yet are looked
 * through as well; what may stay is listed by name.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { until } from '../engine/fixtures/scene.ts';
import { type Conversation, Person } from '../pipeline/person.ts';
import { type Line, spoken } from '../speakers/two-voices.ts';
import { startS3Server } from '../support/s3-server.ts';
import { type TestServer, useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';

const LIMIT_MS = 240_000;
const START_MS = Date.UTC(2026, 2, 3, 9);
const BUCKET = 'forgotten';

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const s3 = await startS3Server();
await fetch(`${s3.endpoint}/${BUCKET}`, { method: 'PUT' });
afterAll(async () => {
  await providers.close();
  await s3.close();
});

const settings = {
  ...deepgramAt(providers.url),
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_QUIET_MS: '0',
};

/** The rows that hold a mark, as `schema.table`. */
async function rowsWith(server: TestServer, mark: string): Promise<string[]> {
  return await server.query(async (db) => {
    const { rows: tables } = await sql<{ schema: string; name: string }>`
      SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`.execute(
      db,
    );
    expect(tables.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const { schema, name } of tables) {
      const { rows } = await sql<{ count: number }>`
        SELECT count(*)::integer AS count FROM ${sql.table(`${schema}.${name}`)} AS t
         WHERE position(${mark} IN t::text) > 0`.execute(db);
      if (rows[0]?.count) found.push(`${schema}.${name}`);
    }
    return found.sort();
  });
}

async function logsWith(server: TestServer, mark: string): Promise<string[]> {
  const names = (await readdir(server.dataDir)).filter((name) => /\.log(\.\d+)?$/.test(name));
  expect(names).toContain('afterword.log');
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(server.dataDir, name), 'utf8')] as const),
  );
  return texts.filter(([, text]) => text.includes(mark)).map(([name]) => name);
}

/** What the store holds, by the hash of the content. */
async function objectsIn(server: TestServer, isS3: boolean): Promise<string[]> {
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  if (isS3) {
    const keys = await s3.keys(BUCKET);
    return await Promise.all(
      keys.map(async (key) => hashOf(await (await fetch(`${s3.endpoint}/${BUCKET}/${key}`)).bytes())),
    );
  }
  const files = await readdir(join(server.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => hashOf(await readFile(join(file.parentPath, file.name)))),
  );
}

/** Somebody with a recording of their own: two conversations, of which the first speaker of each has a name. */
class Teller extends Person {
  readonly server: TestServer;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  recordingId = '';
  uploadId = '';
  told: Conversation[] = [];

  constructor(server: TestServer, id: string, lines: readonly [Line[], Line[]]) {
    super(server, id);
    this.server = server;
    this.name = `name-of-${id}.wav`;
    const [first, second] = lines.map(spoken) as [Float32Array, Float32Array];
    const all = new Float32Array(first.length + 130 * 16_000 + second.length);
    all.set(first);
    all.set(second, all.length - second.length);
    this.bytes = toWav(all);
    this.sha256 = createHash('sha256').update(this.bytes).digest('hex');
  }

  async tell(): Promise<void> {
    const upload = await this.uploadTold({ name: this.name, bytes: this.bytes }, START_MS);
    this.uploadId = upload.id;
    this.recordingId = upload.files[0]?.recordingId ?? '';
    await this.uploadDone(upload.id);
    for (const { id, segments } of await this.conversations()) {
      const body = new Blob([JSON.stringify({ name: `speaker of ${this.id}` })]);
      const path = `/api/v1/conversations/${id}/speakers/${segments[0]?.speakerId}`;
      const headers = { 'content-type': 'application/json' };
      expect((await this.fetch(path, { method: 'PUT', headers, body })).status).toBe(200);
    }
    this.told = await this.conversations();
    expect(this.told).toHaveLength(2);
  }

  /** What they said, what was made of it, and what they called their things. */
  wordsOf(conversations: readonly Conversation[]): string[] {
    const words = conversations.flatMap(({ segments }) => segments.map(({ text }) => text));
    expect(words.length).toBeGreaterThan(1);
    return words;
  }
}

const low = (phrase: number): Line => ({ who: 'low', phrase });
const high = (phrase: number): Line => ({ who: 'high', phrase });

describe.each([
  { store: 'folder', blobs: {} },
  {
    store: 's3',
    blobs: {
      AFTERWORD_BLOBS: `s3://${BUCKET}/audio?endpoint=${s3.endpoint}`,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    },
  },
])('with the audio in a $store', ({ store, blobs }) => {
  const server = useServer({ ...settings, ...blobs });
  const isS3 = store === 's3';

  /** @param allowed by mark, the tables in which it may stay */
  async function expectGone(marks: readonly string[], allowed: readonly string[] = []): Promise<void> {
    for (const mark of marks) {
      await until(
        `"${mark}" to be gone from every table but ${allowed.join(', ')}`,
        async () => (await rowsWith(server, mark)).every((table) => allowed.includes(table)),
        20_000,
      ).catch(async () => expect(await rowsWith(server, mark), mark).toEqual(allowed));
      expect(await logsWith(server, mark), mark).toEqual([]);
    }
  }

  /** Ids stand in the log, where they say nothing without their rows. */
  async function expectGoneFromRows(marks: readonly string[]): Promise<void> {
    for (const mark of marks)
      await until(`${mark} to be gone`, async () => (await rowsWith(server, mark)).length === 0, 20_000);
  }

  async function expectNoAudio(sha256: string): Promise<void> {
    await until('the audio to go', async () => !(await objectsIn(server, isS3)).includes(sha256), 20_000);
    if (isS3) expect((await s3.keys(BUCKET)).filter((key) => key.includes(sha256))).toEqual([]);
  }

  test(
    'nothing of a person stays but that they were deleted',
    async () => {
      const teller = new Teller(server, `everything-${store}`, [
        [low(0), high(1)],
        [high(2), low(3)],
      ]);
      await teller.tell();
      const { recordingId, uploadId } = teller;
      const ids = teller.told.map(({ id }) => id);
      expect(await rowsWith(server, recordingId)).toContain('dbos.workflow_status');
      expect(await objectsIn(server, isS3)).toContain(teller.sha256);
      expect((await teller.fetch('/api/v1/me', { method: 'DELETE' })).status).toBe(204);
      await expectGone([teller.id], ['public.users']);
      await expectGone([teller.sha256, teller.name, `speaker of ${teller.id}`]);
      await expectGoneFromRows([recordingId, uploadId, ...ids]);
      await expectGone(teller.wordsOf(teller.told));
      await expectNoAudio(teller.sha256);
    },
    LIMIT_MS,
  );

  test(
    'of a deleted recording only its tombstone knows the hash, and nothing knows its words',
    async () => {
      const teller = new Teller(server, `recording-${store}`, [
        [low(1), high(0)],
        [high(3), low(2)],
      ]);
      await teller.tell();
      const deletion = await teller.fetch(`/api/v1/recordings/${teller.recordingId}`, { method: 'DELETE' });
      expect(deletion.status).toBe(204);
      await expectGone([teller.sha256], ['public.recordings']);
      await expectGone([...teller.wordsOf(teller.told), teller.name, `speaker of ${teller.id}`]);
      // The tombstone, the receipt that points to it, what was paid for, and the events, which hold ids and codes.
      for (const table of await rowsWith(server, teller.recordingId))
        expect(['public.recordings', 'public.upload_files', 'public.usage', 'public.events']).toContain(
          table,
        );
      await expectNoAudio(teller.sha256);
      // Sent again, it is known as deleted, and none of it stays either.
      const again = await teller.uploadTold({ name: 'other.wav', bytes: teller.bytes }, START_MS);
      expect(again.files[0]?.outcome).toBe('deleted');
      await expectGone([teller.sha256], ['public.recordings']);
      await expectNoAudio(teller.sha256);
    },
    LIMIT_MS,
  );

  test(
    'of a deleted conversation nothing knows the words, and with the last one of its recording the audio goes',
    async () => {
      const teller = new Teller(server, `conversation-${store}`, [
        [low(4), high(5)],
        [high(4), low(5)],
      ]);
      await teller.tell();
      const [first, second] = teller.told as [Conversation, Conversation];
      const remove = async ({ id }: Conversation) =>
        expect((await teller.fetch(`/api/v1/conversations/${id}`, { method: 'DELETE' })).status).toBe(204);
      await remove(first);
      await expectGone(teller.wordsOf([first]));
      expect(await rowsWith(server, second.segments[0]?.text ?? '')).toContain('public.segments');
      expect(await objectsIn(server, isS3)).toContain(teller.sha256);
      await remove(second);
      await expectGone(teller.wordsOf([second]));
      await expectGone([teller.name, `speaker of ${teller.id}`]);
      await expectGone([teller.sha256], ['public.recordings']);
      await expectNoAudio(teller.sha256);
      for (const { id } of [first, second])
        for (const table of await rowsWith(server, id))
          expect(['public.usage', 'public.events']).toContain(table);
    },
    LIMIT_MS,
  );

  test(
    'of a cancelled upload nothing stays but its tombstones',
    async () => {
      const teller = new Teller(server, `cancelled-${store}`, [
        [low(2), high(2)],
        [high(1), low(1)],
      ]);
      providers.behave({ latency: { kind: 'fixed', ms: 60_000 } });
      const { id } = await teller.uploadTold({ name: teller.name, bytes: teller.bytes }, START_MS);
      await until('hearing', async () => (await teller.readUpload(id)).files[0]?.outcome === 'processing');
      expect((await teller.fetch(`/api/v1/uploads/${id}/cancel`, { method: 'POST' })).status).toBe(200);
      providers.behave({ latency: { kind: 'fixed', ms: 5 } });
      await expectGone([teller.sha256], ['public.recordings']);
      await expectGone([teller.name]);
      await expectNoAudio(teller.sha256);
    },
    LIMIT_MS,
  );
});
