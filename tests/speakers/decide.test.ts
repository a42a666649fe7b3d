import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { type Decision, decideSpeaker } from '../../src/speakers/decide.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { readConversation } from '../../src/views/conversations.ts';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);

async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-speakers-'));
  const placer = await startPlacer(databaseUrl);
  onTestFinished(async () => {
    await placer.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a reader sees: in each conversation who says what, and who there is. */
  const seen = async () => {
    const ids = await db
      .selectFrom('conversations')
      .select('id')
      .where('merged_into', 'is', null)
      .orderBy('started_at_ms')
      .execute();
    return await Promise.all(
      ids.map(async ({ id }) => {
        const view = await readConversation(db, 'ada', id);
        if (!view) throw new Error(`conversation ${id} is not there`);
        return view;
      }),
    );
  };
  return {
    db,
    placer,
    parts: { db, blobs: new FolderBlobStore(folder), quietMs: 0 },
    seen,
    said: async () =>
      (await seen()).map(({ segments }) =>
        segments.map(({ speaker, text }) => `${speaker}: ${text}`).join(', '),
      ),
    /** By what is said: of whoever says that. */
    decide: async (text: string, decision: Decision) => {
      for (const { id, segments } of await seen()) {
        const speakerId = segments.find((segment) => segment.text === text)?.speakerId;
        if (speakerId) return await decideSpeaker(db, 'ada', { conversationId: id, speakerId }, decision);
      }
      throw new Error(`nobody says ${text}`);
    },
    speakerOf: async (text: string) => {
      const all = (await seen()).flatMap(({ segments }) => segments);
      return all.find((segment) => segment.text === text)?.speakerId ?? 'nobody';
    },
    names: async () =>
      (await db.selectFrom('speakers').select('name').where('name', 'is not', null).execute()).map(
        ({ name }) => name,
      ),
  };
}

/** One piece with one voice for each word of the text, or none with `-`. */
function recording(id: string, atS: number, text: string, speaker: string | undefined = 'S'): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + atS * 1000,
    words: text
      .split(' ')
      .map((word, w) => ({ atS: 2 * w, forS: 1, text: word, ...(speaker === '-' ? {} : { speaker }) })),
  };
}

it('shows every voice as a speaker of its own, in the order in which they are first heard', async () => {
  const { placer, seen, said } = await setUp();
  await placer.place(recording('b', 60, 'bye'));
  await placer.place(recording('a', 0, 'hello there'));
  await placer.place(recording('c', 70, 'whoever', '-'));
  expect(await said()).toEqual(['Speaker 1: hello, Speaker 2: there, Speaker 3: bye, null: whoever']);
  const [conversation] = await seen();
  expect(conversation?.speakers).toEqual(
    [1, 2, 3].map((number) => ({
      id: expect.stringMatching(/^spk_/),
      name: null,
      label: `Speaker ${number}`,
      spokenMs: 1000,
      isOwner: false,
    })),
  );
});

it('writes the same voices whoever places a recording, and however often', async () => {
  const { placer, speakerOf, db } = await setUp();
  await placer.place(recording('a', 0, 'hello'));
  const before = await speakerOf('hello');
  await db.updateTable('recordings').set({ finished_at_ms: null }).execute();
  await placer.place(recording('a', 0, 'hello'));
  expect(await speakerOf('hello')).toBe(before);
  expect(await db.selectFrom('voices').selectAll().execute()).toHaveLength(1);
});

it('keeps a name through growth, a merge and a split', async () => {
  const { placer, said, decide, parts } = await setUp();
  await placer.place(recording('a', 0, 'hello there'));
  await placer.place(recording('c', 200, 'bye'));
  await decide('hello', { name: 'Ana' });
  await decide('bye', { name: 'Ben' });
  await placer.place(recording('b', 100, 'so'));
  expect(await said()).toEqual(['Ana: hello, Speaker 2: there, Speaker 3: so, Ben: bye']);
  await removeRecording(parts, 'ada', 'b');
  expect(await said()).toEqual(['Ana: hello, Speaker 2: there', 'Ben: bye']);
  await decide('hello', { name: null });
  expect(await said()).toEqual(['Speaker 1: hello, Speaker 2: there', 'Ben: bye']);
});

it('takes two speakers for one when the user says so, in both halves of a split as well', async () => {
  const { placer, said, decide, speakerOf, parts, names } = await setUp();
  for (const r of [recording('a', 0, 'hello'), recording('b', 100, 'so'), recording('c', 200, 'bye')])
    await placer.place(r);
  await decide('hello', { name: 'Ana' });
  await decide('hello', { sameAs: await speakerOf('bye') });
  // The one who stays had no name yet.
  expect(await said()).toEqual(['Ana: hello, Speaker 2: so, Ana: bye']);
  await decide('bye', { sameAs: await speakerOf('hello') });
  expect(await said()).toEqual(['Ana: hello, Speaker 2: so, Ana: bye']);
  await removeRecording(parts, 'ada', 'b');
  expect(await said()).toEqual(['Ana: hello', 'Ana: bye']);
  await removeRecording(parts, 'ada', 'a');
  expect(await names()).toEqual(['Ana']);
  await removeRecording(parts, 'ada', 'c');
  expect(await names()).toEqual([]);
});

it('finds a speaker by the id that one of their voices had before', async () => {
  const { db, placer, decide, speakerOf, seen, said } = await setUp();
  await placer.place(recording('a', 0, 'hello there'));
  const before = await speakerOf('hello');
  await decide('hello', { sameAs: await speakerOf('there') });
  const [conversation] = await seen();
  const at = { conversationId: conversation?.id ?? '', speakerId: before };
  await decideSpeaker(db, 'ada', at, { name: 'Ana' });
  expect(await said()).toEqual(['Ana: hello, Ana: there']);
  await expect(decideSpeaker(db, 'bob', at, { name: 'Mine' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(
    decideSpeaker(db, 'ada', { ...at, speakerId: 'spk_none' }, { name: 'Nobody' }),
  ).rejects.toMatchObject({ code: 'not_found' });
  await expect(decideSpeaker(db, 'ada', at, { sameAs: 'spk_none' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('does not make a conversation new', async () => {
  const { db, placer, decide } = await setUp();
  await placer.place(recording('a', 0, 'hello'));
  const revisions = () =>
    db.selectFrom('conversations').select(['revision', 'understood_revision']).execute();
  const before = await revisions();
  await decide('hello', { name: 'Ana' });
  expect(await revisions()).toEqual(before);
});

it('leaves nobody behind when a conversation or a person is deleted', async () => {
  const { db, placer, parts, seen, decide } = await setUp();
  const rows = async () => [
    ...(await db.selectFrom('voices').select('id').execute()),
    ...(await db.selectFrom('speakers').select('id').execute()),
  ];
  await placer.place(recording('a', 0, 'hello there'));
  await decide('hello', { name: 'Ana' });
  await removeConversation(parts, 'ada', (await seen())[0]?.id ?? '');
  expect(await rows()).toEqual([]);
  await placer.place(recording('b', 500, 'again'));
  await decide('again', { name: 'Ana' });
  await removeUser(parts, 'ada');
  expect(await rows()).toEqual([]);
});
