/** The log of events: its numbers, its readers, and what is told of an upload. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { appendEvents } from '../../src/events/append.ts';
import { noteConversation, noteRecording, noteUpload } from '../../src/events/note.ts';
import { canReplay, deleteOldEvents, lastNumber, readEvents } from '../../src/events/read.ts';
import { untoldUploads } from '../../src/events/untold.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { databaseForTest, log } from '../support/database.ts';
import { checkThatChangesAreTold } from '../support/event-check.ts';

async function addRecording(db: Database, userId: string, id: string): Promise<void> {
  await sql`
    INSERT INTO users (id, created_at_ms) VALUES (${userId}, 0) ON CONFLICT DO NOTHING`.execute(db);
  await sql`
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms,
                            accepted_at_ms, outcome, lane)
    VALUES (${id}, ${userId}, ${id}, 1000, 'x', 'd', 'm', 0, 0, 'processing', 'fresh')`.execute(db);
}

async function addUpload(db: Database, userId: string, id: string, recordingIds: string[]): Promise<void> {
  await sql`
    INSERT INTO uploads (id, user_id, content_key, accepted_at_ms) VALUES (${id}, ${userId}, ${id}, 0)`.execute(
    db,
  );
  for (const [position, recordingId] of recordingIds.entries())
    await sql`
      INSERT INTO upload_files (upload_id, position, name, recording_id, known)
      VALUES (${id}, ${position}, 'x', ${recordingId}, false)`.execute(db);
}

async function finish(db: Database, userId: string, id: string, between = async () => {}): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx
      .updateTable('recordings')
      .set({ outcome: 'completed', finished_at_ms: 1 })
      .where('id', '=', id)
      .execute();
    noteRecording(tx, userId, id);
    await between();
  });
}

const typesOf = async (db: Database, userId: string) =>
  (await readEvents(db, userId, { after: 0, most: 1000 })).map(({ type }) => type);

it('twenty writers, some of which roll back: each reader gets each event once, in one order, without a gap', async () => {
  const { db: looker, databaseUrl } = await databaseForTest();
  const db = openDatabase(databaseUrl, log, 20);
  const people = ['ada', 'bo'];
  for (const userId of people)
    for (let n = 0; n < 4; n++) await addRecording(looker, userId, `${userId}-${n}`);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            first: fc.constantFrom(...people),
            both: fc.boolean(),
            which: fc.nat(3),
            pauseMs: fc.nat(3),
            rollsBack: fc.boolean(),
          }),
          { minLength: 20, maxLength: 60 },
        ),
        fc.array(fc.nat(40), { minLength: 2, maxLength: 4 }),
        async (writes, cursors) => {
          const begun = new Map(
            await Promise.all(people.map(async (id) => [id, await lastNumber(looker, id)] as const)),
          );
          let wanted = 0;
          const over = { is: false };
          const readers = people.flatMap((userId) =>
            cursors.map(async (steps) => {
              const seen: number[] = [];
              let after = begun.get(userId) ?? 0;
              for (;;) {
                const isLast = over.is;
                const events = await readEvents(looker, userId, { after, most: 1 + steps });
                seen.push(...events.map(({ number }) => number));
                after = events.at(-1)?.number ?? after;
                if (events.length === 0 && isLast) return { userId, seen };
              }
            }),
          );
          await Promise.all(
            Array.from({ length: 20 }, async (_, writer) => {
              for (const write of writes.filter((_, index) => index % 20 === writer)) {
                const whom = write.both
                  ? [write.first, ...people.filter((p) => p !== write.first)]
                  : [write.first];
                await inTransaction(db, async (tx) => {
                  for (const userId of whom) noteRecording(tx, userId, `${userId}-${write.which}`);
                  await sql`SELECT pg_sleep(${write.pauseMs / 1000})`.execute(tx);
                  if (write.rollsBack) throw new Error('rolled back');
                }).then(
                  () => {
                    wanted += whom.length;
                  },
                  (error: Error) => expect(error.message).toBe('rolled back'),
                );
              }
            }),
          );
          over.is = true;
          const read = await Promise.all(readers);
          let counted = 0;
          for (const userId of people) {
            const from = begun.get(userId) ?? 0;
            const last = await lastNumber(looker, userId);
            counted += last - from;
            const all = Array.from({ length: last - from }, (_, index) => from + 1 + index);
            for (const reader of read.filter((one) => one.userId === userId))
              expect(reader.seen).toEqual(all);
          }
          expect(counted).toBe(wanted);
        },
      ),
      { numRuns: 12 },
    );
  } finally {
    await db.destroy();
  }
});

it('tells that an upload is done once, also when its two last files end at the same moment', async () => {
  const { db } = await databaseForTest();
  for (let round = 0; round < 10; round++) {
    const [one, two, upload] = [`a${round}`, `b${round}`, `u${round}`];
    await addRecording(db, 'ada', one);
    await addRecording(db, 'ada', two);
    await addUpload(db, 'ada', upload, [one, two]);
    // Both have written their row before either ends.
    const both = Promise.withResolvers<void>();
    let written = 0;
    const meet = async () => {
      written += 1;
      if (written === 2) both.resolve();
      await both.promise;
    };
    await Promise.all([finish(db, 'ada', one, meet), finish(db, 'ada', two, meet)]);
    const done = (await readEvents(db, 'ada', { after: 0, most: 1000 })).filter(
      ({ type, uploadIds }) => type === 'upload.done' && uploadIds.includes(upload),
    );
    expect(done).toHaveLength(1);
    expect(done[0]?.data).toMatchObject({ uploadId: upload, counts: { files: 2, heard: 2 } });
  }
});

it('tells of an upload that is done when it is accepted, and of one whose end an older process has written', async () => {
  const { db } = await databaseForTest();
  await addRecording(db, 'ada', 'here');
  await addUpload(db, 'ada', 'first', ['here']);
  // An older process ends it and tells nobody.
  await sql`UPDATE recordings SET outcome = 'completed', finished_at_ms = 1`.execute(db);
  expect(await untoldUploads(db, 10)).toEqual([{ id: 'first', userId: 'ada' }]);
  await addUpload(db, 'ada', 'again', ['here']);
  for (const id of ['first', 'again', 'again'])
    await inTransaction(db, async (tx) => noteUpload(tx, 'ada', id));
  expect(await typesOf(db, 'ada')).toEqual(['upload.done', 'upload.done']);
  expect(await untoldUploads(db, 10)).toEqual([]);
});

it('an upload waits for its conversations, and its end counts what became of its files', async () => {
  const { db } = await databaseForTest();
  await addRecording(db, 'ada', 'rec');
  await addUpload(db, 'ada', 'upl', ['rec']);
  await sql`
    INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision,
                               created_at_ms, updated_at_ms) VALUES ('cnv', 'ada', 'd', 0, 1, 'rec', 1, 0, 0)`.execute(
    db,
  );
  await sql`
    INSERT INTO segments (id, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, text,
                          provider, model, revision)
    VALUES ('rec:0.0', 'rec', 'ada', 'd', 'cnv', 0, 1, 'a secret', 'p', 'm', 1)`.execute(db);
  await finish(db, 'ada', 'rec');
  expect(await typesOf(db, 'ada')).toEqual(['recording.completed']);
  await inTransaction(db, async (tx) => {
    await tx.updateTable('conversations').set({ understood_revision: 1 }).execute();
    noteConversation(tx, 'ada', 'cnv');
  });
  const events = await readEvents(db, 'ada', { after: 0, most: 10 });
  expect(events.map(({ type, uploadIds }) => [type, uploadIds])).toEqual([
    ['recording.completed', ['upl']],
    ['conversation.ready', ['upl']],
    ['upload.done', ['upl']],
  ]);
  expect(events[2]?.data).toMatchObject({ conversationIds: ['cnv'] });
  expect(JSON.stringify(events)).not.toContain('secret');
});

it('a change of state without its event is refused by the triggers that the tests use', async () => {
  const { db } = await databaseForTest();
  await addRecording(db, 'ada', 'rec');
  await checkThatChangesAreTold(db);
  const change = sql`UPDATE recordings SET outcome = 'failed', finished_at_ms = 1`;
  await expect(change.execute(db)).rejects.toThrow('was not told');
  await finish(db, 'ada', 'rec');
});

it('takes the counter by the last statement of the transaction', async () => {
  const { db } = await databaseForTest();
  await addRecording(db, 'ada', 'rec');
  await inTransaction(db, async (tx) => {
    noteRecording(tx, 'ada', 'rec');
    const { rows } = await sql<{ held: number }>`
      SELECT count(*)::int AS held FROM pg_locks
       WHERE pid = pg_backend_pid() AND relation = 'event_counters'::regclass`.execute(tx);
    expect(rows[0]?.held).toBe(0);
  });
  expect(await lastNumber(db, 'ada')).toBe(1);
  await expect(
    inTransaction(db, async (tx) => {
      await appendEvents(tx, new Map());
    }),
  ).resolves.toBeUndefined();
  expect(await lastNumber(db, 'ada')).toBe(1);
});

it('old events are deleted in batches, and a reader who missed them is told so', async () => {
  const { db } = await databaseForTest();
  await addRecording(db, 'ada', 'rec');
  for (let n = 0; n < 5; n++) await inTransaction(db, async (tx) => noteRecording(tx, 'ada', 'rec'));
  await sql`UPDATE events SET at_ms = 0 WHERE number <= 3`.execute(db);
  expect(await deleteOldEvents(db, 60_000, 2)).toBe(2);
  expect(await deleteOldEvents(db, 60_000, 2)).toBe(1);
  expect(await deleteOldEvents(db, 60_000, 2)).toBe(0);
  const answers = await Promise.all([0, 2, 3, 5, 6].map((after) => canReplay(db, 'ada', after)));
  expect(answers).toEqual([false, false, true, true, false]);
  await sql`DELETE FROM events`.execute(db);
  expect(await Promise.all([4, 5, 6].map((after) => canReplay(db, 'ada', after)))).toEqual([
    false,
    true,
    false,
  ]);
});
