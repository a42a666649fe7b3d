import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { databaseForTest } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const START_MS = 1_774_000_000_000;

async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const place = async (id: string, atS: number, text: string) =>
    await placer.place({
      id,
      userId: 'ada',
      microphone: 'omi',
      startedAtMs: START_MS + atS * 1000,
      words: text === '' ? [] : [{ atS: 0, forS: 5, text }],
    });
  return { db, place };
}

/** The understandings that were enqueued, by what made the conversation quiet. */
async function occasions(db: Database): Promise<string[]> {
  const { rows } = await sql<{ occasion: string }>`
    SELECT split_part(workflow_uuid, ':', 4) AS occasion FROM dbos.workflow_status
     WHERE name = 'understand' ORDER BY created_at, workflow_uuid`.execute(db);
  return rows.map(({ occasion }) => occasion);
}

async function failed(db: Database, nextTryAtMs: number | null): Promise<void> {
  await db
    .updateTable('conversations')
    .set({ failure: 'it broke', failure_code: 'upstream', tries: 1, next_try_at_ms: nextTryAtMs })
    .execute();
}

test('a silent neighbour brings the next try of what waits for it, and none of a dead letter', async () => {
  const { db, place } = await setUp();
  await place('words', 0, 'hello');
  await failed(db, null);
  await place('silence', 10, '');
  expect(await occasions(db)).toEqual(['words']);
  // Its own try may have come while this one was on its way, and given way to it.
  await failed(db, START_MS);
  await place('more-silence', 20, '');
  expect(await occasions(db)).toEqual(['words', 'more-silence']);
});

test('new words begin anew, whatever had become of the old ones', async () => {
  const { db, place } = await setUp();
  await place('words', 0, 'hello');
  await failed(db, null);
  await place('more', 10, 'again');
  expect(await occasions(db)).toEqual(['words', 'more']);
  expect(
    await db
      .selectFrom('conversations')
      .select(['revision', 'failure', 'failure_code', 'tries', 'next_try_at_ms'])
      .execute(),
  ).toEqual([{ revision: 2, failure: null, failure_code: null, tries: 0, next_try_at_ms: null }]);
});

test('both conversations of a long file of few bytes are quiet when it ends: its length is known by then', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const sparse = {
    id: 'sparse',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS,
    durationMs: 1_200_000,
  };
  const words = [
    { atS: 1, forS: 5, text: 'at the beginning' },
    { atS: 1_150, forS: 5, text: 'nineteen minutes later' },
  ];
  await placer.place({ ...sparse, words });
  expect(await occasions(db)).toEqual(['sparse', 'sparse']);
});

test('a conversation is not quiet while a long file of few bytes that reaches it is on its way', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const at = (startedAtMs: number, text: string) => ({
    userId: 'ada',
    microphone: 'omi',
    startedAtMs,
    words: [{ atS: 0, forS: 5, text }],
  });
  await placer.place({ id: 'long', ...at(START_MS, 'first') });
  await db
    .updateTable('recordings')
    .set({ finished_at_ms: null, outcome: 'processing', heard_ms: 1_100_000 })
    .execute();
  await placer.place({ id: 'late', ...at(START_MS + 1_150_000, 'late') });
  expect(await occasions(db)).toEqual(['long']);
});

test('a file that turns out shorter than its bytes promise brings the conversation that waited for the rest of it', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const pcm = { id: 'pcm', userId: 'ada', microphone: 'omi', startedAtMs: START_MS };
  await placer.hear({ ...pcm, words: [] });
  // A minute of PCM16 has the bytes of sixteen minutes of Opus.
  await db.updateTable('recordings').set({ size_bytes: 1_920_000 }).execute();
  const words = [{ atS: 1, forS: 5, text: 'twelve minutes later' }];
  await placer.place({ ...pcm, id: 'later', startedAtMs: START_MS + 720_000, words });
  expect(await occasions(db)).toEqual([]);
  await db.updateTable('recordings').set({ duration_ms: 60_000 }).where('id', '=', 'pcm').execute();
  await placer.place({ ...pcm, words: [{ atS: 1, forS: 5, text: 'at the beginning' }] });
  expect(await occasions(db)).toEqual(['pcm', 'pcm']);
});

test('voices are compared during the wait as soon as there are two pieces with voices, and then not for every file', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl, { quietMs: 60_000 });
  onTestFinished(() => placer.stop());
  const place = async (id: string, atS: number, speaker?: string) =>
    await placer.place({
      id,
      userId: 'ada',
      microphone: 'omi',
      startedAtMs: START_MS + atS * 1000,
      words: [{ atS: 0, forS: 5, text: id, ...(speaker === undefined ? {} : { speaker }) }],
    });
  const compared = async () => {
    const { rows } = await sql<{ revision: string; delayed: boolean }>`
      SELECT split_part(workflow_uuid, ':', 3) AS revision, status = 'DELAYED' AS delayed FROM dbos.workflow_status
       WHERE name = 'link' ORDER BY created_at`.execute(db);
    return rows;
  };
  await place('nobody', 0);
  await place('one', 10, 'S');
  expect(await compared()).toEqual([]);
  await place('two', 20, 'S');
  expect(await compared()).toEqual([{ revision: '3', delayed: false }]);
  // Asked, as the worker notes it before it asks.
  await db
    .updateTable('conversations')
    .set({ reel: JSON.stringify({ revision: 3, outcome: null }) })
    .execute();
  await place('three', 30, 'S');
  expect(await compared()).toHaveLength(1);
});
