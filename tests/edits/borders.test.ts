/** What a person decides about their conversations, on a real database: it holds whatever comes later. */
import { expect, it } from 'vitest';
import { changeConversation } from '../../src/edits/about-conversation.ts';
import { mergeConversations, splitConversation } from '../../src/edits/borders.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import type { Database } from '../../src/store/database.ts';
import { listConversations } from '../../src/views/conversations.ts';
import { type HeardRecording, placedTimeline, timelineOf } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);
const ADA = { userId: 'ada', by: 'phone' };

function said(id: string, startS: number, ...texts: string[]): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + startS * 1000,
    words: texts.map((text, n) => ({ atS: 20 * n, forS: 8, text })),
  };
}

async function segmentNamed(db: Database, text: string) {
  return await db
    .selectFrom('segments')
    .select(['id', 'conversation_id as conversationId'])
    .where('text', '=', text)
    .executeTakeFirstOrThrow();
}

const homeOf = async (db: Database, text: string) => (await segmentNamed(db, text)).conversationId ?? '';
const shown = async (db: Database) =>
  (await listConversations(db, 'ada', { limit: 100, after: null }))
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
    .map(({ title, starred, folder }) => [title, starred, folder?.id ?? null]);

it('splits at a segment, once, and late words go to the part whose time they have', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('a', 0, 'one', 'two', 'three'));
  const { id: segmentId, conversationId: id } = await segmentNamed(db, 'two');
  const split = await splitConversation(db, ADA, id ?? '', { segmentId });
  expect(split.before).toBe(id);
  expect(await timelineOf(db, 'ada')).toEqual(['one', 'two three']);
  expect(await splitConversation(db, ADA, id ?? '', { segmentId })).toEqual(split);
  await placer.place({ ...said('b', 9, 'early'), microphone: 'phone' });
  await placer.place({ ...said('c', 60, 'late'), microphone: 'phone' });
  expect(await timelineOf(db, 'ada')).toEqual(['one early', 'two three late']);
  const first = await segmentNamed(db, 'one');
  await expect(splitConversation(db, ADA, id ?? '', { segmentId: first.id })).rejects.toMatchObject({
    code: 'cannot_split',
  });
  expect(await mergeConversations(db, ADA, [split.after, split.before])).toBe(id);
  expect(await timelineOf(db, 'ada')).toEqual(['one early two three late']);
});

it('merges conversations that lie apart, also across another one, and takes a part off again', async () => {
  const { db, placer } = await placedTimeline();
  for (const recording of [
    said('a', 0, 'one', 'two'),
    said('b', 400, 'between'),
    said('c', 900, 'three', 'four'),
  ])
    await placer.place(recording);
  const [a, c] = [await homeOf(db, 'one'), await homeOf(db, 'three')];
  expect(await mergeConversations(db, ADA, [c, a])).toBe(a);
  expect(await timelineOf(db, 'ada')).toEqual(['one two three four', 'between']);
  expect(await mergeConversations(db, ADA, [c, a])).toBe(a);
  // It grows at either end, and what lies between grows too.
  for (const recording of [said('d', 60, 'soon'), said('e', 960, 'later'), said('f', 460, 'and more')])
    await placer.place(recording);
  expect(await timelineOf(db, 'ada')).toEqual(['one two soon three four later', 'between and more']);
  const { id: segmentId } = await segmentNamed(db, 'two');
  await splitConversation(db, ADA, a, { segmentId });
  expect(await timelineOf(db, 'ada')).toEqual(['one', 'two soon three four later', 'between and more']);
});

it('takes apart what was merged where it was merged, however long nobody spoke in between', async () => {
  for (const gapS of [130, 239, 241, 900, 20_000]) {
    const { db, placer } = await placedTimeline();
    await placer.place(said('a', 0, 'one', 'two'));
    await placer.place(said('b', 28 + gapS, 'three', 'four'));
    for (const bySegment of [true, false]) {
      const [a, b] = [await homeOf(db, 'one'), await homeOf(db, 'three')];
      expect(await mergeConversations(db, ADA, [a, b])).toBe(a);
      expect(await timelineOf(db, 'ada')).toEqual(['one two three four']);
      const { id: segmentId } = await segmentNamed(db, 'three');
      const at = bySegment ? { segmentId } : { atMs: START_MS + 28_000 + (gapS * 1000) / 2 };
      const split = await splitConversation(db, ADA, a, at);
      expect([gapS, await timelineOf(db, 'ada')]).toEqual([gapS, ['one two', 'three four']]);
      expect(split).toEqual({ before: a, after: await homeOf(db, 'three') });
    }
  }
});

