import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { cancelUpload } from '../../src/removal/cancel-upload.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { removeUser } from '../../src/removal/remove-user.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { readUpload } from '../../src/views/uploads.ts';
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
  await placer.place(recording('a', 0, 'first'));
  await placer.place(recording('b', 1, 'again', { words: [{ atS: 0, forS: 9, text: 'again' }] }));
  expect(await timelineOf(db, 'ada')).toEqual(['first']);
  await removeRecording(parts, 'ada', 'a');
  expect(await timelineOf(db, 'ada')).toEqual(['again']);
});

it('deletes a conversation with its repetitions, and leaves what a recording says elsewhere', async () => {
  const { db, placer, parts } = await setUp();
  await placer.place(
    recording('long', 0, '', {
      words: [
        { atS: 0, forS: 10, text: 'secret' },
        { atS: 500, forS: 10, text: 'harmless' },
      ],
    }),
  );
  await placer.place(
    recording('copy', 1, 'secret again', { words: [{ atS: 0, forS: 9, text: 'secret again' }] }),
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
  expect(await blobs.has(stored.sha256)).toBe(true);
  const his = await db.selectFrom('recordings').select('id').executeTakeFirstOrThrow();
  await removeRecording(parts, 'bob', his.id);
  expect(await blobs.has(stored.sha256)).toBe(false);
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
  const outcomes = (await readUpload(db, uploadId))?.files.map((f) => f.outcome);
  expect(outcomes).toEqual(['silent', 'deleted', 'waiting']);
  expect(await Promise.all([done, alone, shared].map((f) => blobs.has(f.sha256)))).toEqual([
    true,
    false,
    true,
  ]);
});
