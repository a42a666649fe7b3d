import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { cancelUpload, removeRecording } from '../../src/removal/remove-recording.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { hasContent } from '../support/content.ts';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, startPlacer, timelineOf } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);

async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-removal-'));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(async () => {
    await placer.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { db, blobs, placer, parts: { db, blobs, quietMs: 0 } };
}

function recording(
  id: string,
  atS: number,
  text: string,
  more: Partial<HeardRecording> = {},
): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + atS * 1000,
    words: [{ atS: 0, forS: 10, text }],
    ...more,
  };
}

it('splits a conversation when the recording that bridged it is deleted', async () => {
  const { db, placer, parts } = await setUp();
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
  const { db, placer, parts } = await setUp();
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
  const { db, placer, parts } = await setUp();
  await placer.place(recording('a', 0, 'What was said then.'));
  await placer.place(recording('b', 1, '', { words: [{ atS: 0, forS: 9, text: 'what was said then' }] }));
  expect(await timelineOf(db, 'ada')).toEqual(['What was said then.']);
  await removeRecording(parts, 'ada', 'a');
  expect(await timelineOf(db, 'ada')).toEqual(['what was said then']);
});

it('deletes a conversation with its repetitions, and leaves what a recording says elsewhere', async () => {
  const { db, placer, parts } = await setUp();
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
async function removeFirst(
  { db, parts }: Pick<Awaited<ReturnType<typeof setUp>>, 'db' | 'parts'>,
  userId = 'ada',
) {
  const { id } = await db
    .selectFrom('conversations')
    .select('id')
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .orderBy('started_at_ms')
    .executeTakeFirstOrThrow();
  await removeConversation(parts, userId, id);
}

const outcomeOf = async ({ db }: Pick<Awaited<ReturnType<typeof setUp>>, 'db'>, id: string) =>
  await db
    .selectFrom('recordings')
    .select(['outcome', 'code'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

it('a deleted conversation does not come back by a copy that comes later, longer or shorter', async () => {
  const scene = await setUp();
  const { db, placer } = scene;
  await placer.place(recording('a', 0, 'secret', { words: [{ atS: 0, forS: 60, text: 'secret' }] }));
  await removeFirst(scene);
  const copies = [
    recording('same', 0, '', { words: [{ atS: 0, forS: 60, text: 'secret' }] }),
    // A clock that was corrected between two transfers.
    recording('late', 3, '', { words: [{ atS: 0, forS: 60, text: 'secret' }] }),
    recording('part', 30, '', { words: [{ atS: 0, forS: 15, text: 'secret' }] }),
  ];
  for (const copy of copies) {
    await placer.place(copy);
    expect(await outcomeOf(scene, copy.id)).toEqual({ outcome: 'silent', code: 'conversation_deleted' });
  }
  // The file was flushed early, and comes whole: what it says beyond is new.
  await placer.place(
    recording('whole', 0, '', {
      words: [
        { atS: 0, forS: 60, text: 'secret' },
        { atS: 70, forS: 20, text: 'harmless' },
      ],
    }),
  );
  // Another microphone, another person, another time.
  await placer.place(recording('other', 300, '', { words: [{ atS: 0, forS: 60, text: 'later' }] }));
  await placer.place(recording('his', 0, 'his', { userId: 'bob' }));
  expect(await timelineOf(db, 'ada')).toEqual(['harmless', 'later']);
  expect(await timelineOf(db, 'bob')).toEqual(['his']);
  const { rows } = await sql`SELECT 1 FROM pieces WHERE segments::text LIKE '%secret%'`.execute(db);
  expect(rows).toEqual([]);
});

it('a copy that was being heard while the conversation was deleted says nothing of it either', async () => {
  const scene = await setUp();
  const { db, placer } = scene;
  await placer.place(recording('a', 0, 'secret'));
  await placer.hear(recording('b', 1, 'secret', { words: [{ atS: 0, forS: 9, text: 'secret' }] }));
  await removeFirst(scene);
  await placer.place(recording('b', 1, 'secret'));
  expect(await timelineOf(db, 'ada')).toEqual([]);
});

it('does not come back either when the recording it was in is deleted as well', async () => {
  const scene = await setUp();
  const { db, placer, parts } = scene;
  await placer.place(
    recording('a', 0, '', {
      words: [
        { atS: 0, forS: 10, text: 'secret' },
        { atS: 500, forS: 10, text: 'harmless' },
      ],
    }),
  );
  await removeFirst(scene);
  await removeRecording(parts, 'ada', 'a');
  await placer.place(recording('b', 1, 'secret', { words: [{ atS: 0, forS: 9, text: 'secret' }] }));
  expect(await timelineOf(db, 'ada')).toEqual([]);
});

it('what is asked back is back, copies or not', async () => {
  const scene = await setUp();
  const { db, placer } = scene;
  await placer.place(recording('a', 0, 'secret'));
  await placer.place(recording('b', 1, 'secret', { words: [{ atS: 0, forS: 9, text: 'secret too' }] }));
  await removeFirst(scene);
  expect(await outcomeOf(scene, 'a')).toMatchObject({ outcome: 'deleted' });
  // As sending it again with ?restore=true does.
  await db
    .updateTable('recordings')
    .set({
      outcome: 'waiting',
      attempt: 1,
      finished_at_ms: null,
      started_at_ms: START_MS,
      microphone: 'omi',
      device_id: 'phone',
      restored_at_ms: Date.now() + 1,
    })
    .where('id', '=', 'a')
    .execute();
  await placer.place(recording('a', 0, 'secret'));
  expect(await timelineOf(db, 'ada')).toEqual(['secret']);
});

it('a copy of which nothing is shown is heard again when it is sent with ?restore=true', async () => {
  const scene = await setUp();
  const { db, placer, parts, blobs } = scene;
  await placer.place(recording('a', 0, 'secret'));
  await removeFirst(scene);
  const stored = await blobs.put(
    (async function* () {
      yield Buffer.from('a copy');
    })(),
  );
  const file = { name: `audio_omi_opus_16000_1_fs160_${START_MS / 1000}.bin`, startedAtMs: null, ...stored };
  const send = async (restore: boolean) =>
    await acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, [file], { restore });
  await send(false);
  const { id } = await db
    .selectFrom('recordings')
    .select('id')
    .where('sha256', '=', stored.sha256)
    .executeTakeFirstOrThrow();
  await placer.place(recording(id, 0, 'secret'));
  expect(await outcomeOf(scene, id)).toEqual({ outcome: 'silent', code: 'conversation_deleted' });
  await send(false);
  expect(await outcomeOf(scene, id)).toMatchObject({ outcome: 'silent' });
  await send(true);
  expect(await outcomeOf(scene, id)).toMatchObject({ outcome: 'waiting' });
  await placer.place({ ...recording(id, 0, 'secret'), attempt: 2 });
  expect(await timelineOf(db, 'ada')).toEqual(['secret']);
});

it('what was hidden for a deletion is told, and comes back when its file is sent with ?restore=true', async () => {
  const scene = await setUp();
  const { db, placer, parts, blobs } = scene;
  const said = (text: string) => [
    { atS: 0, forS: 10, text },
    { atS: 500, forS: 10, text: `more ${text}` },
  ];
  await placer.place(recording('a', 0, '', { words: said('secret') }));
  await removeFirst(scene);
  const stored = await blobs.put(
    (async function* () {
      yield Buffer.from('of another recorder at the same time');
    })(),
  );
  // The time that it is sent with now is not taken: what is there keeps its own.
  const name = `audio_omi_opus_16000_1_fs160_${START_MS / 1000 + 3600}.bin`;
  const send = async (restore: boolean) => {
    const file = { name, startedAtMs: null, ...stored };
    const uploadId = await acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, [file], { restore });
    return await readUpload(db, 'ada', uploadId);
  };
  const other = { ...recording('b', 0, '', { words: said('mine') }) };
  await placer.place(other);
  await db.updateTable('recordings').set({ sha256: stored.sha256 }).where('id', '=', 'b').execute();
  expect(await timelineOf(db, 'ada')).toEqual(['more mine more secret']);
  expect(await outcomeOf(scene, 'b')).toEqual({ outcome: 'completed', code: 'conversation_deleted' });
  await send(false);
  expect(await outcomeOf(scene, 'b')).toMatchObject({ outcome: 'completed' });
  const upload = await send(true);
  expect(upload?.files).toMatchObject([{ outcome: 'waiting', startedAtMs: START_MS }]);
  expect(await timelineOf(db, 'ada')).toEqual(['more mine more secret']);
  await placer.place({ ...other, attempt: 2 });
  expect(await timelineOf(db, 'ada')).toEqual(['mine', 'more mine more secret']);
  expect(await outcomeOf(scene, 'b')).toEqual({ outcome: 'completed', code: null });
  // Nothing more is missing of it: then asking for it is no work.
  await send(true);
  expect(await outcomeOf(scene, 'b')).toMatchObject({ outcome: 'completed' });
});

it('one of two deleted conversations comes back when their file is sent with ?restore=true', async () => {
  const scene = await setUp();
  const { db, placer, parts, blobs } = scene;
  const words = [
    { atS: 0, forS: 10, text: 'deleted' },
    { atS: 500, forS: 10, text: 'kept' },
  ];
  await placer.place(recording('a', 0, '', { words }));
  const stored = await blobs.put(
    (async function* () {
      yield Buffer.from('two conversations');
    })(),
  );
  await db.updateTable('recordings').set({ sha256: stored.sha256 }).execute();
  await removeFirst(scene);
  expect(await timelineOf(db, 'ada')).toEqual(['kept']);
  // A name without a time takes nothing away either.
  const file = { name: 'two.bin', startedAtMs: null, ...stored };
  await acceptUpload(parts, { userId: 'ada', deviceId: 'phone' }, [file], { restore: true });
  expect(await outcomeOf(scene, 'a')).toMatchObject({ outcome: 'waiting' });
  await placer.place({ ...recording('a', 0, '', { words }), attempt: 2 });
  expect(await timelineOf(db, 'ada')).toEqual(['deleted', 'kept']);
});

it('a tombstone knows the hash of the content, and nothing else of it, whoever writes into it', async () => {
  const { db, placer, parts } = await setUp();
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
  const { placer, parts, db } = await setUp();
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
  const { db, blobs, parts } = await setUp();
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
  const { db, blobs, parts } = await setUp();
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
