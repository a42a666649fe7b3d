/**
 * What becomes of borders when a recording moves, fails or is not the best any more: its neighbours say what was heard, and
 * what follows it now is heard.
 */
import { expect, test } from 'vitest';
import { splitConversation } from '../../src/edits/borders.ts';
import { changeSegments } from '../../src/edits/segments.ts';
import { fail, scheduleRetry } from '../../src/pipeline/finish.ts';
import { bordersAt, claimBorders } from '../../src/placing/borders.ts';
import { keepEnds } from '../../src/placing/ends.ts';
import { placeAgain, recordingThatIsKept } from '../../src/placing/place-again.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';
import type { Database } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { databaseForTest } from '../support/database.ts';
import { addRecording, pieceOf } from '../support/stored-recording.ts';

const ADA = { userId: 'ada', by: 'phone' };
const START_MS = 1_774_000_000_000;
const LENGTH_MS = 10_000;
const HOUR_MS = 3_600_000;
const SPOKEN = { reachMs: 2000, gapMs: 0, speechMs: 1500 };
const QUIET = { reachMs: 500, gapMs: null, speechMs: 0 };

interface File {
  id: string;
  startedAtMs: number;
  head?: typeof SPOKEN | typeof QUIET;
  tail?: typeof SPOKEN | typeof QUIET;
}

async function finished(db: Database, { id, startedAtMs, head = QUIET, tail = QUIET }: File) {
  await addRecording(db, id, { started_at_ms: startedAtMs, outcome: 'completed', finished_at_ms: 1 });
  await inTransaction(db, async (tx) => await keepEnds(tx, id, { head, tail }, LENGTH_MS));
}

async function piece(db: Database, recordingId: string, ordinal: number, startMs: number, text: string) {
  const endMs = startMs + 2000;
  const said = { startMs: startMs + 100, endMs: endMs - 100, text };
  await db
    .insertInto('pieces')
    .values(pieceOf(recordingId, ordinal, { startMs, endMs }, said))
    .execute();
}

/** "the winter of" and "despair" were heard across the border, and of the left file alone it was "the window off". */
async function heardAcross(): Promise<Database> {
  const { db } = await databaseForTest();
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  await finished(db, { id: 'left', startedAtMs: START_MS, tail: SPOKEN });
  await finished(db, { id: 'right', startedAtMs: START_MS + LENGTH_MS, head: SPOKEN });
  await piece(db, 'left', 0, 8000, 'the window off');
  await piece(db, 'left', 1_000_001, 8000, 'the winter of');
  await piece(db, 'right', 1, 5000, 'we had everything');
  await piece(db, 'right', 1_000_000, 0, 'despair');
  await db
    .insertInto('borders')
    .values({ left_id: 'left', right_id: 'right', asked_by: 'right', state: 'heard' })
    .execute();
  await inTransaction(db, async (tx) => {
    for (const id of ['left', 'right']) {
      const recording = await recordingThatIsKept(tx, id);
      if (recording) await placeAgain(tx, recording);
    }
  });
  return db;
}

const move = async (db: Database, id: string, startedAtMs: number) =>
  await setTime({ db, quietMs: 0 }, 'ada', id, startedAtMs);

async function saidIn(db: Database, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('segments')
    .select('text')
    .where('recording_id', '=', id)
    .orderBy('started_at_ms')
    .execute();
  return rows.map(({ text }) => text);
}

const stateOf = async (db: Database, id: string) =>
  await db.selectFrom('recordings').select(['outcome', 'attempt']).where('id', '=', id).executeTakeFirst();
const bordersOfLeft = async (db: Database) =>
  await inTransaction(db, async (tx) => await bordersAt(tx, 'left'));

test('what was heard across a border is said alone again when one of the two moves away', async () => {
  const db = await heardAcross();
  expect(await saidIn(db, 'left')).toEqual(['the winter of']);
  await move(db, 'right', START_MS + HOUR_MS);
  expect(await bordersOfLeft(db)).toEqual([]);
  expect(await saidIn(db, 'left')).toEqual(['the window off']);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'completed', attempt: 1 });
  // Its head was never asked for by itself: it is now.
  expect(await saidIn(db, 'right')).toEqual(['we had everything']);
  expect(await stateOf(db, 'right')).toEqual({ outcome: 'waiting', attempt: 2 });
});

test('the neighbour is heard alone where that was never done, when the file that was heard alone moves away', async () => {
  const db = await heardAcross();
  await move(db, 'left', START_MS - HOUR_MS);
  expect(await saidIn(db, 'left')).toEqual(['the window off']);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'completed', attempt: 1 });
  expect(await stateOf(db, 'right')).toEqual({ outcome: 'waiting', attempt: 2 });
});

