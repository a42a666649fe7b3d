/** Which recording hears a border, and what becomes of it when that recording does not. */
import { expect, test } from 'vitest';
import { bordersAt, claimBorders, dropUnheard } from '../../src/placing/borders.ts';
import type { Ends } from '../../src/placing/ends.ts';
import type { Database } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { databaseForTest } from '../support/database.ts';
import { addRecording } from '../support/stored-recording.ts';

const SPOKEN = { reachMs: 2000, gapMs: 0, speechMs: 1500 };
const BOTH: Ends = { head: SPOKEN, tail: SPOKEN };

async function twoFiles(db: Database, uploads: [string, string]) {
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  for (const upload of new Set(uploads))
    await db
      .insertInto('uploads')
      .values({ id: upload, user_id: 'ada', content_key: upload, accepted_at_ms: 0 })
      .execute();
  for (const [n, id] of ['left', 'right'].entries()) {
    await addRecording(db, id, { started_at_ms: 1_774_000_000_000 + n * 10_000 });
    await db
      .insertInto('upload_files')
      .values({
        upload_id: uploads[n] ?? '',
        position: n,
        name: id,
        recording_id: id,
        known: false,
        code: null,
        reason: null,
      })
      .execute();
  }
}

const claim = async (db: Database, id: string) =>
  await inTransaction(db, async (tx) => {
    const recording = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return await claimBorders(tx, recording, BOTH, 10_020);
  });

test.each(['left', 'right'])(
  'of one upload the %s file leaves the border to the other one',
  async (first) => {
    const { db } = await databaseForTest();
    await twoFiles(db, ['u', 'u']);
    const second = first === 'left' ? 'right' : 'left';
    const side = first === 'left' ? 'tail' : 'head';
    const before = await claim(db, first);
    expect(before.hear).toEqual([]);
    expect([...before.covered]).toEqual([side]);
    const after = await claim(db, second);
    expect(after.hear).toHaveLength(1);
    expect(await inTransaction(db, async (tx) => await bordersAt(tx, first))).toEqual([
      { left_id: 'left', right_id: 'right', asked_by: second, state: 'asked' },
    ]);
  },
);

test('what comes in another upload is not waited for', async () => {
  const { db } = await databaseForTest();
  await twoFiles(db, ['u', 'v']);
  expect((await claim(db, 'left')).covered.size).toBe(0);
  expect((await claim(db, 'right')).hear).toHaveLength(1);
});

test('what the other one has not heard is heard alone, in another attempt', async () => {
  const { db } = await databaseForTest();
  await twoFiles(db, ['u', 'u']);
  await claim(db, 'left');
  await db
    .updateTable('recordings')
    .set({ outcome: 'completed', finished_at_ms: 1 })
    .where('id', '=', 'left')
    .execute();
  await inTransaction(db, async (tx) => await dropUnheard(tx, 'right'));
  const left = await db
    .selectFrom('recordings')
    .selectAll()
    .where('id', '=', 'left')
    .executeTakeFirstOrThrow();
  expect(left).toMatchObject({ outcome: 'waiting', attempt: 2, finished_at_ms: null });
  expect(await inTransaction(db, async (tx) => await bordersAt(tx, 'left'))).toEqual([]);
});
