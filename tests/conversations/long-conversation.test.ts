/** Conversations of hours: each file costs what it costs in a short one, and the order of arrival does not matter. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { recordStatements } from '../support/statements.ts';
import { type HeardRecording, placedTimeline, timelineOf } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);
const FILE_S = 60;

/** A file a minute with three sentences, as a wearable makes them. */
function fileOf(userId: string, n: number): HeardRecording {
  return {
    id: `${userId}-${n}`,
    userId,
    microphone: 'omi',
    startedAtMs: START_MS + n * FILE_S * 1000,
    durationMs: FILE_S * 1000,
    words: [2, 20, 40].map((atS) => ({ atS, forS: 15, text: `${n}.${atS}`, unsteadiness: 0 })),
  };
}

it('placing the 300th file of a conversation takes as many statements and rows as placing the 30th', async () => {
  const { db, placer } = await placedTimeline();
  const costs: Record<number, { statements: number; rows: number }> = {};
  const statements = recordStatements();
  for (let n = 1; n <= 300; n++) {
    const before = statements.length;
    await placer.place(fileOf('ada', n));
    const own = statements.slice(before).filter(({ text }) => !/heartbeats/.test(text));
    costs[n] = { statements: own.length, rows: own.reduce((sum, { rows }) => sum + rows, 0) };
  }
  expect(await db.selectFrom('conversations').select('id').execute()).toHaveLength(1);
  expect(costs[300]).toEqual(costs[30]);
  // As many in the other direction: a phone sends the newest of a backlog first.
  for (let n = 0; n > -100; n--) {
    const before = statements.length;
    await placer.place(fileOf('ada', n));
    const own = statements.slice(before).filter(({ text }) => !/heartbeats/.test(text));
    costs[n] = { statements: own.length, rows: own.reduce((sum, { rows }) => sum + rows, 0) };
  }
  expect(costs[-99]).toEqual(costs[-20]);
  expect(await db.selectFrom('conversations').select('id').execute()).toHaveLength(1);
});

/** Recordings of a few hours whose pauses are about as long as the silence that splits, some of them deleted again. */
const timelines = fc.record({
  gaps: fc.array(fc.integer({ min: 0, max: 130 }), { minLength: 30, maxLength: 40 }),
  microphones: fc.array(fc.constantFrom('omi', 'other'), { minLength: 40, maxLength: 40 }),
  deleted: fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 6 }),
  order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }),
});

it('gives one result for 25 random orders of long timelines with deletions, and words 120 s apart split', async () => {
  const { db, placer, parts } = await placedTimeline();
  const samples = fc.sample(timelines, { numRuns: 25, seed: 20_261_126 });
  for (const [index, { gaps, microphones, deleted, order }] of samples.entries()) {
    const userId = `user-${index}`;
    let atS = 0;
    const recordings = gaps.map((gapS, r): HeardRecording => {
      atS += gapS + 20;
      return {
        id: `${userId}-${r}`,
        userId,
        microphone: microphones[r] ?? 'omi',
        startedAtMs: START_MS + (atS - 20) * 1000,
        durationMs: 20_000,
        words: [{ atS: 0, forS: 20, text: `${r}` }],
      };
    });
    const arrivals = recordings.map((recording, r) => ({ recording, r })).sort((a, b) => at(a.r) - at(b.r));
    function at(r: number): number {
      return order[r] ?? 0;
    }
    const half = Math.ceil(arrivals.length / 2);
    for (const { recording } of arrivals.slice(0, half)) await placer.place(recording);
    // Some go while others are still to come, the rest at the end.
    const gone = new Set(deleted);
    const early = arrivals.slice(0, half).filter(({ r }) => gone.has(r));
    for (const { recording } of early) await removeRecording(parts, userId, recording.id);
    for (const { recording } of arrivals.slice(half)) await placer.place(recording);
    for (const { recording } of arrivals.slice(half).filter(({ r }) => gone.has(r)))
      await removeRecording(parts, userId, recording.id);
    const runs: number[][] = [];
    let heardUntilMs = Number.NEGATIVE_INFINITY;
    for (const [r, { startedAtMs }] of recordings.entries()) {
      if (gone.has(r)) continue;
      if (startedAtMs - heardUntilMs < 120_000) runs.at(-1)?.push(r);
      else runs.push([r]);
      heardUntilMs = startedAtMs + 20_000;
    }
    expect(await timelineOf(db, userId)).toEqual(runs.map((run) => run.join(' ')));
    const extents = await db
      .selectFrom('conversations')
      .select(['started_at_ms', 'ended_at_ms'])
      .where('user_id', '=', userId)
      .where('merged_into', 'is', null)
      .orderBy('started_at_ms')
      .execute();
    expect(extents).toEqual(
      runs.map((run) => ({
        started_at_ms: recordings[run[0] ?? 0]?.startedAtMs,
        ended_at_ms: (recordings[run.at(-1) ?? 0]?.startedAtMs ?? 0) + 20_000,
      })),
    );
  }
});
