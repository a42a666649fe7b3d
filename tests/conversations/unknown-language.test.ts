import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { retryRecording, retryUnknownLanguage } from '../../src/intake/redrive.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import type { Database } from '../../src/store/database.ts';
import { readRecording } from '../../src/views/recordings.ts';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, placedTimeline, startPlacer, timelineOf } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);
const OTHER = 0.9;
const STEADY = 0.3;
const SURE = 0.1;

/** Pieces of 8 s, one every 10 s, each with one word that names it. */
function heard(id: string, startS: number, ...unsteadiness: (number | undefined)[]): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + startS * 1000,
    words: unsteadiness.map((value, n) => ({
      atS: n * 10,
      forS: 8,
      text: `${id.split('_').at(-1)}${n}`,
      ...(value === undefined ? {} : { unsteadiness: value }),
    })),
  };
}

it('shows no word of a language that nobody understood, and tells how much of it there was and where', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('a', 0, OTHER, OTHER, OTHER));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  const recording = await readRecording(db, 'ada', 'a');
  expect(recording).toMatchObject({
    outcome: 'silent',
    code: 'unknown_language',
    conversationIds: [],
    speechWithoutWords: [0, 10, 20].map((atS) => ({
      startedAtMs: START_MS + atS * 1000,
      endedAtMs: START_MS + (atS + 8) * 1000,
      code: 'unknown_language',
    })),
  });
  expect(recording?.reason).toContain('24.0 s');
});

it('keeps what is surely understood in a recording of two languages', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(
    heard('a', 0, OTHER, OTHER, SURE, OTHER, STEADY, STEADY, STEADY, OTHER, OTHER, undefined),
  );
  expect(await timelineOf(db, 'ada')).toEqual(['a2 a4 a5 a6 a9']);
  expect(await readRecording(db, 'ada', 'a')).toMatchObject({
    outcome: 'completed',
    code: 'unknown_language',
  });
});

it('brings words back when what is said around them is understood, and takes them when it is not', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('a', 0, OTHER));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  await placer.place(heard('b', 20, STEADY, STEADY));
  expect(await timelineOf(db, 'ada')).toEqual(['a0 b0 b1']);
  expect(await readRecording(db, 'ada', 'a')).toMatchObject({
    outcome: 'completed',
    code: null,
    reason: null,
  });
  await placer.place(heard('c', 50, OTHER, OTHER, OTHER));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  expect(await readRecording(db, 'ada', 'a')).toMatchObject({ outcome: 'silent', code: 'unknown_language' });
  expect(await readRecording(db, 'ada', 'b')).toMatchObject({ outcome: 'silent', code: 'unknown_language' });
});

it('decides anew when a recording around is deleted', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(heard('a', 0, STEADY));
  await placer.place(heard('b', 20, OTHER, OTHER));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  await removeRecording(parts, 'ada', 'b');
  expect(await timelineOf(db, 'ada')).toEqual(['a0']);
  expect(await readRecording(db, 'ada', 'a')).toMatchObject({ outcome: 'completed', code: null });
});

it('decides anew where a recording was and where it goes when its time is set right', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(heard('a', 0, STEADY));
  await placer.place(heard('b', 20, OTHER, OTHER));
  await placer.place(heard('c', 7200, STEADY, STEADY, STEADY, STEADY));
  expect(await timelineOf(db, 'ada')).toEqual(['c0 c1 c2 c3']);
  await setTime(parts, 'ada', 'b', START_MS + 7_240_000);
  expect(await timelineOf(db, 'ada')).toEqual(['a0', 'c0 c1 c2 c3 b0 b1']);
  for (const id of ['a', 'b'])
    expect(await readRecording(db, 'ada', id)).toMatchObject({
      outcome: 'completed',
      code: null,
      reason: null,
    });
  await setTime(parts, 'ada', 'b', START_MS + 20_000);
  expect(await timelineOf(db, 'ada')).toEqual(['c0 c1 c2 c3']);
  for (const id of ['a', 'b'])
    expect(await readRecording(db, 'ada', id)).toMatchObject({ outcome: 'silent', code: 'unknown_language' });
});

it('lets another microphone and another time keep their words', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('a', 0, OTHER, OTHER));
  await placer.place({ ...heard('b', 5, STEADY), microphone: 'phone' });
  await placer.place(heard('c', 3600, STEADY));
  expect(await timelineOf(db, 'ada')).toEqual(['b0', 'c0']);
});

it('is placed twice with one result', async () => {
  const { db, placer } = await placedTimeline();
  const recording = heard('a', 0, OTHER, OTHER, SURE);
  await placer.place(recording);
  const before = await db.selectFrom('conversations').select(['id', 'revision']).execute();
  await placer.place(recording);
  expect(await db.selectFrom('conversations').select(['id', 'revision']).execute()).toEqual(before);
});

it('is heard again on request, but for what was understood', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('a', 0, OTHER, OTHER, SURE));
  expect(await retryRecording(db, 'ada', 'a')).toBe(true);
  expect(await readRecording(db, 'ada', 'a')).toMatchObject({ outcome: 'waiting', code: 'queued' });
  const pieces = await db.selectFrom('pieces').select('ordinal').where('recording_id', '=', 'a').execute();
  expect(pieces).toEqual([{ ordinal: 2 }]);
  expect(await timelineOf(db, 'ada')).toEqual(['a2']);
});

it('what is heard in its language at last tells nothing any more about what was said around it', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('a', 0, OTHER));
  await placer.place(heard('b', 20, STEADY));
  expect(await timelineOf(db, 'ada')).toEqual([]);
  expect(await retryRecording(db, 'ada', 'a')).toBe(true);
  await placer.place({ ...heard('a', 0, undefined), attempt: 2 });
  expect(await timelineOf(db, 'ada')).toEqual(['a0 b0']);
  expect(await readRecording(db, 'ada', 'b')).toMatchObject({ outcome: 'completed', code: null });
});

