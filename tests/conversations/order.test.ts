import fc from 'fast-check';
import { expect, it } from 'vitest';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, startPlacer, timelineOf } from '../support/timeline.ts';

const ORDERS = 60;
const WORKERS = 4;
const START_MS = Date.UTC(2026, 2, 20);

/** A timeline with recordings that lie apart, touch, overlap and repeat each other. */
const timelines = fc
  .array(
    fc.record({
      startS: fc.integer({ min: 0, max: 1500 }),
      microphone: fc.constantFrom('omi', 'phone'),
      words: fc.array(
        fc.record({ gapS: fc.integer({ min: 0, max: 30 }), forS: fc.integer({ min: 1, max: 15 }) }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 4, maxLength: 10 },
  )
  .chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray([...list.keys()], { minLength: list.length })),
  );

it(`gives one result for ${ORDERS} random orders of random timelines, placed by ${WORKERS} workers at once`, async () => {
  const { db, databaseUrl } = await databaseForTest();
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startPlacer(databaseUrl)));
  try {
    for (const [index, [list, order]] of fc
      .sample(timelines, { numRuns: ORDERS, seed: 20_261_124 })
      .entries()) {
      const recordings = (userId: string): HeardRecording[] =>
        list.map(({ startS, microphone, words }, r) => {
          let atS = 0;
          return {
            id: `${userId}-${r}`,
            userId,
            microphone,
            startedAtMs: START_MS + startS * 1000,
            words: words.map(({ gapS, forS }, w) => {
              const word = { atS: atS + gapS, forS, text: `${r}.${w}` };
              atS = word.atS + forS;
              return word;
            }),
          };
        });
      const inOrder = recordings(`in-order-${index}`);
      for (const recording of inOrder) await workers[0]?.place(recording);
      const shuffled = recordings(`shuffled-${index}`);
      const queue = order.flatMap((position) => shuffled[position] ?? []);
      await Promise.all(
        workers.map(async (worker) => {
          for (let next = queue.shift(); next; next = queue.shift()) await worker.place(next);
        }),
      );
      expect(await timelineOf(db, `shuffled-${index}`)).toEqual(await timelineOf(db, `in-order-${index}`));
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
});