test('a border that still holds at the new time stays, and nothing is heard again', async () => {
  const db = await heardAcross();
  await move(db, 'right', START_MS + LENGTH_MS + 1000);
  expect(await bordersOfLeft(db)).toHaveLength(1);
  expect(await saidIn(db, 'left')).toEqual(['the winter of']);
  expect(await saidIn(db, 'right')).toEqual(['despair', 'we had everything']);
  expect(await stateOf(db, 'right')).toEqual({ outcome: 'completed', attempt: 1 });
});

test('what it goes on in at its new time is heard with it', async () => {
  const db = await heardAcross();
  await finished(db, { id: 'late', startedAtMs: START_MS + HOUR_MS, head: SPOKEN });
  await piece(db, 'late', 0, 0, 'there');
  await move(db, 'left', START_MS + HOUR_MS - LENGTH_MS);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'waiting', attempt: 2 });
  expect(await saidIn(db, 'left')).toEqual(['the window off']);
});

test('where two files held the same sound, the other one takes the border of the one that moves', async () => {
  const db = await heardAcross();
  await finished(db, { id: 'same', startedAtMs: START_MS + LENGTH_MS + 1000, head: SPOKEN });
  await move(db, 'right', START_MS + HOUR_MS);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'waiting', attempt: 2 });
});

test('of a file whose audio is gone the words stay as they were heard', async () => {
  const db = await heardAcross();
  await db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'right').execute();
  await move(db, 'right', START_MS + HOUR_MS);
  expect(await saidIn(db, 'right')).toEqual(['despair', 'we had everything']);
  expect(await stateOf(db, 'right')).toEqual({ outcome: 'completed', attempt: 1 });
});

/** Of two files with the same sound the one that begins right where the left one ended fits better, and comes later. */
async function betterComes(db: Database) {
  await db
    .updateTable('recordings')
    .set({ started_at_ms: START_MS + LENGTH_MS + 1000 })
    .where('id', '=', 'right')
    .execute();
  // Of the left file alone nothing was heard there.
  await db.deleteFrom('pieces').where('recording_id', '=', 'left').where('ordinal', '=', 0).execute();
  await finished(db, { id: 'better', startedAtMs: START_MS + LENGTH_MS, head: SPOKEN });
  return await inTransaction(db, async (tx) => {
    const better = await recordingThatIsKept(tx, 'better');
    if (!better) throw new Error('it was not stored');
    const claimed = await claimBorders(tx, better, { head: SPOKEN, tail: QUIET }, LENGTH_MS);
    const left = await recordingThatIsKept(tx, 'left');
    if (left) await placeAgain(tx, left);
    return claimed;
  });
}

test('a file whose audio is gone says what it said when another file fits better that it cannot be heard with', async () => {
  const db = await heardAcross();
  await db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'left').execute();
  const { hear, covered } = await betterComes(db);
  expect(hear).toEqual([]);
  expect([...covered]).toEqual([]);
  expect(await saidIn(db, 'left')).toEqual(['the winter of']);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'completed', attempt: 1 });
});

test('a file is heard alone when another one fits better there of which nothing may be sent', async () => {
  const db = await heardAcross();
  await finished(db, { id: 'deleted', startedAtMs: START_MS + LENGTH_MS, head: QUIET });
  await db
    .insertInto('deleted_spans')
    .values({
      recording_id: 'deleted',
      from_ms: 0,
      to_ms: 2000,
      user_id: 'ada',
      microphone: 'omi',
      started_at_ms: START_MS + LENGTH_MS,
      deleted_at_ms: 1,
    })
    .execute();
  await db.updateTable('recordings').set({ outcome: 'deleted' }).where('id', '=', 'deleted').execute();
  const { hear } = await betterComes(db);
  expect(hear).toEqual([]);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'waiting', attempt: 2 });
});

/** The tail of the left file was left to the right one, whose work has heard it, and then could not go on. */
test.each([
  ['waits for its next attempt', scheduleRetry, 'waiting'],
  ['is a dead letter', fail, 'failed'],
] as const)(
  'what was heard across is said in the neighbour also while the file that heard it %s',
  async (_, end, outcome) => {
    const db = await heardAcross();
    await db.deleteFrom('segments').execute();
    await db.deleteFrom('pieces').where('recording_id', '=', 'left').where('ordinal', '=', 0).execute();
    await db
      .updateTable('recordings')
      .set({ outcome: 'processing', finished_at_ms: null })
      .where('id', '=', 'right')
      .execute();
    await inTransaction(db, async (tx) => {
      const right = await recordingThatIsKept(tx, 'right');
      if (right) await end(tx, right, { code: 'unavailable', reason: 'away', quietMs: 0 });
    });
    expect(await stateOf(db, 'right')).toMatchObject({ outcome });
    expect(await saidIn(db, 'left')).toEqual(['the winter of']);
    expect(await saidIn(db, 'right')).toEqual([]);
  },
);

