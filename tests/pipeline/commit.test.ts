/** Nothing that a worker writes goes past `commit`. */
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { commit, STALE } from '../../src/pipeline/commit.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { type Database, queryable, readerOf } from '../../src/store/database.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const PIPELINE = new URL('../../src/pipeline/', import.meta.url);

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await lease.release();
    await placer.stop();
  });
  return { db, placer, lease };
}

it('is the only file of the pipeline that has a database which can write', async () => {
  // The type of `Stages.db` has no insert, update, delete or transaction, so all that is left is to cast it.
  const stages = {} as PipelineContext;
  // @ts-expect-error: a stage cannot open a transaction by itself
  expect(() => stages.db.transaction()).toThrow();
  // @ts-expect-error: a stage cannot write by itself
  expect(() => stages.db.updateTable('recordings')).toThrow();
  const files = (await readdir(PIPELINE)).filter((name) => name.endsWith('.ts') && name !== 'commit.ts');
  expect(files.length).toBeGreaterThan(5);
  for (const name of files) {
    const source = await readFile(new URL(name, PIPELINE), 'utf8');
    expect(source, name).not.toMatch(
      /\bas (unknown as )?Database\b|\bany\b\)|\.transaction\(\)|openDatabase|openPool|openClient|inTransaction|writerOf/,
    );
  }
});

it('gives the stages a database that refuses to write, whatever its type is cast to', async () => {
  const { db, placer, lease } = await scene();
  await placer.place({ id: 'a', userId: 'ada', microphone: 'omi', startedAtMs: 0, words: [] });
  const reader = readerOf(db);
  const cast = reader as Database;
  expect(() => cast.updateTable('recordings')).toThrow(TypeError);
  expect(() => cast.transaction()).toThrow(TypeError);
  await expect(sql`UPDATE recordings SET heard_ms = 7`.execute(cast)).rejects.toThrow(TypeError);
  for (const statement of [
    'UPDATE recordings SET heard_ms = 7',
    'WITH gone AS (DELETE FROM recordings RETURNING id) SELECT * FROM gone',
    "SELECT nextval(pg_get_serial_sequence('provider_calls', 'id'))",
    'SELECT id FROM recordings FOR UPDATE',
  ])
    await expect(queryable(reader).query(statement, [])).rejects.toMatchObject({ code: '25006' });
  expect((await queryable(reader).query('SELECT heard_ms FROM recordings', [])).rows).toEqual([
    { heard_ms: 0 },
  ]);
  // `commit` knows the database behind it.
  await db.updateTable('recordings').set({ finished_at_ms: null }).execute();
  await commit({ db: reader, lease }, { recordingId: 'a', attempt: 1 }, async (tx) => {
    await tx.updateTable('recordings').set({ heard_ms: 7 }).execute();
  });
  expect(await reader.selectFrom('recordings').select('heard_ms').execute()).toEqual([{ heard_ms: 7 }]);
});

it('writes nothing for a recording that is finished, deleted, or another attempt’s', async () => {
  const { db, placer, lease } = await scene();
  await placer.place({ id: 'a', userId: 'ada', microphone: 'omi', startedAtMs: 0, words: [] });
  const write = async () =>
    await commit({ db, lease }, { recordingId: 'a', attempt: 1 }, async (tx) => {
      await tx.updateTable('recordings').set({ heard_ms: 7 }).where('id', '=', 'a').execute();
    });
  expect(await write()).toBe(STALE);
  await db.updateTable('recordings').set({ finished_at_ms: null, attempt: 2 }).execute();
  expect(await write()).toBe(STALE);
  expect(await db.selectFrom('recordings').select('heard_ms').execute()).toEqual([{ heard_ms: 0 }]);
  await db.updateTable('recordings').set({ attempt: 1 }).execute();
  expect(await write()).not.toBe(STALE);
  await db.deleteFrom('recordings').execute();
  expect(await write()).toBe(STALE);
});

it('writes nothing for a conversation whose words have changed, and what an answer has cost all the same', async () => {
  const { db, placer, lease } = await scene();
  const words = [{ atS: 0, forS: 5, text: 'hello' }];
  await placer.place({ id: 'a', userId: 'ada', microphone: 'omi', startedAtMs: 0, words });
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  let counted = 0;
  const write = async (revision: number) =>
    await commit(
      { db, lease },
      { conversationId: id, revision, attempt: 1 },
      async (tx) => void (await tx.updateTable('conversations').set({ failure: 'seen' }).execute()),
      { ifStale: async () => void counted++ },
    );
  expect(await write(2)).toBe(STALE);
  expect(counted).toBe(1);
  await write(1);
  expect(counted).toBe(1);
  expect(await db.selectFrom('conversations').select('failure').execute()).toEqual([{ failure: 'seen' }]);
});
