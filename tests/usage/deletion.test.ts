/** A person who is deleted while something of theirs is being committed: no row may come to stay behind them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { Understanding } from '../../src/meaning/understanding.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import type { Transcription } from '../../src/speech/transcriber.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Tx } from '../../src/store/database.ts';
import { recordTranscription, recordUnderstanding } from '../../src/usage/record.ts';
import { until } from '../engine/fixtures/scene.ts';
import { databaseForTest } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const words = [{ atS: 0, forS: 10, text: 'hello' }];
  await placer.place({ id: 'rec', userId: 'ada', startedAtMs: 0, microphone: 'omi', words });
  await placer.stop();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-usage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const isWaited = async () => {
    const { rows } = await sql`
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`.execute(db);
    return rows.length > 0;
  };
  return {
    db,
    counted: () => db.selectFrom('usage').select('result').execute(),
    /** Deletes her after what `commit` has done, and before it is committed. */
    async deleteWhile(commit: (tx: Tx) => Promise<void>): Promise<void> {
      const { deletion } = await db.transaction().execute(async (tx) => {
        await commit(tx);
        const begun = removeUser({ db, blobs, quietMs: 0 }, 'ada');
        await until('a deletion that waits for us', isWaited);
        return { deletion: begun };
      });
      await deletion;
    },
  };
}

const understood = (revision: number) => ({
  conversationId: 'cnv',
  revision,
  userId: 'ada',
  understanding: {
    usage: { calls: 3, failedCalls: 0, inputTokens: 1000, outputTokens: 100 },
    madeBy: { kind: 'language-model', model: 'openai:gpt-5-mini', version: '1' },
  } as Understanding,
});

it('an understanding that is being committed goes with them, and a later one is not counted', async () => {
  const { db, counted, deleteWhile } = await scene();
  await db.transaction().execute((tx) => recordUnderstanding(tx, {}, understood(1)));
  expect(await counted()).toHaveLength(1);
  await deleteWhile((tx) => recordUnderstanding(tx, {}, understood(2)));
  expect(await counted()).toEqual([]);
  await db.transaction().execute((tx) => recordUnderstanding(tx, {}, understood(3)));
  expect(await counted()).toEqual([]);
});

it('a piece that is being committed goes with them', async () => {
  const { counted, deleteWhile } = await scene();
  await deleteWhile(async (tx) => {
    // As the stage does: the recording's row is what the deletion waits for.
    await tx.updateTable('recordings').set({ heard_ms: 1000 }).where('id', '=', 'rec').execute();
    await recordTranscription(
      tx,
      {},
      {
        recording: { id: 'rec', user_id: 'ada', attempt: 1 },
        ordinal: 1,
        startMs: 0,
        endMs: 1000,
        transcription: { provider: 'deepgram', model: 'nova-3', attempts: 1 } as Transcription,
        calls: [],
      },
    );
  });
  expect(await counted()).toEqual([]);
});
