import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { cancelUpload, removeRecording } from '../../src/removal/remove-recording.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { hasContent } from '../support/content.ts';
import { placedTimeline, timelineOf } from '../support/timeline.ts';
import { recording, START_MS } from './scene.ts';

it('splits a conversation when the recording that bridged it is deleted', async () => {
  const { db, placer, parts } = await placedTimeline();
  for (const r of [recording('a', 0, 'before'), recording('b', 100, 'bridge'), recording('c', 200, 'after')])
    await placer.place(r);
  expect(await timelineOf(db, 'ada')).toEqual(['before bridge after']);
  await removeRecording(parts, 'ada', 'b');
  expect(await timelineOf(db, 'ada')).toEqual(['before', 'after']);
  await removeRecording(parts, 'ada', 'a');
  expect(await timelineOf(db, 'ada')).toEqual(['after']);
  await removeRecording(parts, 'ada', 'c');
  expect(await db.selectFrom('conversations').selectAll().execute()).toEqual([]);
});

it('takes what was made of deleted words with them, and keeps it when words come', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(recording('a', 0, 'harmless'));
  const page = { title: 'harmless and secret' };
  await db
    .updateTable('conversations')
    .set({ understanding: JSON.stringify(page) })
    .execute();
  const shown = async () => await db.selectFrom('conversations').select('understanding').execute();
  await placer.place(recording('b', 50, 'secret'));
  expect(await shown()).toEqual([{ understanding: page }]);
  await removeRecording(parts, 'ada', 'b');
  expect(await shown()).toEqual([{ understanding: null }]);
  // It is shorter, and other words than those that were understood.
  const [rest] = await db.selectFrom('conversations').selectAll().execute();
  expect(rest).toMatchObject({ ended_at_ms: START_MS + 10_000, revision: 3 });
});

it('lets the repetition be heard when the recording that covered it is deleted', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(recording('a', 0, 'What was said then.'));
  await placer.place(recording('b', 1, '', { words: [{ atS: 0, forS: 9, text: 'what was said then' }] }));
  expect(await timelineOf(db, 'ada')).toEqual(['What was said then.']);
  await removeRecording(parts, 'ada', 'a');
  expect(await timelineOf(db, 'ada')).toEqual(['what was said then']);
});

it('deletes a conversation with its repetitions, and leaves what a recording says elsewhere', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(
    recording('long', 0, '', {
      words: [
        { atS: 0, forS: 10, text: 'secret words between us' },
        { atS: 500, forS: 10, text: 'harmless' },
      ],
    }),
  );
  // A clock that stands elsewhere: its times are not those of what is deleted.
  await placer.place(
    recording('copy', 40, '', { words: [{ atS: 0, forS: 9, text: 'secret words between us' }] }),
  );
  const secret = await db
    .selectFrom('conversations')
    .select('id')
    .orderBy('started_at_ms')
    .executeTakeFirstOrThrow();
  await removeConversation(parts, 'ada', secret.id);
  expect(await timelineOf(db, 'ada')).toEqual(['harmless']);
  const { rows } =
    await sql`SELECT 1 FROM segments WHERE text LIKE 'secret%' UNION ALL SELECT 1 FROM pieces WHERE segments::text LIKE '%secret%'`.execute(
      db,
    );
  expect(rows).toEqual([]);
  // What comes later near it is a conversation of its own, and does not bring the deleted one back.
  await placer.place(recording('later', 20, 'new'));
  expect(await timelineOf(db, 'ada')).toEqual(['new', 'harmless']);
});

