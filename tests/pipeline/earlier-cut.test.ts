/** A recording whose pieces an earlier version has stored goes on as it was cut, whatever this version would cut. */
import { expect, it, test } from 'vitest';
import { cutBehind, cutOfAttempt } from '../../src/pipeline/earlier-cut.ts';
import { cutFor } from '../../src/speech/splitting/cut.ts';
import { isPlanned, nameOf } from '../../src/speech/splitting/cut-name.ts';
import { BORDER_ORDINALS } from '../../src/store/tables/borders.ts';
import { databaseForTest } from '../support/database.ts';
import { storedRecording } from '../support/stored-recording.ts';

const NOW = nameOf(cutFor({ longestPieceSeconds: 180 }), false);
/** The recording has a microphone, so that what it says may go on in another one. */
const NOW_WITH_EDGES = nameOf({ ...cutFor({ longestPieceSeconds: 180 }), edges: true }, false);
const STORED = {
  recording_id: 'rec',
  segments: '[]',
  unintelligible: false,
  guards: '[]',
  provider: 'p',
  model: 'm',
  language: null,
  unsteadiness: null,
  unknown_language: false,
};
const pieces = (...times: [startMs: number, endMs: number][]) =>
  times.map(([start_ms, end_ms], ordinal) => ({ ordinal, start_ms, end_ms }));

test('pieces of which nothing says how they were cut show it by their lengths and the pauses between them', () => {
  expect(cutBehind(pieces([0, 14_000], [14_600, 20_000]), false)).toEqual({ maxSeconds: 15 });
  expect(cutBehind(pieces([0, 14_000], [20_000, 24_000]), false)).toEqual({ maxSeconds: 90, joinSeconds: 5 });
  expect(cutBehind(pieces([0, 64_000], [64_000, 70_000]), true)).toEqual({ maxSeconds: 64, joinSeconds: 5 });
  expect(cutBehind(pieces([0, 80_000]), true)).toEqual({ maxSeconds: 90, joinSeconds: 5 });
});

test('only the version that did not plan had cuts of a fixed length', () => {
  expect(isPlanned('{"maxSeconds":64,"joinSeconds":5,"hosted":false}')).toBe(false);
  expect(isPlanned('{"maxSeconds":90,"joinSeconds":5,"hosted":false}')).toBe(true);
  expect(isPlanned(NOW)).toBe(true);
});

it.each([
  ['nothing is stored', null, [], false, NOW_WITH_EDGES],
  [
    'its limits are',
    '{"maxSeconds":90,"joinSeconds":5,"hosted":false}',
    [[0, 9000]],
    false,
    '{"maxSeconds":90,"joinSeconds":5,"hosted":false}',
  ],
  [
    'they were made of another detector’s speech',
    '{"maxSeconds":90,"joinSeconds":5,"hosted":true}',
    [[0, 9000]],
    false,
    NOW_WITH_EDGES,
  ],
  ['only pieces are', null, [[0, 60_000]], true, '{"maxSeconds":64,"joinSeconds":5,"hosted":false}'],
])('when %s, it is cut accordingly', async (_, cut, stored, speakers, expected) => {
  const { db } = await databaseForTest();
  const piece_limits = cut && JSON.stringify({ cut, limits: [] });
  const recording = await storedRecording(db, { piece_limits });
  for (const [ordinal, [start_ms = 0, end_ms = 0]] of stored.entries())
    await db
      .insertInto('pieces')
      .values({ ...STORED, ordinal, start_ms, end_ms })
      .execute();
  const stages = { db, listening: { cut: NOW }, transcriber: { cost: null, capabilities: { speakers } } };
  expect(await cutOfAttempt(stages as never, recording)).toBe(expected);
});

it('what a neighbour has heard across a border does not say how a recording is cut', async () => {
  const { db } = await databaseForTest();
  const recording = await storedRecording(db, {});
  await db
    .insertInto('pieces')
    .values({ ...STORED, ordinal: BORDER_ORDINALS.tail, start_ms: 2500, end_ms: 5000 })
    .execute();
  const stages = {
    db,
    listening: { cut: NOW },
    transcriber: { cost: null, capabilities: { speakers: false } },
  };
  expect(await cutOfAttempt(stages as never, recording)).toBe(NOW_WITH_EDGES);
});