it('a title, a star and a folder go with their sound through growth, splits, merges, a corrected time and deletions', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(said('a', 1000, 'one', 'two'));
  const id = await homeOf(db, 'one');
  await changeConversation(db, ADA, id, { title: 'The mill', starred: true, folder: 'work' });
  expect(await shown(db)).toEqual([['The mill', true, 'work']]);
  // Earlier words come: the conversation keeps what was decided.
  await placer.place(said('b', 950, 'before'));
  expect(await shown(db)).toEqual([['The mill', true, 'work']]);
  const { id: segmentId } = await segmentNamed(db, 'one');
  const { after } = await splitConversation(db, ADA, id, { segmentId });
  expect(await shown(db)).toEqual([
    [null, false, null],
    ['The mill', true, 'work'],
  ]);
  await setTime(parts, 'ada', 'a', START_MS + 5_000_000);
  expect(await shown(db)).toEqual([
    [null, false, null],
    ['The mill', true, 'work'],
  ]);
  await placer.place(said('c', 6000, 'third'));
  const third = await homeOf(db, 'third');
  await changeConversation(db, ADA, third, { title: 'Later' });
  await mergeConversations(db, ADA, [after, third]);
  expect(await shown(db)).toEqual([
    [null, false, null],
    ['Later', true, 'work'],
  ]);
  // Its recording goes, and the conversation is still there: so is what was decided about it.
  await removeRecording(parts, 'ada', 'a');
  expect(await shown(db)).toEqual([
    [null, false, null],
    ['Later', true, 'work'],
  ]);
  await changeConversation(db, ADA, third, { title: null, folder: null });
  expect(await shown(db)).toEqual([
    [null, false, null],
    [null, true, null],
  ]);
  await removeConversation(parts, 'ada', await homeOf(db, 'third'));
  expect(await shown(db)).toEqual([[null, false, null]]);
  expect(await db.selectFrom('decisions').selectAll().execute()).toEqual([]);
});

it('nobody changes what is of somebody else', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('a', 0, 'one', 'two'));
  const { id: segmentId, conversationId } = await segmentNamed(db, 'two');
  const bob = { userId: 'bob', by: 'phone' };
  const id = conversationId ?? '';
  for (const change of [
    () => changeConversation(db, bob, id, { title: 'mine' }),
    () => splitConversation(db, bob, id, { segmentId }),
    () => mergeConversations(db, bob, [id, id]),
  ])
    await expect(change()).rejects.toMatchObject({ code: 'not_found' });
  expect(await db.selectFrom('decisions').selectAll().execute()).toEqual([]);
});

it('what is kept of a file beside a deleted part of it stays, however often it is heard again', async () => {
  const { db, blobs, placer } = await placedTimeline();
  await placer.place(said('a', 0, 'one', 'two', 'three', 'four'));
  const whole = await homeOf(db, 'one');
  const cut = async (text: string, id: string) =>
    await splitConversation(db, ADA, id, { segmentId: (await segmentNamed(db, text)).id });
  const { after: fromTwo } = await cut('two', whole);
  const { after: fromFour } = await cut('four', fromTwo);
  // It lies on both sides of what is kept.
  await mergeConversations(db, ADA, [whole, fromFour]);
  expect(await timelineOf(db, 'ada')).toEqual(['one four', 'two three']);
  await removeConversation({ db, blobs, quietMs: 0 }, 'ada', await homeOf(db, 'one'));
  expect(await timelineOf(db, 'ada')).toEqual(['two three']);
  const stored = async () =>
    (await db.selectFrom('pieces').select('segments').orderBy('ordinal').execute()).flatMap(({ segments }) =>
      segments.map(({ text }) => text),
    );
  expect(await stored()).toEqual(['two', 'three']);
  for (const attempt of [2, 3]) {
    // As the same words come from a provider again, of which nothing is stored.
    await db.deleteFrom('pieces').execute();
    const anew = { outcome: 'processing' as const, finished_at_ms: null, attempt };
    await db.updateTable('recordings').set(anew).execute();
    await placer.place({ ...said('a', 0, 'one', 'two', 'three', 'four'), attempt });
    expect(await timelineOf(db, 'ada')).toEqual(['two three']);
    expect(await stored()).toEqual(['two', 'three']);
  }
});
