import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { SUSPECT_AFTER } from '../../src/pipeline/crashes.ts';
import { Sweep } from '../../src/pipeline/sweep.ts';
import type { Database } from '../../src/store/database.ts';
import type { CallOutcome } from '../../src/store/tables/calls.ts';
import { readRecording } from '../../src/views/recordings.ts';
import { databaseForTest, log } from '../support/database.ts';
import { addRecording } from '../support/stored-recording.ts';
import { startPlacer } from '../support/timeline.ts';

async function setUp(): Promise<{ db: Database; databaseUrl: string; stages: PipelineContext }> {
  const { db, databaseUrl } = await databaseForTest();
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(() => lease.release());
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  return { db, databaseUrl, stages: { db, lease, log, quietMs: 0 } as unknown as PipelineContext };
}

async function unfinished(db: Database, id: string, state: string | null): Promise<void> {
  await addRecording(db, id, { code: 'working' });
  if (!state) return;
  await sql`SELECT dbos.enqueue_workflow(workflow_name => 'ingest', queue_name => 'ingest-fresh', workflow_id => ${`ingest:${id}:1`})`.execute(
    db,
  );
  await sql`UPDATE dbos.workflow_status SET status = ${state} WHERE workflow_uuid = ${`ingest:${id}:1`}`.execute(
    db,
  );
}

/** What is decided has been looked at twice. */
async function sweepTwice(stages: PipelineContext): Promise<void> {
  const sweep = new Sweep(stages);
  await sweep.look();
  await sweep.look();
}