/** Deletes the first conversation of a person. */
it('a tombstone knows the hash of the content, and nothing else of it, whoever writes into it', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(recording('a', 0, 'secret'));
  await db
    .updateTable('recordings')
    .set({ codec: '{"codec":"opus"}', heard_ms: 5, timings: '{"totalMs":1}' })
    .execute();
  await removeRecording(parts, 'ada', 'a');
  // As a worker of the version before does when it ends hearing.
  await db
    .updateTable('recordings')
    .set({ duration_ms: 9, heard_ms: 9, timings: '{"listenMs":1}' })
    .execute();
  const [row] = await db.selectFrom('recordings').selectAll().execute();
  const { id, user_id, sha256, outcome, code, attempt, accepted_at_ms, finished_at_ms, ...rest } = row ?? {};
  expect({ id, user_id, sha256, outcome, code, attempt }).toEqual({
    id: 'a',
    user_id: 'ada',
    sha256: 'a',
    outcome: 'deleted',
    code: 'deleted',
    attempt: 2,
  });
  expect([accepted_at_ms, finished_at_ms].every(Number.isInteger)).toBe(true);
  // New columns are tried by themselves: a tombstone has nothing in them.
  const nothing = [null, '', 0, false, '{}', 'fresh'];
  for (const [column, value] of Object.entries(rest))
    expect(nothing, column).toContain(typeof value === 'object' && value ? JSON.stringify(value) : value);
});

it("does not let one person delete another's things", async () => {
  const { placer, parts, db } = await placedTimeline();
  await placer.place(recording('a', 0, 'mine'));
  await placer.place(recording('b', 0, 'his', { userId: 'bob' }));
  const mine = await db
    .selectFrom('conversations')
    .select('id')
    .where('user_id', '=', 'ada')
    .executeTakeFirstOrThrow();
  await expect(removeRecording(parts, 'bob', 'a')).rejects.toMatchObject({ code: 'not_found' });
  await expect(removeConversation(parts, 'bob', mine.id)).rejects.toMatchObject({ code: 'not_found' });
  expect(await timelineOf(db, 'ada')).toEqual(['mine']);
});

it('frees a blob only when the last person who refers to it is gone', async () => {
  const { db, blobs, parts } = await placedTimeline();
  const stored = await blobs.put(
    (async function* () {
      yield Buffer.from('shared');
    })(),
  );
  const file = { name: 'audio_omi_opus_16000_1_fs160_1774000000.bin', startedAtMs: null, ...stored };
  for (const userId of ['ada', 'bob']) await acceptUpload(parts, { userId, deviceId: 'phone' }, [file]);
  await removeUser(parts, 'ada');
  expect(await hasContent(db, blobs, stored.sha256)).toBe(true);
  const his = await db.selectFrom('recordings').select('id').executeTakeFirstOrThrow();
  await removeRecording(parts, 'bob', his.id);
  expect(await hasContent(db, blobs, stored.sha256)).toBe(false);
});

it('cancels what an upload has not finished, and nothing that another one sent as well', async () => {
  const { db, blobs, parts } = await placedTimeline();
  const file = async (content: string, atS: number) => ({
    name: `audio_omi_opus_16000_1_fs160_${atS}.bin`,
    startedAtMs: null,
    ...(await blobs.put(
      (async function* () {
        yield Buffer.from(content);
      })(),
    )),
  });
  const sender = { userId: 'ada', deviceId: 'phone' };
  const [done, alone, shared] = [
    await file('done', 1_774_000_000),
    await file('alone', 1_774_000_060),
    await file('shared', 1_774_000_120),
  ];
  const uploadId = await acceptUpload(parts, sender, [done, alone, shared]);
  await acceptUpload(parts, sender, [shared]);
  await db
    .updateTable('recordings')
    .set({ outcome: 'silent', finished_at_ms: 1 })
    .where('sha256', '=', done.sha256)
    .execute();
  await cancelUpload(parts, 'ada', uploadId);
  const outcomes = (await readUpload(db, 'ada', uploadId))?.files.map((f) => f.outcome);
  expect(outcomes).toEqual(['silent', 'deleted', 'waiting']);
  expect(await Promise.all([done, alone, shared].map((f) => hasContent(db, blobs, f.sha256)))).toEqual([
    true,
    false,
    true,
  ]);
});