it('all of a person is heard again on one request, so many at a time, and once', async () => {
  const { db, placer } = await placedTimeline();
  for (const [n, id] of ['a', 'b', 'c'].entries()) await placer.place(heard(id, n * 3600, OTHER, SURE));
  await placer.place(heard('known', 20_000, SURE));
  await placer.place({ ...heard('other', 0, OTHER), userId: 'bob' });
  const outcomes = async () =>
    (await db.selectFrom('recordings').select(['id', 'outcome', 'attempt']).orderBy('id').execute()).map(
      ({ id, outcome, attempt }) => `${id} ${outcome} ${attempt}`,
    );
  const before = await outcomes();
  expect(before).toEqual([
    'a completed 1',
    'b completed 1',
    'c completed 1',
    'known completed 1',
    'other silent 1',
  ]);
  expect(await retryUnknownLanguage(db, 'ada', 2)).toEqual({ retried: 2, more: true });
  expect(await outcomes()).toEqual(['a completed 1', 'b waiting 2', 'c waiting 2', ...before.slice(3)]);
  const turns = await db
    .selectFrom('recordings')
    .select(['id', 'due_at_ms', 'charged_ms'])
    .where('id', 'in', ['b', 'c'])
    .orderBy('id')
    .execute();
  const [b, c] = turns;
  // The latest is due first, and the person's clock is charged for both.
  expect((b?.due_at_ms ?? 0) - (c?.due_at_ms ?? 0)).toBe(c?.charged_ms);
  expect(await retryUnknownLanguage(db, 'ada', 2)).toEqual({ retried: 1, more: false });
  expect(await retryUnknownLanguage(db, 'ada', 2)).toEqual({ retried: 0, more: false });
  expect(await outcomes()).toEqual(['a waiting 2', 'b waiting 2', 'c waiting 2', ...before.slice(3)]);
});

interface SpokenFile {
  startS: number;
  microphone: string;
  unsteadiness: (number | undefined)[];
}

function recordingsOf(userId: string, list: readonly SpokenFile[]): HeardRecording[] {
  return list.map(({ startS, microphone, unsteadiness }, n) => ({
    ...heard(`${userId}_r${n}p`, startS, ...unsteadiness),
    userId,
    microphone,
  }));
}

async function codesOf(db: Database, userId: string) {
  const rows = await db
    .selectFrom('recordings')
    .select(['id', 'outcome', 'code', 'reason'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
  return rows.map(({ id, ...row }) => ({ ...row, id: id.replace(userId, '') }));
}

const timelines = fc
  .array(
    fc.record({
      startS: fc.integer({ min: 0, max: 1500 }),
      microphone: fc.constantFrom('omi', 'omi', 'phone'),
      unsteadiness: fc.array(fc.constantFrom(undefined, SURE, STEADY, STEADY, OTHER, OTHER), {
        maxLength: 4,
      }),
    }),
    { minLength: 3, maxLength: 9 },
  )
  .chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray([...list.keys()], { minLength: list.length })),
  );

it('gives one result for random orders of recordings in several languages, placed by several workers', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const workers = await Promise.all(Array.from({ length: 3 }, () => startPlacer(databaseUrl)));
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });
  for (const [index, [list, order]] of fc.sample(timelines, { numRuns: 40, seed: 20_261_126 }).entries()) {
    const inOrder = recordingsOf(`in-order-${index}`, list);
    for (const recording of inOrder) await workers[0]?.place(recording);
    const shuffled = recordingsOf(`shuffled-${index}`, list);
    const queue = order.flatMap((position) => shuffled[position] ?? []);
    await Promise.all(
      workers.map(async (worker) => {
        for (let next = queue.shift(); next; next = queue.shift()) await worker.place(next);
      }),
    );
    expect(await timelineOf(db, `shuffled-${index}`)).toEqual(await timelineOf(db, `in-order-${index}`));
    expect(await codesOf(db, `shuffled-${index}`)).toEqual(await codesOf(db, `in-order-${index}`));
  }
});

it('a recording in several languages whose time is set right is as if it had come with that time', async () => {
  const { db, placer, parts } = await placedTimeline();
  const moves = fc.tuple(timelines, fc.nat(), fc.integer({ min: -1500, max: 1500 }));
  for (const [run, [[list], which, byS]] of fc.sample(moves, { numRuns: 40, seed: 20_261_126 }).entries()) {
    const subject = which % list.length;
    const right = list.map((file, n) => (n === subject ? { ...file, startS: file.startS + byS } : file));
    const [moved, placed] = [`moved-${run}`, `right-${run}`];
    for (const recording of recordingsOf(moved, list)) await placer.place(recording);
    const before = [await timelineOf(db, moved), await codesOf(db, moved)];
    for (const recording of recordingsOf(placed, right)) await placer.place(recording);
    const id = recordingsOf(moved, list)[subject]?.id ?? '';
    const startS = list[subject]?.startS ?? 0;
    await setTime(parts, moved, id, START_MS + (startS + byS) * 1000);
    expect(await timelineOf(db, moved), `run ${run}`).toEqual(await timelineOf(db, placed));
    expect(await codesOf(db, moved), `run ${run}`).toEqual(await codesOf(db, placed));
    await setTime(parts, moved, id, START_MS + startS * 1000);
    expect([await timelineOf(db, moved), await codesOf(db, moved)], `run ${run}, back`).toEqual(before);
  }
}, 240_000);
