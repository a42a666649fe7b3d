/** No view and no route shows a person a row of somebody else. */
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readCalls } from '../../src/views/calls.ts';
import { listConversations, readConversation } from '../../src/views/conversations.ts';
import { heardElsewhere } from '../../src/views/heard-elsewhere.ts';
import { conversationsOf } from '../../src/views/links.ts';
import { speechWithoutWords } from '../../src/views/lost-sound.ts';
import { listRecordings, readRecording } from '../../src/views/recordings.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { databaseForTest } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const VIEWS = new URL('../../src/views/', import.meta.url);
const API = new URL('../../src/api/', import.meta.url);

it('every view tells the owner and nobody else', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  try {
    const words = [{ atS: 0, forS: 5, text: 'hello there' }];
    const told = { userId: 'ada', microphone: 'omi', startedAtMs: 1_774_000_000_000, words };
    await placer.place({ ...told, id: 'a' });
    await placer.place({ ...told, id: 'again' });
    await db
      .insertInto('uploads')
      .values({ id: 'u', user_id: 'ada', content_key: 'k', accepted_at_ms: 1 })
      .execute();
    const receipt = { upload_id: 'u', position: 0, name: 'a', recording_id: 'a', known: false };
    await db.insertInto('upload_files').values(receipt).execute();
    const piece = { recording_id: 'a', ordinal: 9, start_ms: 9000, end_ms: 9500, provider: 'p', model: 'm' };
    await db
      .insertInto('pieces')
      .values({ ...piece, segments: '[]', guards: '[]', unintelligible: true })
      .execute();
    const call = { recording_id: 'a', user_id: 'ada', provider: 'p', model: 'm', started_at_ms: 1 };
    await db.insertInto('provider_calls').values(call).execute();
    const { id } = await db
      .selectFrom('conversations')
      .select('id')
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow();
    const page = { limit: 10, after: null };
    const recordings = ['a', 'again'];
    const views: Record<string, (userId: string) => Promise<unknown>> = {
      readUpload: (userId) => readUpload(db, userId, 'u'),
      readRecording: (userId) => readRecording(db, userId, 'a'),
      listRecordings: (userId) => listRecordings(db, userId, { ...page, outcome: null }),
      readConversation: (userId) => readConversation(db, userId, id),
      listConversations: (userId) => listConversations(db, userId, page),
      readCalls: (userId) => readCalls(db, userId, 'a'),
      conversationsOf: async (userId) => (await conversationsOf(db, userId, recordings)).all,
      heardElsewhere: async (userId) => recordings.flatMap(await heardElsewhere(db, userId, recordings)),
      speechWithoutWords: async (userId) => [...(await speechWithoutWords(db, userId, recordings)).keys()],
    };
    for (const [name, view] of Object.entries(views)) {
      const [own, others] = [await view('ada'), await view('bob')];
      expect(Array.isArray(own) ? own.length : own, name).toBeTruthy();
      expect(Array.isArray(others) ? others : [others].filter(Boolean), name).toEqual([]);
    }
  } finally {
    await placer.stop();
  }
});

it('every function of a view that takes the database takes the person, and no route compares owners', async () => {
  // These two say that an id is known, and wait for what `readUpload` answers to the person who asks.
  const excepted = ['uploadExists', 'waitForUpload'];
  const names: string[] = [];
  for (const file of await readdir(VIEWS, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const source = await readFile(new URL(file, VIEWS), 'utf8');
    for (const [, name = '', parameters = ''] of source.matchAll(/export async function (\w+)\(([^)]*)\)/g)) {
      names.push(name);
      if (!excepted.includes(name)) expect(parameters, name).toMatch(/db: \w+,\s*userId: string/);
    }
  }
  expect(names.length).toBeGreaterThan(8);
  for (const file of await readdir(API, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const source = await readFile(new URL(file, API), 'utf8');
    expect(source, file).not.toMatch(/(userId|user_id) [!=]== (senderOf|userId)/);
  }
});
