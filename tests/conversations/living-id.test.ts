/** An id that was told once answers as long as any of its words live: Omi's app takes a 404 as gone for good. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { livingConversationId } from '../../src/conversations/living-id.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import type { Database } from '../../src/store/database.ts';
import { readConversation } from '../../src/views/conversations.ts';
import { type HeardRecording, placedTimeline } from '../support/timeline.ts';

const RUNS = 10;
const START_MS = Date.UTC(2026, 2, 20);
const SLOT_MS = 80_000;
const SENTENCES = [
  'we met the builders at the old mill and agreed to mend the roof before the winter comes',
  'nobody had told my sister that her train was late so she waited alone in the rain until nine',
  'the second half of that film is much too long but I would see the music played again',
];

const said = fc.array(
  fc.record({
    gapS: fc.constantFrom(0, 5, 130),
    forS: fc.integer({ min: 2, max: 12 }),
    text: fc.constantFrom(...SENTENCES),
    unsteadiness: fc.constantFrom(0, 0, 0, 0, 0, 1),
  }),
  { minLength: 1, maxLength: 2 },
);
/** Recordings of neighbouring places are one conversation; between others there is silence enough. */
const slot = fc.integer({ min: 0, max: 4 });
const move = fc.record({ do: fc.constant('move' as const), which: fc.nat(), slot });
const hear = fc.record({
  do: fc.constant('hear' as const),
  slot,
  microphone: fc.constantFrom('omi', 'omi', 'phone'),
  deviceId: fc.constantFrom('gateway', 'gateway', 'gateway', 'app'),
  said,
});
const other = fc.oneof(
  hear,
  move,
  move,
  move,
  fc.record({ do: fc.constant('hearAgain' as const), which: fc.nat(), said }),
  fc.record({ do: fc.constant('removeRecording' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('removeConversation' as const), which: fc.nat() }),
);
const stories = fc
  .tuple(
    fc.array(hear, { minLength: 3, maxLength: 3 }),
    fc.array(other, { minLength: 6, maxLength: 10, size: 'max' }),
  )
  .map(([first, then]) => [...first, ...then]);

function wordsOf(list: readonly { gapS: number; forS: number; text: string; unsteadiness: number }[]) {
  let atS = 0;
  return list.map(({ gapS, ...word }) => {
    const at = { ...word, atS: atS + gapS };
    atS = at.atS + at.forS;
    return at;
  });
}

/** Every segment with its place in its recording, which nothing moves. */
async function shownWords(db: Database, userId: string) {
  const rows = await db
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select(['segments.recording_id', 'segments.started_at_ms', 'segments.conversation_id'])
    .select('recordings.started_at_ms as fileStartMs')
    .where('segments.user_id', '=', userId)
    .where('segments.conversation_id', 'is not', null)
    .orderBy('segments.id')
    .execute();
  return rows.map((row) => ({
    place: `${row.recording_id} ${row.started_at_ms - (row.fileStartMs ?? 0)}`,
    conversationId: row.conversation_id ?? '',
  }));
}

it(`every id that was ever told leads to a conversation with its words, over ${RUNS} random stories`, async () => {
  const { db, parts, placer } = await placedTimeline();
  for (const [run, story] of fc.sample(stories, { numRuns: RUNS, seed: 20_261_126 }).entries()) {
    const userId = `person-${run}`;
    let heard: HeardRecording[] = [];
    const told = new Map<string, Set<string>>();
    for (const [n, step] of story.entries()) {
      const recording = 'which' in step ? heard[step.which % heard.length] : undefined;
      if (step.do === 'hear') {
        const { microphone, deviceId } = step;
        const startedAtMs = START_MS + step.slot * SLOT_MS;
        const words = wordsOf(step.said);
        const fresh = { id: `${userId}-${n}`, userId, startedAtMs, microphone, deviceId, words };
        heard.push(fresh);
        await placer.place(fresh);
      } else if (step.do === 'hearAgain' && recording) {
        recording.words = wordsOf(step.said);
        await db.deleteFrom('pieces').where('recording_id', '=', recording.id).execute();
        const { attempt } = await db
          .updateTable('recordings')
          .set(({ eb }) => ({ attempt: eb('attempt', '+', 1), outcome: 'processing', finished_at_ms: null }))
          .where('id', '=', recording.id)
          .returning('attempt')
          .executeTakeFirstOrThrow();
        await placer.place({ ...recording, attempt });
      } else if (step.do === 'move' && recording) {
        recording.startedAtMs = START_MS + step.slot * SLOT_MS;
        await setTime(parts, userId, recording.id, recording.startedAtMs);
      } else if (step.do === 'removeRecording' && recording) {
        await removeRecording(parts, userId, recording.id);
        heard = heard.filter((one) => one !== recording);
      } else if (step.do === 'removeConversation') {
        const shown = await shownWords(db, userId);
        const id = shown[step.which % shown.length]?.conversationId;
        if (id === undefined) continue;
        await removeConversation(parts, userId, id);
        told.delete(id);
        const gone = await db
          .selectFrom('recordings')
          .select('id')
          .where('user_id', '=', userId)
          .where('outcome', '=', 'deleted')
          .execute();
        heard = heard.filter((one) => !gone.some((row) => row.id === one.id));
      }
      const now = await shownWords(db, userId);
      for (const { place, conversationId } of now)
        told.set(conversationId, (told.get(conversationId) ?? new Set()).add(place));
      for (const [id, places] of told) {
        const ofIt = new Set(
          now.filter(({ place }) => places.has(place)).map(({ conversationId }) => conversationId),
        );
        if (ofIt.size === 0) continue;
        const about = JSON.stringify({ run, n, step, id });
        expect(ofIt, about).toContain(await livingConversationId(db, userId, id));
        expect(await readConversation(db, userId, id), about).not.toBeNull();
        expect(await livingConversationId(db, 'somebody-else', id), about).toBeNull();
      }
    }
  }
});

it('an id follows its own words out of the conversation that it was merged into', async () => {
  const { db, parts, placer } = await placedTimeline();
  const one = { userId: 'ada', microphone: 'omi', words: [{ atS: 0, forS: 20, text: 'one' }] };
  const two = { userId: 'ada', microphone: 'omi', words: [{ atS: 0, forS: 20, text: 'two' }] };
  await placer.place({ ...one, id: 'one', startedAtMs: START_MS });
  await placer.place({ ...two, id: 'two', startedAtMs: START_MS + 600_000 });
  const first = await idOf(db, 'one');
  const second = await idOf(db, 'two');
  await setTime(parts, 'ada', 'two', START_MS + 30_000);
  expect((await readConversation(db, 'ada', second))?.id).toBe(first);
  await setTime(parts, 'ada', 'two', START_MS + 900_000);
  const third = await idOf(db, 'two');
  expect(third).not.toBe(first);
  expect((await readConversation(db, 'ada', second))?.id).toBe(third);
  await removeRecording(parts, 'ada', 'one');
  expect((await readConversation(db, 'ada', second))?.segments).toMatchObject([{ text: 'two' }]);
  // These words were in the first one for a time, and its others are gone.
  expect((await readConversation(db, 'ada', first))?.id).toBe(third);
  await removeConversation(parts, 'ada', third);
  for (const id of [first, second]) expect(await readConversation(db, 'ada', id)).toBeNull();
});

it('a conversation that its owner deleted stays gone, also if words had left it before', async () => {
  const { db, parts, placer } = await placedTimeline();
  const startedAtMs = START_MS;
  const words = (text: string) => [{ atS: 0, forS: 20, text }];
  await placer.place({ userId: 'ada', microphone: 'omi', id: 'one', startedAtMs, words: words('one') });
  await placer.place({
    userId: 'ada',
    microphone: 'omi',
    id: 'two',
    startedAtMs: startedAtMs + 30_000,
    words: words('two'),
  });
  const id = await idOf(db, 'one');
  await setTime(parts, 'ada', 'two', startedAtMs + 900_000);
  await removeConversation(parts, 'ada', id);
  expect(await readConversation(db, 'ada', id)).toBeNull();
  expect(await idOf(db, 'two')).not.toBe(id);
});

async function idOf(db: Database, recordingId: string): Promise<string> {
  const row = await db
    .selectFrom('segments')
    .select('conversation_id')
    .where('recording_id', '=', recordingId)
    .executeTakeFirstOrThrow();
  return row.conversation_id ?? '';
}
