/** A recording whose time is set right is where it would be if it had come with that time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { setTime } from '../../src/placing/set-time.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, type Placer, startPlacer, timelineOf } from '../support/timeline.ts';

const RUNS = 40;
const START_MS = Date.UTC(2026, 2, 20);
const SENTENCES = [
  'we met the builders at the old mill and agreed to mend the roof before the winter comes',
  'nobody had told my sister that her train was late so she waited alone in the rain until nine',
  'the second half of that film is much too long but I would see the music played again',
  'yes',
];

async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const move = async (userId: string, id: string, startedAtMs: number) =>
    await setTime({ db, quietMs: 0 }, userId, id, startedAtMs);
  return { db, placer, move };
}

const recordings = fc.array(
  fc.record({
    startS: fc.integer({ min: 0, max: 900 }),
    microphone: fc.constantFrom('omi', 'omi', 'phone'),
    deviceId: fc.constantFrom('gateway', 'gateway', 'app'),
    words: fc.array(
      fc.record({
        gapS: fc.integer({ min: 0, max: 150 }),
        forS: fc.integer({ min: 2, max: 15 }),
        text: fc.constantFrom(...SENTENCES),
        isTimed: fc.boolean(),
        speaker: fc.constantFrom('a', 'b'),
      }),
      { maxLength: 3 },
    ),
  }),
  { minLength: 2, maxLength: 6 },
);
const moves = fc.record({
  list: recordings,
  which: fc.nat(),
  byS: fc.oneof(
    fc.integer({ min: -130, max: 130 }),
    fc.integer({ min: -900, max: 900 }),
    fc.constantFrom(-30_000_000, 5_000_000),
  ),
});

function recordingsOf(
  userId: string,
  list: readonly (typeof recordings extends fc.Arbitrary<(infer R)[]> ? R : never)[],
) {
  return list.map(({ startS, words, ...recording }, r): HeardRecording => {
    let atS = 0;
    return {
      ...recording,
      id: `${userId}-${r}`,
      userId,
      startedAtMs: START_MS + startS * 1000,
      words: words.map(({ gapS, ...word }) => {
        const said = { ...word, atS: atS + gapS };
        atS = said.atS + said.forS;
        return said;
      }),
    };
  });
}

/** Every segment with its time, its words and whom it stands beside, without a name that differs by person. */
async function detailsOf(db: Database, userId: string) {
  const rows = await db
    .selectFrom('segments')
    .leftJoin('conversations', 'conversations.id', 'segments.conversation_id')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .select([
      'segments.id',
      'segments.started_at_ms as from',
      'segments.ended_at_ms as to',
      'segments.words',
      'segments.text',
      'segments.device_id as device',
      'conversations.started_at_ms as begins',
      'conversations.ended_at_ms as ends',
      'conversations.merged_into as tombstone',
      'voices.id as voice',
    ])
    .where('segments.user_id', '=', userId)
    .orderBy('segments.id')
    .execute();
  return rows.map((row) => JSON.parse(JSON.stringify(row).replaceAll(userId, 'somebody')));
}

async function placeAll(placer: Placer, list: readonly HeardRecording[]) {
  for (const recording of list) await placer.place(recording);
}

it(`moves ${RUNS} random recordings of random timelines there and back`, async () => {
  const { db, placer, move } = await setUp();
  for (const [run, { list, which, byS }] of fc.sample(moves, { numRuns: RUNS, seed: 20_261_126 }).entries()) {
    const moved = recordingsOf(`moved-${run}`, list);
    await placeAll(placer, moved);
    const before = await detailsOf(db, `moved-${run}`);
    const shown = await timelineOf(db, `moved-${run}`);
    const subject = moved[which % moved.length];
    if (!subject) throw new Error('there is nothing to move');
    const toMs = subject.startedAtMs + byS * 1000;
    await move(`moved-${run}`, subject.id, toMs);

    const right = recordingsOf(`right-${run}`, list).map((recording, r) =>
      r === which % moved.length ? { ...recording, startedAtMs: toMs } : recording,
    );
    await placeAll(placer, right);
    expect(await detailsOf(db, `moved-${run}`), `run ${run}`).toEqual(await detailsOf(db, `right-${run}`));
    expect(await timelineOf(db, `moved-${run}`)).toEqual(await timelineOf(db, `right-${run}`));
    const empty = await db
      .selectFrom('conversations')
      .leftJoin('segments', 'segments.conversation_id', 'conversations.id')
      .select('conversations.id')
      .where('conversations.user_id', '=', `moved-${run}`)
      .where('merged_into', 'is', null)
      .where('segments.id', 'is', null)
      .execute();
    expect(empty).toEqual([]);

    await move(`moved-${run}`, subject.id, subject.startedAtMs);
    expect(await detailsOf(db, `moved-${run}`), `run ${run}, back`).toEqual(before);
    expect(await timelineOf(db, `moved-${run}`)).toEqual(shown);
  }
}, 240_000);

function said(id: string, startS: number, text: string, more: Partial<HeardRecording> = {}): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + startS * 1000,
    words: [{ atS: 0, forS: 8, text, speaker: 'a' }],
    ...more,
  };
}

const [mill = '', train = '', film = ''] = SENTENCES;
const conversationsOf = async (db: Database) =>
  await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'started_at_ms', 'merged_into'])
    .orderBy('started_at_ms')
    .execute();
const workOf = async (db: Database) =>
  await sql<{ workflow_uuid: string }>`SELECT workflow_uuid FROM dbos.workflow_status`
    .execute(db)
    .then(({ rows }) => rows.map((row) => row.workflow_uuid));

