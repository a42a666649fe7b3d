import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { MOONSHINE_CAPABILITIES } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { startApi } from '../support/api.ts';

interface Answer {
  code?: string;
  folders: { name: string; color: string }[];
}

async function setUp() {
  const api = await startApi();
  const ask = async (method: string, path: string, body?: unknown, user = 'ada') => {
    const response = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        'x-afterword-user': user,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  return { ...api, ask };
}

const UNCHOSEN = {
  timeZone: 'UTC',
  languages: [],
  otherLanguages: false,
  vocabulary: [],
  retentionDays: null,
  chosen: [],
};

it('answers with the settings of the server for somebody who has chosen nothing', async () => {
  const { ask, db } = await setUp();
  const { status, body } = await ask('GET', '/api/v1/me');
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 'ada', ...UNCHOSEN });
  expect(body.folders.map(({ name, color }) => [name, color])).toEqual([
    ['Personal', '#8B5CF6'],
    ['Work', '#3B82F6'],
    ['Social', '#10B981'],
  ]);
  expect(await db.selectFrom('users').selectAll().execute()).toEqual([]);
});

it('says which languages nobody but the local model transcribes', async () => {
  const { ask } = await setUp();
  expect((await ask('GET', '/api/v1/me')).body).toMatchObject({ knownLanguages: ['en'] });
  const known = (AFTERWORD_TRANSCRIBER: string) =>
    readConfig({ AFTERWORD_TRANSCRIBER, AFTERWORD_DEEPGRAM_KEY: 'a-key' }).knownLanguages;
  expect(known('local')).toEqual(MOONSHINE_CAPABILITIES.languages);
  expect(known('local, deepgram')).toBeNull();
});

it('keeps the time zone that a person has had since before they could choose', async () => {
  const { ask, db } = await setUp();
  await db.insertInto('users').values({ id: 'ada', time_zone: 'Asia/Tokyo', created_at_ms: 0 }).execute();
  expect((await ask('GET', '/api/v1/me')).body).toMatchObject({ timeZone: 'Asia/Tokyo', chosen: [] });
});

it('changes what is named, leaves the rest, and goes back with null', async () => {
  const { ask } = await setUp();
  const folders = [{ id: 'garden', name: 'Garden', color: '#00FF00', icon: 'leaf', description: 'Plants' }];
  const all = {
    timeZone: 'Europe/Stockholm',
    languages: ['sv', 'en'],
    vocabulary: ['Afterword', ' Omi ', 'omi'],
    folders,
    retentionDays: 30,
  };
  const chosen = ['timeZone', 'languages', 'vocabulary', 'folders', 'retentionDays'];
  const changed = await ask('PATCH', '/api/v1/me', all);
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({ ...all, vocabulary: ['Afterword', 'Omi'], chosen });
  const again = await ask('PATCH', '/api/v1/me', { vocabulary: null, retentionDays: null });
  expect(again.body).toMatchObject({
    ...all,
    vocabulary: [],
    retentionDays: null,
    chosen: ['timeZone', 'languages', 'folders'],
  });
  // Somebody else's are theirs.
  expect((await ask('GET', '/api/v1/me', undefined, 'ben')).body).toMatchObject(UNCHOSEN);
});

it.each([
  ['a time zone that there is not', { timeZone: 'Mars/Olympus' }],
  ['a language that is none', { languages: ['Swedish language'] }],
  ['no language at all', { languages: [] }],
  ['eleven languages', { languages: Array.from({ length: 11 }, (_, n) => `a${'abcdefghijk'[n]}`) }],
  ['101 terms', { vocabulary: Array.from({ length: 101 }, (_, n) => `term ${n}`) }],
  ['a term of two lines', { vocabulary: ['a\nb'] }],
  ['a term of 101 letters', { vocabulary: ['a'.repeat(101)] }],
  ['two folders of one id', { folders: [1, 2].map((n) => ({ id: 'x', name: `${n}` })) }],
  ['51 folders', { folders: Array.from({ length: 51 }, (_, n) => ({ id: `f${n}`, name: 'x' })) }],
  ['a colour that is none', { folders: [{ id: 'x', name: 'x', color: 'red' }] }],
  ['keeping for no day', { retentionDays: 0 }],
  ['keeping for half a day', { retentionDays: 0.5 }],
  ['something else', { nickname: 'Ada' }],
])('refuses %s, and changes nothing', async (_, change) => {
  const { ask } = await setUp();
  const { status, body } = await ask('PATCH', '/api/v1/me', { timeZone: 'Europe/Rome', ...change });
  expect([status, body.code]).toEqual([400, 'invalid_request']);
  expect((await ask('GET', '/api/v1/me')).body).toMatchObject(UNCHOSEN);
});

it('forgets them with the person, and a deleted person chooses nothing', async () => {
  const { ask, db, url } = await setUp();
  await ask('PATCH', '/api/v1/me', { vocabulary: ['secret'] });
  const headers = { 'x-afterword-user': 'ada' };
  expect((await fetch(`${url}/api/v1/me`, { method: 'DELETE', headers })).status).toBe(204);
  expect(await db.selectFrom('person_settings').selectAll().execute()).toEqual([]);
  expect((await ask('PATCH', '/api/v1/me', { vocabulary: ['more'] })).body.code).toBe('user_deleted');
});

it('reads dates in file names in the time zone of the person', async () => {
  const { ask, url, db } = await setUp();
  await ask('PATCH', '/api/v1/me', { timeZone: 'Asia/Tokyo' });
  for (const user of ['ada', 'ben'])
    await fetch(`${url}/api/v1/recordings?name=2026-03-20_10-00-00.wav`, {
      method: 'POST',
      headers: { 'x-afterword-user': user, 'content-type': 'audio/wav' },
      body: `RIFF of ${user}`,
    });
  const rows = await db
    .selectFrom('recordings')
    .select(['user_id', 'started_at_ms'])
    .orderBy('user_id')
    .execute();
  expect(rows).toEqual([
    { user_id: 'ada', started_at_ms: Date.UTC(2026, 2, 20, 1) },
    { user_id: 'ben', started_at_ms: Date.UTC(2026, 2, 20, 10) },
  ]);
});

it('speaks of them in Omi’s words', async () => {
  const { ask } = await setUp();
  const omi = '/v1/users/transcription-preferences';
  expect(await ask('GET', '/v1/users/language')).toEqual({ status: 200, body: { language: null } });
  expect((await ask('GET', omi)).body).toEqual({ single_language_mode: false, vocabulary: [], language: '' });
  expect((await ask('PATCH', '/v1/users/language', { language: 'sv' })).body).toEqual({
    status: 'ok',
    single_language_mode: true,
  });
  expect((await ask('PATCH', omi, { vocabulary: ['Afterword', ' '] })).body).toEqual({ status: 'ok' });
  expect((await ask('PATCH', omi, { single_language_mode: false })).body).toEqual({ status: 'ok' });
  expect((await ask('GET', omi)).body).toEqual({
    single_language_mode: false,
    vocabulary: ['Afterword'],
    language: 'sv',
  });
  expect((await ask('GET', '/api/v1/me')).body).toMatchObject({
    languages: ['sv'],
    otherLanguages: true,
    vocabulary: ['Afterword'],
  });
  expect((await ask('PATCH', '/v1/users/language', { language: 'no such language' })).body).toMatchObject({
    code: 'invalid_request',
    detail: expect.any(String),
  });
});
