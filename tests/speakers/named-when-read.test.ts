/** Prose keeps the marks of speakers; each reading names whom they mean at that time. */
import { expect, it, onTestFinished } from 'vitest';
import type { Understanding } from '../../src/meaning/understanding.ts';
import { decideSpeaker } from '../../src/speakers/decide.ts';
import { listConversations, readConversation } from '../../src/views/conversations.ts';
import { databaseForTest } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const understanding: Understanding = {
  title: '@speaker1 meets @speaker2',
  overview: '@speaker1, @speaker2 and @speaker3 talk.',
  emoji: '🍳',
  category: 'family',
  keyPoints: [],
  actionItems: [],
  voices: { 1: ['a:0:S'], 2: ['a:9000:S'], 3: ['a:20000:S'] },
  madeBy: { kind: 'language-model', model: 'm', version: '1' },
};

it('names who is meant at present, in the list too, when voices are linked and named after it was written', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const place = async (userId: string, id: string) =>
    await placer.place({
      id,
      userId,
      microphone: 'omi',
      startedAtMs: 0,
      words: [
        { atS: 0, forS: 5, text: 'hello', speaker: 'S' },
        { atS: 9, forS: 5, text: 'there', speaker: 'S' },
        { atS: 20, forS: 5, text: 'bye', speaker: 'S' },
      ],
    });
  await place('ada', 'a');
  await place('ben', 'b');
  await db
    .updateTable('conversations')
    .set({ understanding: JSON.stringify(understanding) })
    .execute();
  const { id } = await db
    .selectFrom('conversations')
    .select('id')
    .where('user_id', '=', 'ada')
    .executeTakeFirstOrThrow();
  const page = { limit: 10, after: null };
  const told = async () => {
    const view = await readConversation(db, 'ada', id);
    const [listed] = await listConversations(db, 'ada', page);
    expect([listed?.title, listed?.overview]).toEqual([view?.title, view?.overview]);
    return `${view?.title}: ${view?.overview}`;
  };
  expect(await told()).toBe('Speaker 1 meets Speaker 2: Speaker 1, Speaker 2 and Speaker 3 talk.');

  const speakers = (await readConversation(db, 'ada', id))?.speakers ?? [];
  const at = (n: number) => ({ conversationId: id, speakerId: speakers[n]?.id ?? '' });
  await decideSpeaker(db, 'ada', at(2), { sameAs: speakers[0]?.id });
  expect(await told()).toBe('Speaker 1 meets Speaker 2: Speaker 1 and Speaker 2 talk.');
  await decideSpeaker(db, 'ada', at(0), { name: 'Ana' });
  expect(await told()).toBe('Ana meets Speaker 2: Ana and Speaker 2 talk.');

  // The voices of somebody else mean nothing here.
  const [bens] = await listConversations(db, 'ben', page);
  expect(bens?.title).toBe('Speaker 1 meets Speaker 2');
});
