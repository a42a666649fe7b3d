/** Words that were stored before there was an index. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { lockTimeline } from '../../src/conversations/lock.ts';
import { addOlderWords, personWithOlderWords } from '../../src/search/older-words.ts';
import { parseQuery } from '../../src/search/query.ts';
import { searchConversations } from '../../src/views/search.ts';
import { placedTimeline } from '../support/timeline.ts';

it('adds the words of before in short transactions, and says until then that some are missing', async () => {
  const { db, placer } = await placedTimeline();
  for (let n = 0; n < 25; n++) {
    await placer.place({
      id: `r${n}`,
      userId: 'ada',
      microphone: 'omi',
      startedAtMs: n * 3_600_000,
      words: [{ atS: 0, forS: 5, text: 'the old garden' }],
    });
  }
  await sql`UPDATE conversations SET understanding = '{"title": "Gardening", "overview": "", "keyPoints": [], "actionItems": []}'`.execute(
    db,
  );
  // As the migration leaves it.
  await sql`DELETE FROM search_lines`.execute(db);
  await sql`DELETE FROM search_languages`.execute(db);
  await sql`INSERT INTO search_older (user_id) VALUES ('ada')`.execute(db);
  const search = async () => {
    const query = parseQuery('gardens');
    if ('mistake' in query) throw new Error(query.mistake);
    return await searchConversations(db, 'ada', query.terms, {
      fromMs: null,
      toMs: null,
      speakerId: null,
      folderId: null,
      includeDiscarded: true,
      limit: 50,
      after: null,
      offset: 0,
      nowMs: 0,
    });
  };
  expect(await search()).toMatchObject({ total: 0, isComplete: false });
  const counts: number[] = [];
  for (;;) {
    const userId = await personWithOlderWords(db);
    if (userId === null) break;
    await db.transaction().execute(async (tx) => {
      await lockTimeline(tx, userId);
      await addOlderWords(tx, userId);
    });
    counts.push((await search()).total);
  }
  expect(counts).toEqual([10, 20, 25, 25]);
  const { results, isComplete } = await search();
  expect(isComplete).toBe(true);
  expect(results[0]).toMatchObject({ matches: 2, titleHighlights: [{ start: 0, end: 9 }] });
});
