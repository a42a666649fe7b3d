import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { placedTimeline, timelineOf } from '../support/timeline.ts';
import { recording, START_MS } from './scene.ts';

async function removeFirst(
  { db, parts }: Pick<Awaited<ReturnType<typeof placedTimeline>>, 'db' | 'parts'>,
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

const outcomeOf = async ({ db }: Pick<Awaited<ReturnType<typeof placedTimeline>>, 'db'>, id: string) =>
  await db
    .selectFrom('recordings')
    .select(['outcome', 'code'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

it('a deleted conversation does not come back by a copy that comes later, longer or shorter', async () => {
  const scene = await placedTimeline();
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
  const scene = await placedTimeline();
  const { db, placer } = scene;
  await placer.place(recording('a', 0, 'secret'));
  await placer.hear(recording('b', 1, 'secret', { words: [{ atS: 0, forS: 9, text: 'secret' }] }));
  await removeFirst(scene);
  await placer.place(recording('b', 1, 'secret'));
  expect(await timelineOf(db, 'ada')).toEqual([]);
});

it('does not come back either when the recording it was in is deleted as well', async () => {
  const scene = await placedTimeline();
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
  const scene = await placedTimeline();
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
  const scene = await placedTimeline();
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
  const scene = await placedTimeline();
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
  const scene = await placedTimeline();
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
