/** A conversation as a file, and what of its sound is not in its words. */
import { expect, it } from 'vitest';
import { ConversationBody } from '../../src/api/schemas.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { fileOf } from '../playback/time-code.ts';
import { startApi } from '../support/api.ts';
import { startPlacer } from '../support/timeline.ts';

const BASE = Date.UTC(2026, 2, 20, 9);
const SAID = 'we should mend the roof of the old mill before winter comes';

async function setUp() {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  const recording = (id: string, atMs: number, text: string) => ({
    id,
    userId: 'local',
    microphone: 'omi',
    startedAtMs: atMs,
    durationMs: 4_000,
    words: [{ atS: 1, forS: 2, text, speaker: 'S' }],
  });
  await placer.place(recording('a', BASE, SAID));
  // The same sound once more, by a clock that is 33 s ahead.
  await placer.place(recording('a_again', BASE + 33_000, SAID));
  await placer.place(recording('b', BASE + 60_000, 'and *paint* the <door>'));
  // Nobody knows what was said in a third file, which lies between the two.
  await placer.hear(recording('c', BASE + 30_000, 'x'));
  await api.db.deleteFrom('segments').where('recording_id', '=', 'c').execute();
  await api.db
    .updateTable('pieces')
    .set({ unknown_language: true, segments: '[]' })
    .where('recording_id', '=', 'c')
    .execute();
  await api.db
    .updateTable('recordings')
    .set({ finished_at_ms: 1, outcome: 'completed' })
    .where('id', '=', 'c')
    .execute();
  await placer.stop();
  const { id } = await api.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const get = async (query: string) => await fetch(`${api.url}/api/v1/conversations/${id}${query}`);
  return { ...api, id, get };
}

it('tells where words are hidden as said twice, and where a file between two others is in another language', async () => {
  const { get } = await setUp();
  const conversation = ConversationBody.parse(await (await get('')).json());
  expect(conversation.segments.map(({ text }) => text)).toEqual([SAID, 'and *paint* the <door>']);
  expect(conversation.saidTwice).toEqual([
    { recordingId: 'a_again', shownIn: 'a', startedAtMs: BASE + 1_000, endedAtMs: BASE + 3_000 },
  ]);
  expect(conversation.speechWithoutWords).toEqual([
    { recordingId: 'c', startedAtMs: BASE + 31_000, endedAtMs: BASE + 33_000, code: 'unknown_language' },
  ]);
});

it('is read as text, Markdown, JSON and subtitles, which count from the first word or as its sound does', async () => {
  const { get, id, db, blobFolder } = await setUp();
  const read = async (query: string) => {
    const response = await get(`/transcript?${query}`);
    return { type: response.headers.get('content-type') ?? '', response, text: await response.text() };
  };
  const text = await read('format=text');
  expect(text.type).toMatch(/^text\/plain/);
  expect(text.response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.txt"`);
  expect(text.text).toContain(`[09:00:01] Speaker 1: ${SAID}`);
  expect((await read('format=md')).text).toContain('and \\*paint\\* the \\<door\\>');
  expect(JSON.parse((await read('format=json')).text)).toMatchObject({ id });
  expect((await read('format=srt')).text).toContain('00:01:00,000 --> 00:01:02,000');
  expect((await read('format=pdf')).response.status).toBe(400);

  const blobs = new FolderBlobStore(blobFolder);
  for (const [name, atMs] of [
    ['a', BASE],
    ['b', BASE + 60_000],
    ['c', BASE + 30_000],
  ] as const) {
    const bytes = await fileOf('wav', atMs, 4_000);
    const { key } = await blobs.put(
      (async function* () {
        yield bytes;
      })(),
    );
    await db.insertInto('blobs').values({ sha256: name, object_key: key, stored_at_ms: 0 }).execute();
  }
  await db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'a_again').execute();
  expect((await read('format=vtt&times=audio')).text).toContain('00:01:01.000 --> 00:01:03.000');
  expect((await read('format=srt&times=audio&gaps=skip')).text).toContain('00:00:09,000 --> 00:00:11,000');
  const saved = await get(`/audio?format=ogg&saveAs=${encodeURIComponent("Dach (alt) 'ö'.ogg")}`);
  await saved.body?.cancel();
  expect(saved.headers.get('content-disposition')).toBe(
    `attachment; filename="${id}.ogg"; filename*=UTF-8''Dach%20%28alt%29%20%27%C3%B6%27.ogg`,
  );
});
