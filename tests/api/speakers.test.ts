import { expect, it } from 'vitest';
import { ConversationBody } from '../../src/api/schemas.ts';
import { startApi } from '../support/api.ts';
import { startPlacer } from '../support/timeline.ts';

async function setUp() {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  await placer.place({
    id: 'a',
    userId: 'local',
    microphone: 'omi',
    startedAtMs: Date.UTC(2026, 2, 20),
    words: [
      { atS: 0, forS: 2, text: 'hello', speaker: 'S' },
      { atS: 3, forS: 1, text: 'there', speaker: 'S' },
    ],
  });
  await placer.stop();
  const { id } = await api.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const at = `${api.url}/api/v1/conversations/${id}`;
  const read = async () => ConversationBody.parse(await (await fetch(at)).json());
  const put = async (speakerId: string, body: unknown) =>
    await fetch(`${at}/speakers/${speakerId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const separate = async (speakerId: string, body: object) =>
    await fetch(`${at}/speakers/${speakerId}/separate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { read, put, separate };
}

it('names a speaker and says that two are one', async () => {
  const { read, put } = await setUp();
  const [first, second] = (await read()).speakers;
  const named = await put(first?.id ?? '', { name: '  Ana ' });
  expect(named.status).toBe(200);
  expect(ConversationBody.parse(await named.json()).segments).toMatchObject([
    { speaker: 'Ana', speakerId: first?.id },
    { speaker: 'Speaker 2', speakerId: second?.id },
  ]);
  await put(second?.id ?? '', { sameAs: first?.id });
  expect((await read()).speakers).toEqual([
    { id: first?.id, name: 'Ana', label: 'Speaker 1', spokenMs: 3000, isOwner: false },
  ]);
  await put(first?.id ?? '', { name: null });
  expect((await read()).segments.map(({ speaker }) => speaker)).toEqual(['Speaker 1', 'Speaker 1']);
});

it('takes back that two are one, with the lines that were the other one’s', async () => {
  const { read, put, separate } = await setUp();
  const before = await read();
  const [first, second] = before.speakers;
  const others = before.segments.filter(({ speakerId }) => speakerId === second?.id).map(({ id }) => id);
  await put(second?.id ?? '', { name: 'Ben' });
  await put(second?.id ?? '', { sameAs: first?.id });
  expect((await read()).speakers.map(({ name }) => name)).toEqual(['Ben']);
  const apart = await separate(first?.id ?? '', { segmentIds: others, name: 'Ben' });
  expect(apart.headers.get('etag')).not.toBeNull();
  await put(first?.id ?? '', { name: null });
  expect((await read()).segments).toMatchObject([
    { speaker: 'Speaker 1', speakerId: first?.id },
    { speaker: 'Ben', speakerId: second?.id },
  ]);
  // All that is left of the first one: nobody stays whom they could be parted from.
  await separate(first?.id ?? '', { segmentIds: before.segments.map(({ id }) => id), name: 'Eve' });
  expect((await read()).speakers.map(({ name }) => name)).toEqual([null, 'Ben']);
  // The other way round: the speaker that stays has the id of the voice that leaves.
  await put(second?.id ?? '', { sameAs: first?.id });
  const own = before.segments.filter(({ speakerId }) => speakerId === first?.id).map(({ id }) => id);
  await separate(first?.id ?? '', { segmentIds: own });
  const again = await read();
  expect(again.speakers).toHaveLength(2);
  expect(again.segments.map(({ speakerId }) => speakerId)[1]).toBe(first?.id);
  expect((await separate('spk_none', { segmentIds: own })).status).toBe(404);
});

it.each([
  ['nothing', {}],
  ['an empty name', { name: ' ' }],
  ['a name of two lines', { name: 'Ana\u2028Ben' }],
  ['a name of 101 letters', { name: 'a'.repeat(101) }],
  ['no JSON', '{"name":'],
])('refuses %s', async (_, body) => {
  const { read, put } = await setUp();
  const response = await put((await read()).speakers[0]?.id ?? '', body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request' });
});

it('knows nobody by an id that is none of the conversation’s', async () => {
  const { put } = await setUp();
  expect((await put('spk_none', { name: 'Ana' })).status).toBe(404);
});