it('what fails for one person every time keeps nothing from the others', async () => {
  const { db, stages } = await setUp();
  await unfinished(db, 'broken', null);
  await unfinished(db, 'missing', null);
  await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`.execute(
    db,
  );
  await sql`CREATE TRIGGER refuse BEFORE UPDATE ON recordings FOR EACH ROW WHEN (OLD.id LIKE 'broken%') EXECUTE FUNCTION refuse()`.execute(
    db,
  );
  const sweep = new Sweep(stages);
  await sweep.look();
  // It is told all the same.
  await expect(sweep.look()).rejects.toThrow('refused');
  expect(await readRecording(db, 'ada', 'missing')).toMatchObject({ outcome: 'waiting', tries: 1 });
  // What is done for one person after the other.
  await db.insertInto('users').values({ id: 'bea', created_at_ms: 0 }).execute();
  const heard = { outcome: 'completed', finished_at_ms: 1, duration_ms: 121_000 } as const;
  await addRecording(db, 'broken-too', heard);
  await addRecording(db, 'of-bea', { user_id: 'bea', ...heard });
  await db
    .insertInto('search_older')
    .values([{ user_id: 'ada' }, { user_id: 'bea' }])
    .execute();
  await sql`CREATE TRIGGER refuse BEFORE UPDATE ON search_older FOR EACH ROW WHEN (OLD.user_id = 'ada') EXECUTE FUNCTION refuse()`.execute(
    db,
  );
  await expect(sweep.look()).rejects.toThrow('refused');
  expect(await db.selectFrom('search_older').select('user_id').execute()).toEqual([{ user_id: 'ada' }]);
  expect(await readRecording(db, 'bea', 'of-bea')).toMatchObject({ outcome: 'waiting' });
});

it('decides what has no work in the queue any more, and leaves alone what has', async () => {
  const { db, stages } = await setUp();
  await unfinished(db, 'missing', null);
  await unfinished(db, 'ended', 'ERROR');
  await unfinished(db, 'poison', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
  for (const state of ['ENQUEUED', 'DELAYED', 'PENDING']) await unfinished(db, state, state);
  await sweepTwice(stages);
  const after = async (id: string) => await readRecording(db, 'ada', id);
  for (const id of ['missing', 'ended']) {
    expect(await after(id)).toMatchObject({
      outcome: 'waiting',
      code: 'internal',
      tries: 1,
      nextTryAtMs: expect.any(Number),
    });
  }
  // Whose fault that was the engine does not know: it is tried again, and alone.
  expect(await after('poison')).toMatchObject({ outcome: 'waiting', code: 'internal', tries: 0 });
  const { crashes } = await db
    .selectFrom('recordings')
    .select('crashes')
    .where('id', '=', 'poison')
    .executeTakeFirstOrThrow();
  expect(crashes).toBe(SUSPECT_AFTER);
  for (const id of ['ENQUEUED', 'DELAYED', 'PENDING'])
    expect(await after(id)).toMatchObject({ outcome: 'processing' });
  // What waits for its next try has work again: a second look finds nothing to do.
  const before = await after('missing');
  await sweepTwice(stages);
  expect(await after('missing')).toEqual(before);
});

it('cries over nothing that only seemed to have no work at one look', async () => {
  const { db, stages } = await setUp();
  const said: string[] = [];
  const sweep = new Sweep({ ...stages, log: pino({ level: 'error' }, { write: (line) => said.push(line) }) });
  await unfinished(db, 'just-ended', 'SUCCESS');
  await unfinished(db, 'queued-again', 'ERROR');
  await sweep.look();
  await db
    .updateTable('recordings')
    .set({ finished_at_ms: 1, outcome: 'completed' })
    .where('id', '=', 'just-ended')
    .execute();
  await sql`UPDATE dbos.workflow_status SET status = 'ENQUEUED' WHERE workflow_uuid = 'ingest:queued-again:1'`.execute(
    db,
  );
  await sweep.look();
  expect(said).toEqual([]);
  expect(await readRecording(db, 'ada', 'just-ended')).toMatchObject({ outcome: 'completed' });
  expect(await readRecording(db, 'ada', 'queued-again')).toMatchObject({ outcome: 'processing', tries: 0 });
});

it('decides what was accepted by a clock that was ahead', async () => {
  const { db, stages } = await setUp();
  await unfinished(db, 'tomorrow', null);
  await db
    .updateTable('recordings')
    .set({ accepted_at_ms: Date.now() + 86_400_000 })
    .execute();
  await sweepTwice(stages);
  expect(await readRecording(db, 'ada', 'tomorrow')).toMatchObject({ outcome: 'waiting', code: 'internal' });
});

it('has a conversation understood that everybody forgot', async () => {
  const { db, databaseUrl, stages } = await setUp();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  await placer.place({
    id: 'a',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: 1_774_000_000_000,
    words: [{ atS: 0, forS: 5, text: 'hello' }],
  });
  const queued = async () =>
    (
      await sql<{
        n: number;
      }>`SELECT count(*) AS n FROM dbos.workflow_status WHERE name = 'understand' AND status IN ('ENQUEUED', 'DELAYED')`.execute(
        db,
      )
    ).rows[0]?.n;
  expect(await queued()).toBe(1);
  await sql`UPDATE dbos.workflow_status SET status = 'ERROR' WHERE name = 'understand'`.execute(db);
  await sweepTwice(stages);
  expect(await queued()).toBe(1);
  await sweepTwice(stages);
  expect(await queued()).toBe(1);
});

it('finds a conversation whose next try is overdue and has no work; one that waits for its time or a person is let be', async () => {
  const { db, databaseUrl, stages } = await setUp();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const hour = 3_600_000;
  for (const [nth, id] of ['overdue', 'later', 'dead'].entries()) {
    const startedAtMs = 1_774_000_000_000 + nth * hour;
    const words = [{ atS: 0, forS: 5, text: id }];
    await placer.place({ id, userId: 'ada', microphone: 'omi', startedAtMs, words });
    const nextTryAtMs = { overdue: Date.now() - hour, later: Date.now() + hour, dead: null }[id] ?? null;
    await db
      .updateTable('conversations')
      .set({
        failure: 'it broke',
        failure_code: 'upstream',
        attempt: 2,
        tries: 1,
        next_try_at_ms: nextTryAtMs,
      })
      .where('first_recording_id', '=', id)
      .execute();
  }
  await sql`DELETE FROM dbos.workflow_status`.execute(db);
  const queued = async () =>
    (
      await sql<{ recording: string }>`
        SELECT first_recording_id AS recording FROM dbos.workflow_status
          JOIN conversations ON conversations.id = split_part(workflow_uuid, ':', 2)
         WHERE name = 'understand'`.execute(db)
    ).rows;
  await sweepTwice(stages);
  await sweepTwice(stages);
  expect(await queued()).toEqual([{ recording: 'overdue' }]);
});

it('begins recordings anew of which an earlier version lost words: few at once, of everybody, and no others', async () => {
  const { db, stages } = await setUp();
  await db.insertInto('users').values({ id: 'bea', created_at_ms: 0 }).execute();
  const heard = async (id: string, more: Parameters<typeof addRecording>[2] = {}) =>
    await addRecording(db, id, { outcome: 'completed', finished_at_ms: 1, duration_ms: 121_000, ...more });
  const states = async () =>
    await db
      .selectFrom('recordings')
      .select(['id', 'outcome', 'attempt', 'lane', 'heard_again'])
      .orderBy('id')
      .execute();
  await heard('whole', { attempt: 2, whole_attempt: 2 });
  await heard('short', { duration_ms: 120_000 });
  await heard('failed', { outcome: 'failed', code: 'internal' });
  await heard('words-only', { audio_removed_at_ms: 1 });
  await heard('of-deleted', { outcome: 'silent', code: 'conversation_deleted' });
  await heard('hosted', { timings: JSON.stringify({ vadWindows: 3 }) });
  await heard('deleted', { outcome: 'deleted' });
  await heard('once', { heard_again: true });
  const others = await states();
  for (const n of [1, 2, 3, 4, 5]) await heard(`z-ada-${n}`, { started_at_ms: 1_774_000_000_000 + n });
  await heard('z-bea-1', { user_id: 'bea', outcome: 'silent' });
  // By a process of the version before, after this one had heard it whole.
  await heard('z-bea-2', { user_id: 'bea', attempt: 3, whole_attempt: 2 });
  const sweep = new Sweep(stages);
  await sweep.look();
  await sweep.look();
  const begun = (await states()).filter(({ outcome }) => outcome === 'waiting');
  expect(begun.map(({ id }) => id)).toEqual(['z-ada-4', 'z-ada-5', 'z-bea-1', 'z-bea-2']);
  for (const one of begun) expect(one).toMatchObject({ lane: 'backfill', heard_again: true });
  await db.updateTable('recordings').set({ finished_at_ms: 2 }).where('outcome', '=', 'waiting').execute();
  await sweep.look();
  expect((await states()).filter(({ attempt, id }) => attempt === 2 && id !== 'whole').length).toBe(6);
  expect((await states()).filter(({ id }) => !id.startsWith('z-'))).toEqual(others);
});

it('what was lost beside deleted words stays deleted with them, and what is kept stays', async () => {
  const { db, stages } = await setUp();
  const START_MS = 1_774_000_000_000;
  await unfinished(db, 'part', null);
  const heard = { outcome: 'completed' as const, code: 'conversation_deleted', finished_at_ms: 1 };
  await db
    .updateTable('recordings')
    .set({ ...heard, duration_ms: 900_000 })
    .execute();
  const span = { recording_id: 'part', user_id: 'ada', microphone: 'omi', started_at_ms: START_MS };
  await db
    .insertInto('deleted_spans')
    .values({ ...span, from_ms: 400_000, to_ms: 500_000, deleted_at_ms: 1 })
    .execute();
  await new Sweep(stages).look();
  const spans = await db
    .selectFrom('deleted_spans')
    .select(['from_ms', 'to_ms'])
    .orderBy('from_ms')
    .execute();
  expect(spans).toContainEqual({ from_ms: 0, to_ms: 900_000 });
});

it('goes on with what was not even asked for as soon as its provider answers again, and with nothing else', async () => {
  const { db, stages } = await setUp();
  const nowMs = Date.now();
  const call = async (recordingId: string, outcome: CallOutcome, agoMs: number, provider = 'deepgram') =>
    await db
      .insertInto('provider_calls')
      .values({
        recording_id: recordingId,
        conversation_id: null,
        piece_ordinal: 0,
        revision: null,
        attempt: 1,
        user_id: 'ada',
        question_id: null,
        provider,
        model: 'm',
        started_at_ms: nowMs - agoMs,
        finished_at_ms: nowMs - agoMs + 100,
        outcome,
        code: outcome === 'error' ? 'upstream' : null,
      })
      .execute();
  const waits = {
    outcome: 'waiting',
    code: 'upstream',
    tries: 3,
    next_try_at_ms: nowMs + 3_600_000,
  } as const;
  for (const id of ['spared', 'failed', 'elsewhere', 'amid']) await addRecording(db, id, waits);
  await call('spared', 'error', 50_000);
  await call('spared', 'not_asked', 40_000);
  await call('failed', 'not_asked', 50_000);
  await call('failed', 'error', 40_000);
  await call('elsewhere', 'not_asked', 40_000, 'groq');
  await addRecording(db, 'answered');
  // A provider that answers others now and then: each attempt that began sooner would be used up in vain.
  await call('answered', 'answered', 60_000, 'flapping');
  await call('amid', 'not_asked', 40_000, 'flapping');
  await new Sweep(stages).look();
  expect(await readRecording(db, 'ada', 'spared')).toMatchObject({ nextTryAtMs: waits.next_try_at_ms });
  await call('answered', 'answered', 1_000);
  await call('answered', 'answered', 1_000, 'flapping');
  await new Sweep(stages).look();
  expect(await readRecording(db, 'ada', 'spared')).toMatchObject({
    outcome: 'waiting',
    code: 'queued',
    tries: 3,
    nextTryAtMs: null,
  });
  for (const id of ['failed', 'elsewhere', 'amid'])
    expect(await readRecording(db, 'ada', id)).toMatchObject({
      code: 'upstream',
      tries: 3,
      nextTryAtMs: waits.next_try_at_ms,
    });
});
