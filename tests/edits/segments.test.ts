/** Corrected words and named speakers stay with their sound, on a real database. */
import { expect, it } from 'vitest';
import { addPerson, changePerson, removePerson } from '../../src/edits/people.ts';
import { changeSegments } from '../../src/edits/segments.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { decideSpeaker } from '../../src/speakers/decide.ts';
import { readConversation } from '../../src/views/conversations.ts';
import { listPeople } from '../../src/views/people.ts';
import { type HeardRecording, placedTimeline } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);
const ADA = { userId: 'ada', by: 'phone' };

function said(attempt: number, ...words: [atS: number, forS: number, text: string][]): HeardRecording {
  return {
    id: 'rec',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS,
    attempt,
    words: words.map(([atS, forS, text]) => ({ atS, forS, text, speaker: 'S' })),
  };
}

async function setUp() {
  const scene = await placedTimeline();
  const { db, placer } = scene;
  await placer.place(said(1, [0, 4, 'we men the roof'], [10, 4, 'yes']));
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const seen = async () => {
    const view = await readConversation(db, 'ada', id);
    return (view?.segments ?? []).map(({ text, heardText, speaker }) => [text, heardText, speaker]);
  };
  const hearAgain = async (attempt: number, ...words: [number, number, string][]) => {
    await db.deleteFrom('pieces').execute();
    await db
      .updateTable('recordings')
      .set({ outcome: 'processing', finished_at_ms: null, attempt })
      .execute();
    await placer.place(said(attempt, ...words));
  };
  const idOf = async (text: string) =>
    (await db.selectFrom('segments').select('id').where('text', '=', text).executeTakeFirstOrThrow()).id;
  return { ...scene, id, seen, hearAgain, idOf };
}

it('a corrected text and a named speaker survive hearing again, another cut and another time', async () => {
  const { db, parts, id, seen, hearAgain, idOf } = await setUp();
  const anna = await addPerson(db, 'ada', { name: 'Anna' }, 'UTC');
  expect(await addPerson(db, 'ada', { name: 'Anna' }, 'UTC')).toBe(anna);
  const change = { id: await idOf('we men the roof'), text: 'We mend the roof.', speakerId: anna };
  await changeSegments(db, ADA, id, [change]);
  const corrected = ['We mend the roof.', 'we men the roof', 'Anna'];
  expect(await seen()).toEqual([corrected, ['yes', null, 'Speaker 2']]);
  await changeSegments(db, ADA, id, [change]);
  expect(await db.selectFrom('decisions').selectAll().execute()).toHaveLength(2);

  await hearAgain(2, [0, 4, 'women the roof'], [10, 4, 'yes']);
  expect(await seen()).toEqual([
    ['We mend the roof.', 'women the roof', 'Anna'],
    ['yes', null, 'Speaker 2'],
  ]);
  await hearAgain(3, [0, 2, 'we men'], [2, 2, 'a roof'], [10, 4, 'yes']);
  expect(await seen()).toEqual([
    ['We mend', 'we men', 'Anna'],
    ['the roof.', 'a roof', 'Anna'],
    ['yes', null, 'Speaker 2'],
  ]);
  await setTime(parts, 'ada', 'rec', START_MS + 9_000_000);
  expect((await seen()).map(([text]) => text)).toEqual(['We mend', 'the roof.', 'yes']);

  await changeSegments(db, ADA, id, [
    { id: await idOf('we men'), text: null, speakerId: null },
    { id: await idOf('a roof'), text: null, speakerId: null },
  ]);
  expect((await seen()).map(([text, heard]) => [text, heard])).toEqual([
    ['we men', null],
    ['a roof', null],
    ['yes', null],
  ]);
});

it('all corrections of a request are made or none, and speakers of others are not known', async () => {
  const { db, id, seen, idOf } = await setUp();
  const before = await seen();
  const own = await idOf('yes');
  const of = (...changes: Parameters<typeof changeSegments>[3]) => changeSegments(db, ADA, id, changes);
  await expect(of({ id: own, text: 'no' }, { id: 'other', text: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  });
  const bobs = await addPerson(db, 'bob', { name: 'Bob' }, 'UTC');
  await expect(of({ id: own, speakerId: bobs })).rejects.toMatchObject({ code: 'unknown_speaker' });
  await expect(changePerson(db, 'ada', bobs, { name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(removePerson(db, 'ada', bobs)).rejects.toMatchObject({ code: 'not_found' });
  expect(await seen()).toEqual(before);
});

it('a person gets all of a voice, is one of two who is the owner, and is forgotten with their name', async () => {
  const { db, parts, id, seen, idOf } = await setUp();
  const anna = await addPerson(db, 'ada', { name: 'Anna', isOwner: true }, 'UTC');
  const ben = await addPerson(db, 'ada', { name: 'Ben' }, 'UTC');
  const view = await readConversation(db, 'ada', id);
  const speakerId = view?.segments[0]?.speakerId ?? '';
  await decideSpeaker(db, 'ada', { conversationId: id, speakerId }, { sameAs: anna });
  expect((await seen()).map(([, , speaker]) => speaker)).toEqual(['Anna', 'Speaker 2']);
  await changeSegments(db, ADA, id, [{ id: await idOf('yes'), speakerId: anna }]);
  await changePerson(db, 'ada', ben, { isOwner: true });
  expect((await listPeople(db, 'ada')).map(({ name, isOwner }) => [name, isOwner])).toEqual([
    ['Anna', false],
    ['Ben', true],
  ]);
  await removePerson(db, 'ada', anna);
  expect((await seen()).map(([, , speaker]) => speaker)).toEqual(['Speaker 1', 'Speaker 2']);
  expect(await listPeople(db, 'ada')).toHaveLength(1);
  // With the sound goes what was said about it; a person who was added stays.
  await changeSegments(db, ADA, id, [{ id: await idOf('yes'), text: 'no', speakerId: ben }]);
  await removeRecording(parts, 'ada', 'rec');
  expect(await db.selectFrom('decisions').selectAll().execute()).toEqual([]);
  expect(await listPeople(db, 'ada')).toHaveLength(1);
  await removeUser(parts, 'ada');
  for (const table of ['speakers', 'decisions', 'action_items'] as const)
    expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
});