/** Of the left file a conversation at its beginning too, minutes before what touches the border. */
async function withTwoTalks(): Promise<{ db: Database; early: string; late: string }> {
  const { db } = await databaseForTest();
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  const length = 400_000;
  const finishedAt = { outcome: 'completed' as const, finished_at_ms: 1, duration_ms: length };
  await addRecording(db, 'left', { started_at_ms: START_MS, ...finishedAt });
  await inTransaction(db, async (tx) => {
    await keepEnds(tx, 'left', { head: QUIET, tail: { ...SPOKEN, reachMs: 3000 } }, length);
  });
  await piece(db, 'left', 0, 5000, 'a secret');
  await piece(db, 'left', 1, 300_000, 'and then');
  await piece(db, 'left', 2, 398_000, 'the window off');
  await placed(db, ['left']);
  const talks = await db
    .selectFrom('conversations')
    .select('id')
    .where('merged_into', 'is', null)
    .orderBy('started_at_ms')
    .execute();
  return { db, early: talks[0]?.id ?? '', late: talks[1]?.id ?? '' };
}

async function placed(db: Database, ids: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    for (const id of ids) {
      const recording = await recordingThatIsKept(tx, id);
      if (recording) await placeAgain(tx, recording);
    }
  });
}

/** The next file comes, and what was said at the border was heard in its work. */
async function nextFile(db: Database, startedAtMs: number): Promise<void> {
  await finished(db, { id: 'right', startedAtMs, head: SPOKEN });
  await piece(db, 'left', 1_000_001, startedAtMs - START_MS - 2000, 'the winter of');
  await piece(db, 'right', 1_000_000, 0, 'despair');
  const row = { left_id: 'left', right_id: 'right', asked_by: 'right', state: 'heard' as const };
  await db.insertInto('borders').values(row).execute();
  await placed(db, ['left', 'right']);
}

const removal = (db: Database) => ({ db, blobs: {} as BlobStore, quietMs: 0 });
const storedTexts = async (db: Database) =>
  (await db.selectFrom('pieces').select('segments').execute())
    .flatMap(({ segments }) => segments.map(({ text }) => text))
    .sort();

test('what is left of a file of which a conversation was deleted stays when the next file comes', async () => {
  const { db, early } = await withTwoTalks();
  await removeConversation(removal(db), 'ada', early);
  expect(await saidIn(db, 'left')).toEqual(['and then', 'the window off']);
  expect(await storedTexts(db)).toEqual(['and then', 'the window off']);
  await nextFile(db, START_MS + 400_000);
  expect(await saidIn(db, 'left')).toEqual(['and then', 'the winter of']);
});

test('what an earlier version left without its pieces is heard again, and its words stay until then', async () => {
  const { db } = await withTwoTalks();
  await db.deleteFrom('pieces').execute();
  await nextFile(db, START_MS + 400_000);
  expect(await saidIn(db, 'left')).toEqual(['a secret', 'and then', 'the window off']);
  expect(await stateOf(db, 'left')).toEqual({ outcome: 'waiting', attempt: 2 });
});

test('a conversation that was split off at a border takes what was heard of it with it', async () => {
  const db = await heardAcross();
  const [one] = await db.selectFrom('conversations').select('id').execute();
  const [despair] = await db.selectFrom('segments').select('id').where('text', '=', 'despair').execute();
  await splitConversation(db, ADA, one?.id ?? '', { segmentId: despair?.id ?? '' });
  const { conversation_id } = await db
    .selectFrom('segments')
    .select('conversation_id')
    .where('recording_id', '=', 'right')
    .limit(1)
    .executeTakeFirstOrThrow();
  await removeConversation(removal(db), 'ada', conversation_id ?? '');
  // Of the left file alone it was "the window off".
  expect(await saidIn(db, 'left')).toEqual(['the window off']);
  expect(await storedTexts(db)).toEqual(['the window off']);
  expect(await bordersOfLeft(db)).toEqual([]);
});

test('a line that a person has corrected stays when the next file has all of its words', async () => {
  const db = await heardAcross();
  await db.deleteFrom('borders').execute();
  await db.deleteFrom('pieces').where('ordinal', '>=', 1_000_000).execute();
  await placed(db, ['left', 'right']);
  expect(await saidIn(db, 'left')).toEqual(['the window off']);
  const [line] = await db.selectFrom('segments').selectAll().where('recording_id', '=', 'left').execute();
  await changeSegments(db, ADA, line?.conversation_id ?? '', [
    { id: line?.id ?? '', text: 'the winter of our' },
  ]);
  const row = { left_id: 'left', right_id: 'right', asked_by: 'right', state: 'heard' as const };
  await db.insertInto('borders').values(row).execute();
  await piece(db, 'left', 1_000_001, 8000, '');
  await db.updateTable('pieces').set({ segments: '[]' }).where('ordinal', '=', 1_000_001).execute();
  await piece(db, 'right', 1_000_000, 0, 'the winter of despair');
  await placed(db, ['left', 'right']);
  const shown = await db
    .selectFrom('segments')
    .select('decided_text')
    .where('recording_id', '=', 'left')
    .execute();
  expect(shown).toEqual([{ decided_text: 'the winter of our' }]);
});
