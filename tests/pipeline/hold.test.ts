/** Who is to blame when workers die: told by the names that they leave on what they worked on. */
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { retryConversation, retryRecording } from '../../src/intake/redrive.ts';
import { takeNameOff } from '../../src/pipeline/commit.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { MOST_CRASHES, SUSPECT_AFTER } from '../../src/pipeline/crashes.ts';
import { holdConversation, holdRecording } from '../../src/pipeline/hold.ts';
import { Solo } from '../../src/pipeline/solo.ts';
import type { Database } from '../../src/store/database.ts';
import { databaseForTest, log } from '../support/database.ts';
import { addRecording } from '../support/stored-recording.ts';
import { startPlacer } from '../support/timeline.ts';

const { signal } = new AbortController();
const STARTED_AT_MS = 1_774_000_000_000;
/** Nobody else changes anything. */
const changes = {
  next: async (_userId: string, until: AbortSignal) => {
    await once(until, 'abort');
  },
};

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const newWorker = async (): Promise<PipelineContext> => {
    const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
    onTestFinished(() => lease.release());
    return { db, changes, lease, log, quietMs: 0, solo: new Solo() } as unknown as PipelineContext;
  };
  return { db, databaseUrl, newWorker };
}

async function addQueued(db: Database, id: string): Promise<void> {
  await db
    .insertInto('users')
    .values({ id: 'ada', created_at_ms: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await addRecording(db, id, { started_at_ms: STARTED_AT_MS, outcome: 'waiting', code: 'queued' });
}

async function readRow(db: Database, table: 'recordings' | 'conversations') {
  const [row] = await db.selectFrom(table).selectAll().execute();
  return row ?? expect.unreachable();
}

/** Begins the work and never ends it, as a process does that dies. @returns how it was begun; null: set aside */
async function dieOver(hold: (work: () => Promise<never>) => Promise<unknown>): Promise<'begun' | null> {
  const begun = Promise.withResolvers<'begun'>();
  const ended = hold(() => {
    begun.resolve('begun');
    return new Promise(() => {});
  }).then(() => null);
  return await Promise.race([begun.promise, ended]);
}

it('makes a dead letter of a recording over which worker after worker dies, and no sooner', async () => {
  const { db, newWorker } = await scene();
  await addQueued(db, 'a');
  let deaths = 0;
  for (let turn = 0; turn < 50; turn++) {
    const row = await readRow(db, 'recordings');
    if (row.finished_at_ms !== null) break;
    const stages = await newWorker();
    const attempt = { recordingId: 'a', attempt: row.attempt };
    if (await dieOver((work) => holdRecording(stages, attempt, signal, work))) deaths++;
    else {
      const aside = await readRow(db, 'recordings');
      // Until the last it waits, and has work in the queue.
      if (aside.outcome === 'waiting') expect(aside.next_try_at_ms).toBe(aside.alone_from_ms);
    }
  }
  expect(deaths).toBe(MOST_CRASHES);
  expect(await readRow(db, 'recordings')).toMatchObject({
    outcome: 'failed',
    code: 'poison',
    held_by: null,
    crashes: 0,
  });
  // Sent on by a person, it starts anew.
  expect(await retryRecording(db, 'ada', 'a')).toBe(true);
  const { attempt } = await readRow(db, 'recordings');
  const again = await newWorker();
  const attempted = { recordingId: 'a', attempt };
  expect(await holdRecording(again, attempted, signal, async () => 'worked')).toBe('worked');
});

it('blames nobody whose worker left in order, and nothing that got on since', async () => {
  const { db, newWorker } = await scene();
  await addQueued(db, 'a');
  const attempt = { recordingId: 'a', attempt: 1 };
  for (let turn = 0; turn < 2 * MOST_CRASHES; turn++) {
    const stages = await newWorker();
    await dieOver((work) => holdRecording(stages, attempt, signal, work));
    if (turn % 2 === 0) await takeNameOff(stages);
    else await db.updateTable('recordings').set({ crashes: 0 }).execute();
  }
  expect((await readRow(db, 'recordings')).crashes).toBeLessThan(SUSPECT_AFTER);
});

it('blames nobody who only waits beside a suspect', async () => {
  const { db, newWorker } = await scene();
  for (const id of ['suspect', 'innocent']) await addQueued(db, id);
  await db.updateTable('recordings').set({ crashes: SUSPECT_AFTER }).where('id', '=', 'suspect').execute();
  const stages = await newWorker();
  const begin = (recordingId: string) =>
    dieOver((work) => holdRecording(stages, { recordingId, attempt: 1 }, signal, work));
  expect(await begin('suspect')).toBe('begun');
  const waits = begin('innocent');
  await Promise.race([waits, sql`SELECT pg_sleep(0.3)`.execute(db)]);
  const row = await db.selectFrom('recordings').selectAll().where('id', '=', 'innocent').executeTakeFirst();
  expect(row).toMatchObject({ held_by: null, crashes: 0 });
});

it('makes a dead letter of an understanding over which worker after worker dies; its words stay', async () => {
  const { db, databaseUrl, newWorker } = await scene();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  await placer.place({
    id: 'a',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: STARTED_AT_MS,
    words: [{ atS: 0, forS: 5, text: 'hello' }],
  });
  let deaths = 0;
  for (let turn = 0; turn < 50; turn++) {
    const { id, attempt, revision, failure_code } = await readRow(db, 'conversations');
    if (failure_code === 'poison') break;
    const stages = await newWorker();
    const held = { conversationId: id, revision, attempt };
    if (await dieOver((work) => holdConversation(stages, held, signal, work))) deaths++;
  }
  expect(deaths).toBe(MOST_CRASHES);
  const dead = await readRow(db, 'conversations');
  expect(dead).toMatchObject({ failure_code: 'poison', next_try_at_ms: null, held_by: null, crashes: 0 });
  expect(await db.selectFrom('segments').select('text').execute()).toEqual([{ text: 'hello' }]);
  expect(await retryConversation(db, 'ada', dead.id)).toBe(true);
  const { id, attempt, revision } = await readRow(db, 'conversations');
  const held = { conversationId: id, revision, attempt };
  const again = await newWorker();
  // Not wanted yet, or not understood: either way nobody has died over it.
  await holdConversation(again, held, signal, async () => 'superseded');
  expect(await readRow(db, 'conversations')).toMatchObject({ held_by: null, crashes: 0 });
  expect(await holdConversation(again, { ...held, attempt: attempt - 1 }, signal, async () => '')).toBe(
    'stale',
  );
});