it('a conversation that moves as a whole keeps its id, and only what has other words is understood anew', async () => {
  const { db, placer, move } = await setUp();
  for (const recording of [said('a', 0, mill), said('b', 1000, train), said('c', 2000, film)])
    await placer.place(recording);
  const before = await conversationsOf(db);
  await move('ada', 'b', START_MS + 5_000_000);
  const after = await conversationsOf(db);
  expect(after.map(({ id }) => id)).toEqual([before[0]?.id, before[2]?.id, before[1]?.id]);
  expect(after.map(({ revision }) => revision)).toEqual([1, 1, 2]);
  expect(await workOf(db)).toContainEqual(
    expect.stringMatching(new RegExp(`^understand:${before[1]?.id}:2:b-moved-`)),
  );
  await move('ada', 'b', START_MS + 2_050_000);
  const merged = await conversationsOf(db);
  expect(merged.map(({ id, merged_into }) => [id, merged_into])).toContainEqual([
    before[1]?.id,
    before[2]?.id,
  ]);
  expect(await timelineOf(db, 'ada')).toEqual([mill, `${film} ${train}`]);
});

it('a name that was given to a voice goes with it', async () => {
  const { db, placer, move } = await setUp();
  await placer.place(said('a', 0, mill));
  const voice = await db.selectFrom('voices').select(['id', 'speaker_id']).executeTakeFirstOrThrow();
  await db.updateTable('speakers').set({ name: 'Ada' }).where('id', '=', voice.speaker_id).execute();
  await db.updateTable('voices').set({ held: true }).where('id', '=', voice.id).execute();
  await move('ada', 'a', START_MS + 900_000_000);
  const named = await db
    .selectFrom('segments')
    .innerJoin('voices', 'voices.id', 'segments.voice_id')
    .innerJoin('speakers', 'speakers.id', 'voices.speaker_id')
    .select(['segments.started_at_ms', 'speakers.name', 'voices.held'])
    .execute();
  expect(named).toEqual([{ started_at_ms: START_MS + 900_000_000, name: 'Ada', held: true }]);
});

it('what is being heard is another attempt, and the one under way writes nothing with the old time', async () => {
  const { db, placer, move } = await setUp();
  await placer.hear(said('a', 0, mill));
  await db.updateTable('recordings').set({ held_by: 'a worker' }).execute();
  await move('ada', 'a', START_MS + 60_000);
  expect(await db.selectFrom('recordings').selectAll().executeTakeFirstOrThrow()).toMatchObject({
    outcome: 'waiting',
    attempt: 2,
    held_by: null,
    started_at_ms: START_MS + 60_000,
  });
  expect(await workOf(db)).toContain('ingest:a:2');
  await placer.place(said('a', 0, mill));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  await placer.place(said('a', 0, mill, { attempt: 2 }));
  expect(await conversationsOf(db)).toMatchObject([{ started_at_ms: START_MS + 60_000 }]);
});

it('what waits for its next try waits on, and has the new time then', async () => {
  const { db, placer, move } = await setUp();
  await placer.hear(said('a', 0, mill));
  const nextTryAtMs = Date.now() + 3_600_000;
  const waiting = { outcome: 'waiting' as const, code: 'upstream', next_try_at_ms: nextTryAtMs, tries: 3 };
  await db.updateTable('recordings').set(waiting).execute();
  await move('ada', 'a', START_MS + 60_000);
  const row = await db.selectFrom('recordings').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ ...waiting, attempt: 2, started_at_ms: START_MS + 60_000 });
});

it('a conversation that waited for it is understood when it has gone', async () => {
  const { db, placer, move } = await setUp();
  await placer.hear(said('late', 20, train));
  await placer.place(said('a', 0, mill));
  const [conversation] = await conversationsOf(db);
  const ofConversation = async () => (await workOf(db)).filter((id) => id.includes(conversation?.id ?? '-'));
  expect(await ofConversation()).toEqual([]);
  await move('ada', 'late', START_MS + 900_000_000);
  expect(await ofConversation()).toHaveLength(1);
});

it('what was deleted at the old time leaves it alone, and what was deleted at the new time is deleted of it', async () => {
  const { db, placer, move } = await setUp();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-set-time-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const words = [
    { atS: 0, forS: 8, text: mill },
    { atS: 200, forS: 8, text: train },
  ];
  await placer.place(said('deleted', 0, '', { words, durationMs: 208_000 }));
  const [first] = await conversationsOf(db);
  await removeConversation({ db, blobs, quietMs: 0 }, 'ada', first?.id ?? '');
  // A copy, with a clock that is wrong by an hour.
  await placer.place(said('copy', 3600, mill, { durationMs: 8000 }));
  expect(await timelineOf(db, 'ada')).toEqual([train, mill]);
  await move('ada', 'copy', START_MS);
  await placer.place(said('copy', 0, mill, { attempt: 2 }));
  expect(await timelineOf(db, 'ada')).toEqual([train]);
  expect(
    await db.selectFrom('recordings').selectAll().where('id', '=', 'copy').executeTakeFirst(),
  ).toMatchObject({
    outcome: 'silent',
    code: 'conversation_deleted',
  });
  await move('ada', 'copy', START_MS + 3_600_000);
  // Heard again, for its words were taken out of its pieces.
  expect(
    await db.selectFrom('pieces').select('ordinal').where('recording_id', '=', 'copy').execute(),
  ).toEqual([]);
  await placer.place(said('copy', 3600, mill, { attempt: 3 }));
  expect(await timelineOf(db, 'ada')).toEqual([train, mill]);
});
