/** Omi's routes that read conversations, as its app asks and parses them. */
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Understanding } from '../../src/meaning/understanding.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { type HeardRecording, type Placer, startPlacer } from '../support/timeline.ts';
import { AppConversation } from './omi-parser.ts';

const START_MS = Date.UTC(2026, 2, 20, 8);
const HOUR_MS = 3_600_000;

const understanding: Understanding = {
  title: 'The roof',
  overview: 'The roof is mended before winter.',
  emoji: '🏠',
  category: 'family',
  keyPoints: [],
  actionItems: [
    {
      description: 'Call the builders',
      dueAtMs: START_MS + HOUR_MS,
      dueText: 'at nine',
      segmentId: 'x',
      context: 'They wait',
    },
    { description: 'Measure the roof', dueAtMs: null, dueText: null, segmentId: 'x' },
  ],
  sections: [{ heading: 'Winter', body: '- it comes', segmentIds: ['x'] }],
  events: [{ title: 'Visit', description: '', startsAtMs: START_MS + HOUR_MS, minutes: 45, segmentId: 'x' }],
  folder: { id: 'personal', confidence: 0.9 },
  madeBy: { kind: 'language-model', model: 'm', version: '1' },
};

async function setUp(): Promise<{ api: TestApi; placer: Placer }> {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  return { api, placer };
}

const talk = (id: string, hour: number, microphone = 'omi'): HeardRecording => ({
  id,
  userId: 'local',
  microphone,
  deviceId: '0123abcd',
  startedAtMs: START_MS + hour * HOUR_MS,
  words: [
    { atS: 2, forS: 5, text: `we talk about ${id}`, speaker: 'a' },
    { atS: 10, forS: 5, text: 'and agree', speaker: 'b' },
  ],
});

