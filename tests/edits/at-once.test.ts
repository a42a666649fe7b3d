/** Changes that reach several processes at the same moment, each with connections of its own, on a real database. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { etagOf } from '../../src/api/etag.ts';
import { changeConversation, changeConversationOnce } from '../../src/edits/about-conversation.ts';
import type { Precondition } from '../../src/edits/precondition.ts';
import { AfterwordError } from '../../src/errors.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { readConversation } from '../../src/views/conversations.ts';
import { log } from '../support/database.ts';
import { placedTimeline } from '../support/timeline.ts';

const AT_ONCE = 6;

async function setUp() {
  const scene = await placedTimeline();
  await scene.placer.place({
    id: 'rec',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: Date.UTC(2026, 2, 20),
    words: [{ atS: 0, forS: 8, text: 'the roof' }],
  });
  const { id } = await scene.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const processes = Array.from({ length: AT_ONCE }, () => openDatabase(scene.databaseUrl, log, 1, 'at-once'));
  onTestFinished(async () => void (await Promise.all(processes.map((db) => db.destroy()))));
  const waiting = async () => {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::integer AS count FROM pg_stat_activity
       WHERE application_name LIKE 'at-once%' AND wait_event_type = 'Lock'`.execute(scene.db);
    return rows[0]?.count ?? 0;
  };
  /** Lets the changes of all go on at one moment, when each has begun and waits for the timeline. */
  const atOnce = async <T>(change: (db: Database, nth: number) => Promise<T>): Promise<T[]> => {
    const changes = await scene.db.transaction().execute(async (tx) => {
      await tx.selectFrom('users').select('id').where('id', '=', 'ada').forNoKeyUpdate().execute();
      const begun = processes.map((db, nth) => change(db, nth));
      while ((await waiting()) < AT_ONCE) await delay(5);
      return begun;
    });
    return await Promise.all(changes);
  };
  return { ...scene, id, atOnce };
}

it('one mutation that is sent several times at the same moment is made once', async () => {
  const { db, id, atOnce } = await setUp();
  const by = 'mutation:m1';
  const made = await atOnce((own) =>
    changeConversationOnce(own, { userId: 'ada', by }, id, { title: 'First' }),
  );
  expect(made.map(({ isNew }) => isNew).filter(Boolean)).toHaveLength(1);
  expect(await db.selectFrom('decisions').select('kind').execute()).toEqual([{ kind: 'title' }]);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM events WHERE type = 'conversation.updated'`.execute(db);
  expect(rows).toEqual([{ count: 1 }]);
});

it('a mutation that changed nothing is known when it is sent again after another change', async () => {
  const { db, id } = await setUp();
  const [ada, once] = [
    { userId: 'ada', by: 'phone' },
    { userId: 'ada', by: 'mutation:m2' },
  ];
  await changeConversation(db, ada, id, { starred: true });
  await changeConversationOnce(db, once, id, { starred: true });
  await changeConversation(db, ada, id, { starred: false });
  expect(await changeConversationOnce(db, once, id, { starred: true })).toEqual({ id, isNew: false });
  expect((await readConversation(db, 'ada', id))?.starred).toBe(false);
});

it('of several editors of one reading at the same moment one counts, and the others are told', async () => {
  const { db, id, atOnce } = await setUp();
  const etag = etagOf(await readConversation(db, 'ada', id));
  const unchanged: Precondition = async (tx, living) => {
    if (etagOf(await readConversation(tx, 'ada', living)) !== etag)
      throw new AfterwordError('changed_meanwhile');
  };
  const outcomes = await atOnce(async (own, nth) => {
    const change = { title: `of editor ${nth}` };
    return await changeConversation(own, { userId: 'ada', by: `editor ${nth}` }, id, change, unchanged).then(
      () => change.title,
      (error: AfterwordError) => error.code,
    );
  });
  const counted = outcomes.filter((outcome) => outcome !== 'changed_meanwhile');
  expect(counted).toHaveLength(1);
  expect((await readConversation(db, 'ada', id))?.title).toBe(counted[0]);
});
