/** Tasks keep their ids and what was decided about them, however a conversation is understood again, on a real database. */
import { expect, it } from 'vitest';
import { renewActionItems, renewOtherItems } from '../../src/conversations/action-items.ts';
import { lockTimeline } from '../../src/conversations/lock.ts';
import { addActionItem, changeActionItem, removeActionItem } from '../../src/edits/action-items.ts';
import { splitConversation } from '../../src/edits/borders.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { transact } from '../../src/store/announcements.ts';
import { listActionItems } from '../../src/views/action-items.ts';
import { readConversation } from '../../src/views/conversations.ts';
import { placedTimeline } from '../support/timeline.ts';

const ADA = { userId: 'ada', by: 'phone' };
const MADE_BY = { kind: 'extractive' as const, model: 'm', version: '1' };

async function setUp() {
  const scene = await placedTimeline();
  const { db, placer } = scene;
  const words = ['the roof', 'the builders'].map((text, n) => ({ atS: 60 * n, forS: 8, text }));
  await placer.place({
    id: 'rec',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: Date.UTC(2026, 2, 20),
    words,
  });
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const segments = await db.selectFrom('segments').select('id').orderBy('started_at_ms').execute();
  const understand = async (...tasks: string[]) => {
    const actionItems = tasks.map((description, n) => ({
      description,
      dueAtMs: null,
      dueText: null,
      segmentId: segments[n % 2]?.id,
    }));
    const understanding = {
      title: 't',
      overview: 'o',
      emoji: 'e',
      category: 'work',
      keyPoints: [],
      actionItems,
    };
    await transact(db, async (tx) => {
      await lockTimeline(tx, 'ada');
      await tx
        .updateTable('conversations')
        .set({ understanding: JSON.stringify({ ...understanding, madeBy: MADE_BY }) })
        .where('id', '=', id)
        .execute();
      await renewActionItems(tx, id);
    });
  };
  const items = async () => (await readConversation(db, 'ada', id))?.actionItems ?? [];
  const told = async () => (await items()).map(({ description, done }) => [description, done]);
  const idOf = async (text: string) =>
    (await items()).find(({ description }) => description === text)?.id ?? '';
  return { ...scene, id, understand, items, told, idOf, segments };
}

it('a task keeps its id in other words, and what was done, changed, added and deleted stays', async () => {
  const { db, parts, id, understand, told, idOf } = await setUp();
  await understand('Mend the roof before winter', 'Call the builders', 'Buy nails and wood');
  const [roof, builders, nails] = await Promise.all(
    ['Mend the roof before winter', 'Call the builders', 'Buy nails and wood'].map(idOf),
  );
  await understand('Call the builders up', 'Buy the nails and wood', 'Mend the roof before the winter');
  expect(
    await Promise.all(
      ['Mend the roof before the winter', 'Call the builders up', 'Buy the nails and wood'].map(idOf),
    ),
  ).toEqual([roof, builders, nails]);
  await changeActionItem(db, ADA, roof ?? '', { done: true });
  await changeActionItem(db, ADA, builders ?? '', { description: 'Ring Anna', dueAtMs: 5 });
  await removeActionItem(db, ADA, nails ?? '');
  const added = await addActionItem(db, ADA, { id: 'mine-0001', conversationId: id, description: 'Sleep' });
  expect(await addActionItem(db, ADA, { id: added, conversationId: id, description: 'Sleep' })).toBe(added);
  const decisions = await db.selectFrom('decisions').selectAll().execute();
  await changeActionItem(db, ADA, roof ?? '', { done: true });
  expect(await db.selectFrom('decisions').selectAll().execute()).toHaveLength(decisions.length);

  await understand('Buy nails, and wood', 'Call those builders', 'Paint the door');
  expect((await told()).toSorted()).toEqual([
    ['Mend the roof before the winter', true],
    ['Paint the door', false],
    ['Ring Anna', false],
    ['Sleep', false],
  ]);
  await understand();
  expect((await told()).toSorted()).toEqual([
    ['Mend the roof before the winter', true],
    ['Ring Anna', false],
    ['Sleep', false],
  ]);
  expect(
    await listActionItems(db, 'ada', { done: false, dueFromMs: 1, limit: 9, after: null }),
  ).toMatchObject([{ id: builders, description: 'Ring Anna', dueAtMs: 5, added: false }]);
  expect(await listActionItems(db, 'bob', { limit: 9, after: null })).toEqual([]);
  for (const attempt of [
    () => changeActionItem(db, { ...ADA, userId: 'bob' }, roof ?? '', { done: false }),
    () => removeActionItem(db, { ...ADA, userId: 'bob' }, roof ?? ''),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  await removeConversation(parts, 'ada', id);
  expect(await db.selectFrom('action_items').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('decisions').selectAll().execute()).toEqual([]);
});

it('a task goes with its moment into the part of a split conversation', async () => {
  const { db, id, understand, told, segments } = await setUp();
  await understand('Mend the roof', 'Call the builders');
  const { after } = await splitConversation(db, ADA, id, { segmentId: segments[1]?.id ?? '' });
  expect(await told()).toEqual([['Mend the roof', false]]);
  expect((await readConversation(db, 'ada', after))?.actionItems).toMatchObject([
    { description: 'Call the builders' },
  ]);
});

it('what was understood before there were rows is shown, and gets rows', async () => {
  const { db, id, told, idOf } = await setUp();
  const understanding = {
    title: 't',
    overview: 'o',
    emoji: 'e',
    category: 'work',
    keyPoints: [],
    actionItems: [{ description: 'Mend the roof', dueAtMs: null, dueText: null, segmentId: 's' }],
    madeBy: MADE_BY,
  };
  await db
    .updateTable('conversations')
    .set({ understanding: JSON.stringify(understanding) })
    .execute();
  expect([await told(), await idOf('Mend the roof')]).toEqual([[['Mend the roof', false]], '']);
  await transact(db, async (tx) => {
    await lockTimeline(tx, 'ada');
    expect(await renewOtherItems(tx, 'ada', 10)).toBe(1);
    expect(await renewOtherItems(tx, 'ada', 10)).toBe(0);
  });
  expect(await idOf('Mend the roof')).toMatch(/^act_/);
  expect((await readConversation(db, 'ada', id))?.actionItems).toHaveLength(1);
});