async function get(api: TestApi, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${api.url}${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

async function understand(
  { db }: TestApi,
  id: string,
  what: Understanding | null = understanding,
): Promise<void> {
  await db
    .updateTable('conversations')
    .set(({ ref }) => ({ understanding: JSON.stringify(what), understood_revision: ref('revision') }))
    .where('id', '=', id)
    .execute();
}

async function idOf({ db }: TestApi, recordingId: string): Promise<string> {
  const row = await db
    .selectFrom('segments')
    .select('conversation_id')
    .where('recording_id', '=', recordingId)
    .executeTakeFirstOrThrow();
  return row.conversation_id ?? '';
}

const ids = (body: unknown) =>
  z
    .array(AppConversation)
    .parse(body)
    .map(({ id }) => id);

it("the app's parser reads a conversation before and after its title is made, in the list and by its id", async () => {
  const { api, placer } = await setUp();
  await placer.place(talk('one', 0));
  const place = { latitude: 59.3, longitude: 18, address: null, google_place_id: null, location_type: null };
  await api.db
    .insertInto('captures')
    .values({ recording_id: 'one', user_id: 'local', geolocation: JSON.stringify(place), noted_at_ms: 1 })
    .execute();
  const id = await idOf(api, 'one');
  const before = AppConversation.parse((await get(api, `/v1/conversations/${id}`)).body);
  expect(before).toMatchObject({
    status: 'processing',
    structured: { title: '', emoji: '🧠', category: 'other' },
  });
  await understand(api, id);
  const after = AppConversation.parse((await get(api, `/v1/conversations/${id}`)).body);
  expect(after).toMatchObject({
    id,
    status: 'completed',
    created_at: new Date(START_MS + 2000).toISOString(),
    started_at: new Date(START_MS + 2000).toISOString(),
    finished_at: new Date(START_MS + 15_000).toISOString(),
    source: 'omi',
    client_device_id: '0123abcd',
    geolocation: place,
    folder_id: 'personal',
    audio_files: [{ id: 'conversation', uid: 'local', conversation_id: id, duration: 13 }],
    discarded: false,
    visibility: 'private',
    structured: {
      title: 'The roof',
      category: 'family',
      sections: [{ heading: 'Winter', body_markdown: '- it comes' }],
      action_items: [
        {
          description: 'Call the builders',
          due_at: new Date(START_MS + HOUR_MS).toISOString(),
          completed: false,
        },
        { description: 'Measure the roof', due_at: null, completed_at: null },
      ],
      events: [{ title: 'Visit', duration: 45, start: new Date(START_MS + HOUR_MS).toISOString() }],
    },
    transcript_segments: [
      { text: 'we talk about one', start: 0, end: 5, speaker: 'SPEAKER_00', speaker_id: 0, is_user: false },
      { text: 'and agree', start: 8, end: 13, speaker: 'SPEAKER_01', speaker_id: 1, stt_provider: 'test' },
    ],
  });
  const { body } = await get(api, '/v1/conversations?include_discarded=true&limit=50&offset=0&statuses=');
  const [listed] = z.array(AppConversation).parse(body);
  const { transcript_segments: _, language: __, ...rest } = after;
  expect(listed).toMatchObject({ ...rest, language: null });
  // Words that are not loaded are not an empty transcript.
  expect(listed?.transcript_segments).toBeUndefined();
});

it('lists by page, status, time, source and folder, and counts the same', async () => {
  const { api, placer } = await setUp();
  await placer.place(talk('first', 0));
  await placer.place(talk('second', 1, 'limitless'));
  await placer.place(talk('third', 2, 'omibatchphone'));
  const [first = '', second = '', third = ''] = await Promise.all(
    ['first', 'second', 'third'].map(async (one) => await idOf(api, one)),
  );
  await understand(api, first);
  await understand(api, second, { ...understanding, folder: { id: 'work', confidence: null } });
  const at = (hour: number) => new Date(START_MS + hour * HOUR_MS).toISOString();
  const cases: [string, string[]][] = [
    ['', [third, second, first]],
    ['limit=2', [third, second]],
    ['limit=2&offset=2', [first]],
    ['statuses=processing', [third]],
    ['statuses=completed', [second, first]],
    ['statuses=in_progress,merging', []],
    [`start_date=${at(1)}`, [third, second]],
    [`start_date=${at(1)}&end_date=${at(2)}`, [second]],
    [`start_date=${at(1).slice(0, 19)}+00:00&end_date=${at(2).slice(0, 19)}`, [second]],
    ['sources=limitless', [second]],
    ['sources=omi,phone', [third, first]],
    ['folder_id=work', [second]],
    ['starred=true', []],
    ['starred=false', [third, second, first]],
  ];
  for (const [query, expected] of cases) {
    const { status, body } = await get(api, `/v1/conversations?${query}`);
    expect([query, status, ids(body)]).toEqual([query, 200, expected]);
    if (/limit/.test(query)) continue;
    expect((await get(api, `/v1/conversations/count?${query}`)).body, query).toMatchObject({
      count: expected.length,
    });
  }
  expect((await get(api, '/v1/conversations/count?sources=omi')).body).toEqual({
    count: 1,
    sources: ['omi'],
  });
  const other = await get(api, '/v1/conversations', { 'x-afterword-user': 'somebody-else' });
  expect(other).toEqual({ status: 200, body: [] });
});

it.each([
  ['limit=0', 422],
  ['limit=1001', 422],
  ['offset=-1', 422],
  ['start_date=yesterday', 422],
  ['starred=perhaps', 422],
  ['start_date=2026-03-21T00:00:00Z&end_date=2026-03-20T00:00:00Z', 400],
  [`statuses=${'x,'.repeat(21)}`, 400],
  [`sources=${'x,'.repeat(21)}`, 400],
])('refuses %s with %i', async (query, expected) => {
  const { url } = await startApi();
  const answer = await fetch(`${url}/v1/conversations?${query}`);
  expect([answer.status, await answer.json()]).toEqual([
    expected,
    { detail: expect.any(String), code: 'invalid_request' },
  ]);
});

it('gives the words by the name of what heard them, as the parser wants each of these names', async () => {
  const { api, placer } = await setUp();
  await placer.place(talk('one', 0));
  const { body } = await get(api, `/v1/conversations/${await idOf(api, 'one')}/transcripts`);
  expect(body).toEqual({
    deepgram: [],
    soniox: [],
    whisperx: [],
    speechmatics: [],
    prerecorded: [
      expect.objectContaining({ text: 'we talk about one', start: 0, end: 5 }),
      expect.objectContaining({ text: 'and agree' }),
    ],
  });
});

it('says of a conversation that never was that there is none', async () => {
  const { url } = await startApi();
  for (const path of ['cnv_never', 'cnv_never/transcripts']) {
    const answer = await fetch(`${url}/v1/conversations/${path}`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { detail: 'Conversation not found', code: 'not_found' },
    ]);
  }
});

it('what the server does not have is answered as by one on which nobody uses it', async () => {
  const { api, placer } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf(api, 'one');
  const ask = async (method: string, path: string) => {
    const answer = await fetch(`${api.url}${path}`, { method });
    return [answer.status, await answer.json()];
  };
  expect(await ask('GET', '/v1/fair-use/status')).toEqual([200, expect.objectContaining({ stage: 'none' })]);
  expect(await ask('GET', `/v1/conversations/${id}/photos`)).toEqual([200, []]);
  expect(await ask('GET', `/v1/conversations/${id}/suggested-apps`)).toEqual([
    200,
    { suggested_apps: [], conversation_id: id },
  ]);
  expect(await ask('DELETE', `/v1/conversations/${id}/calendar-event`)).toEqual([200, { status: 'Ok' }]);
  for (const [method, path] of [
    ['GET', `/v1/conversations/${id}/photos/1/image`],
    ['POST', `/v1/conversations/${id}/test-prompt`],
    ['POST', `/v1/conversations/${id}/calendar-event`],
    ['POST', `/v1/conversations/${id}/calendar-event/auto-link`],
    ['POST', '/v2/sync-jobs/run'],
    ['POST', '/v2/audio-merge-jobs/run'],
    ['POST', '/v2/sync-backfill-sequencer/sweep'],
    ['POST', '/v2/sync-backfill-sequencer/wake'],
  ] as const)
    expect([path, await ask(method, path)]).toEqual([
      path,
      [404, { detail: expect.any(String), code: expect.any(String) }],
    ]);
  // Live listening, chat, memories and apps have no routes: the app shows nothing there.
  for (const path of ['/v4/listen', '/v2/messages', '/v3/memories', '/v1/apps'])
    expect((await ask('GET', path))[0], path).toBe(404);
});
