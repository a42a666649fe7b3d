/** Changes over HTTP: ETags, lost edits, folders, events, and what an export and a deletion make of them. */
import { expect, it, onTestFinished } from 'vitest';
import { startApi } from '../support/api.ts';
import { startPlacer } from '../support/timeline.ts';

async function setUp() {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  const words = ['one', 'two', 'three'].map((text, n) => ({ atS: 20 * n, forS: 8, text }));
  await placer.place({
    id: 'rec',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: Date.UTC(2026, 2, 20),
    words,
  });
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${api.url}/api/v1/${path}`, {
      method,
      headers: {
        'x-afterword-user': 'ada',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get('etag') ?? '',
      body: text ? JSON.parse(text) : null,
    };
  };
  const { body } = await ask('GET', 'conversations');
  return { ...api, ask, id: body.conversations[0].id as string };
}

it('refuses a change that was made of an older reading, and takes the same one after reading again', async () => {
  const { ask, id, db } = await setUp();
  const path = `conversations/${id}`;
  const read = await ask('GET', path);
  expect((await ask('GET', `${path}?include=words`)).etag).toBe(read.etag);
  const mine = await ask('PATCH', path, { title: 'Mine' }, { 'if-match': read.etag });
  expect([mine.status, mine.body.title, mine.body.decided]).toEqual([200, 'Mine', ['title']]);
  const late = await ask('PATCH', path, { title: 'Late' }, { 'if-match': read.etag });
  expect([late.status, late.body.code]).toEqual([412, 'changed_meanwhile']);
  expect((await ask('PATCH', path, { title: 'Late' }, { 'if-match': `W/${mine.etag}` })).body.title).toBe(
    'Late',
  );
  expect((await ask('PATCH', path, { title: '  ' }, { 'if-match': '*' })).body.title).toBeNull();
  const before = await db.selectFrom('events').select('number').execute();
  expect((await ask('PATCH', path, { title: null })).status).toBe(200);
  expect(await db.selectFrom('events').select('number').execute()).toHaveLength(before.length);
  expect((await ask('PATCH', path, { title: 'x', mood: 'bad' })).status).toBe(400);
  expect((await ask('PATCH', path, { folder: 'none-such' })).body.code).toBe('unknown_folder');
  const types = await db.selectFrom('events').select('type').orderBy('number', 'desc').executeTakeFirst();
  expect(types?.type).toBe('conversation.updated');
});

it('splits and merges, each once however often it is asked for', async () => {
  const { ask, id } = await setUp();
  const { body } = await ask('GET', `conversations/${id}`);
  const at = { segmentId: body.segments[1].id };
  const split = await ask('POST', `conversations/${id}/split`, at);
  expect(split.body.before.segments.map(({ text }: { text: string }) => text)).toEqual(['one']);
  const again = await ask('POST', `conversations/${id}/split`, at);
  expect([again.status, again.body.after.id]).toEqual([200, split.body.after.id]);
  expect((await ask('POST', `conversations/${id}/split`, { atMs: 1 })).body.code).toBe('cannot_split');
  const both = { conversationIds: [split.body.after.id, id] };
  for (const _ of [1, 2]) {
    const merged = await ask('POST', 'conversations/merge', both);
    expect([merged.status, merged.body.id, merged.body.segments.length]).toEqual([200, id, 3]);
  }
  const anew = await ask('POST', `conversations/${id}/reprocess`);
  expect([anew.status, anew.body.status]).toEqual([202, 'settling']);
});

it('keeps folders in order, moves conversations between them, and tells how many lie in each', async () => {
  const { ask, id } = await setUp();
  const names = async () => (await ask('GET', 'folders')).body.folders.map((one: { id: string }) => one.id);
  expect(await names()).toEqual(['personal', 'work', 'social']);
  for (const _ of [1, 2])
    expect((await ask('POST', 'folders', { id: 'roof', name: 'Roof' })).status).toBe(201);
  expect((await ask('POST', 'folders', { id: 'roof', name: 'Other' })).body.code).toBe('folder_exists');
  const { etag } = await ask('PUT', 'folders/order', { ids: ['roof', 'social'] });
  expect(await names()).toEqual(['roof', 'social', 'personal', 'work']);
  expect((await ask('PATCH', 'folders/roof', { name: 'The roof' }, { 'if-match': etag })).status).toBe(200);
  expect((await ask('PATCH', 'folders/roof', { name: 'x' }, { 'if-match': etag })).status).toBe(412);
  const moved = await ask('POST', 'folders/roof/conversations', { conversationIds: [id, 'cnv_none'] });
  expect(moved.body).toEqual({ conversationIds: [id] });
  expect((await ask('GET', 'folders')).body.folders[0]).toMatchObject({
    name: 'The roof',
    conversationCount: 1,
  });
  expect((await ask('GET', 'conversations?folder=roof')).body.conversations).toHaveLength(1);
  expect((await ask('GET', 'conversations?starred=true')).body.conversations).toEqual([]);
  expect((await ask('DELETE', 'folders/roof?moveTo=nowhere')).body.code).toBe('unknown_folder');
  expect((await ask('DELETE', 'folders/roof?moveTo=work')).status).toBe(204);
  expect((await ask('GET', `conversations/${id}`)).body.folder).toEqual({ id: 'work', confidence: null });
  expect((await ask('DELETE', 'folders/work')).status).toBe(204);
  expect((await ask('GET', `conversations/${id}`)).body.folder).toBeNull();
});
