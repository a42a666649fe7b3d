/** Omi's routes that change conversations, folders and people, as its app sends them. */
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startApi, type TestApi } from '../support/api.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';
import { AppConversation, AppTask } from './omi-parser.ts';

const START_MS = Date.UTC(2026, 2, 20, 8);

const talk = (id: string, minute: number, text = `we talk about ${id}`): HeardRecording => ({
  id,
  userId: 'local',
  microphone: 'omi',
  deviceId: '0123abcd',
  startedAtMs: START_MS + minute * 60_000,
  words: [
    { atS: 2, forS: 5, text, speaker: 'a' },
    { atS: 10, forS: 5, text: 'and agree', speaker: 'b' },
    { atS: 20, forS: 5, text: 'for now', speaker: 'a' },
  ],
});

async function setUp() {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  const idOf = async (recordingId: string) => {
    const row = await api.db
      .selectFrom('segments')
      .select('conversation_id')
      .where('recording_id', '=', recordingId)
      .executeTakeFirstOrThrow();
    return row.conversation_id ?? '';
  };
  const read = async (id: string) => {
    const answer = await fetch(`${api.url}/v1/conversations/${id}`);
    expect(answer.status).toBe(200);
    return AppConversation.parse(await answer.json());
  };
  return { api, placer, idOf, read };
}

/** As the app sends it: without a body an empty one as text, and JSON with and without its content type. */
async function send({ url }: TestApi, method: string, path: string, body?: object, isTyped = true) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': body && isTyped ? 'application/json' : 'text/plain; charset=utf-8' },
    body: body ? JSON.stringify(body) : '',
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
}

it('title, star, visibility, folder and summary are changed, and told by the document', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const path = `/v1/conversations/${id}`;
  const titled = await send(api, 'PATCH', `${path}/title?title=${encodeURIComponent('The roof & the mill')}`);
  expect(titled).toMatchObject({ status: 200, body: { status: 'Ok', conversation: { id } } });
  AppConversation.parse(titled.body?.conversation);
  expect((await send(api, 'PATCH', `${path}/starred?starred=true`)).body).toMatchObject({ status: 'Ok' });
  expect(await send(api, 'PATCH', `${path}/visibility?value=shared`)).toEqual({
    status: 200,
    body: { status: 'Ok' },
  });
  expect(await send(api, 'PATCH', `${path}/folder`, { folder_id: 'work' }, false)).toEqual({
    status: 200,
    body: { status: 'ok' },
  });
  expect(await send(api, 'PATCH', `${path}/summary`, { app_id: 'x', content: 'It is mended.' })).toEqual({
    status: 200,
    body: { status: 'Ok' },
  });
  expect(await read(id)).toMatchObject({
    structured: { title: 'The roof & the mill', overview: 'It is mended.' },
    starred: true,
    visibility: 'shared',
    folder_id: 'work',
  });
  for (const query of ['starred=true', 'folder_id=work']) {
    const listed = await (await fetch(`${api.url}/v1/conversations?${query}`)).json();
    expect(listed, query).toMatchObject([{ id, starred: true, folder_id: 'work' }]);
  }
  for (const [method, wrong, status] of [
    ['PATCH', '/title', 422],
    ['PATCH', '/starred?starred=perhaps', 422],
    ['PATCH', '/visibility?value=nobody', 422],
  ] as const)
    expect((await send(api, method, `${path}${wrong}`)).status, wrong).toBe(status);
  expect((await send(api, 'PATCH', `${path}/folder`, { folder_id: 'nowhere' })).status).toBe(422);
});

it('a mutation that is sent again does not undo what came after it', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const mutation = {
    client_mutation_id: 'm1',
    base_revision: 1,
    operation: { type: 'set_title', title: 'First' },
  };
  const path = `/v1/conversations/${id}/mutations`;
  expect((await send(api, 'POST', path, mutation)).body).toMatchObject({
    status: 'applied',
    client_mutation_id: 'm1',
    conversation_id: id,
  });
  await send(api, 'PATCH', `/v1/conversations/${id}/title?title=Second`);
  const replayed = await send(api, 'POST', path, mutation);
  expect(replayed.body).toMatchObject({
    status: 'replayed',
    conversation: { structured: { title: 'Second' } },
  });
  const star = { client_mutation_id: 'm2', operation: { type: 'set_starred', starred: true } };
  expect((await send(api, 'POST', path, star)).status).toBe(200);
  expect(await read(id)).toMatchObject({ starred: true, structured: { title: 'Second' } });
  expect((await send(api, 'POST', path, { ...star, operation: { type: 'delete' } })).status).toBe(422);
});

it('words and speakers are corrected one by one, by speaker and in bulk', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const path = `/v1/conversations/${id}`;
  const [first, second, third] = (await read(id)).transcript_segments ?? [];
  expect(
    await send(api, 'PATCH', `${path}/segments/text`, { segment_id: second?.id, text: 'and disagree' }),
  ).toEqual({ status: 200, body: { status: 'Ok' } });
  const anna = await send(api, 'POST', '/v1/users/people', { name: 'Anna' });
  const person = anna.body?.id;
  const one = await send(api, 'PATCH', `${path}/segments/1/assign?assign_type=person_id&value=${person}`);
  AppConversation.parse(one.body);
  const mine = await send(api, 'PATCH', `${path}/assign-speaker/0?assign_type=is_user&value=true`);
  expect(mine.status).toBe(200);
  expect((await read(id)).transcript_segments).toMatchObject([
    { is_user: true, person_id: null },
    { is_user: false, person_id: person, text: 'and disagree' },
    // Nobody has said yet that this voice of another piece is the same one.
    { is_user: false, person_id: null },
  ]);
  const bulk = { segment_ids: [first?.id, '#index:2'], assign_type: 'person_id', value: person };
  expect((await send(api, 'PATCH', `${path}/segments/assign-bulk`, bulk, false)).status).toBe(200);
  expect((await read(id)).transcript_segments?.map((segment) => segment.person_id)).toEqual([
    person,
    person,
    person,
  ]);
  const nobody = { segment_ids: [third?.id], assign_type: 'person_id', value: null };
  await send(api, 'PATCH', `${path}/segments/assign-bulk`, nobody);
  expect((await read(id)).transcript_segments?.[2]).toMatchObject({ person_id: null, is_user: false });
  const gone = await send(api, 'PATCH', `${path}/segments/assign-bulk`, {
    ...bulk,
    segment_ids: ['nowhere'],
  });
  expect(gone).toEqual({ status: 409, body: { detail: expect.stringContaining('nowhere') } });
  for (const index of ['7', '-1', 'x'])
    expect(
      (await send(api, 'PATCH', `${path}/segments/${index}/assign?assign_type=is_user&value=true`)).status,
    ).toBe(404);
  expect(
    (await send(api, 'PATCH', `${path}/segments/text`, { segment_id: 'nowhere', text: 'x' })).status,
  ).toBe(404);
});

it('people are added, renamed and forgotten, and the owner is none of them', async () => {
  const { api } = await setUp();
  const added = await send(api, 'POST', '/v1/users/people', { name: 'Anna' }, false);
  expect(added).toMatchObject({
    status: 200,
    body: { name: 'Anna', speech_samples: [], speech_samples_version: 3 },
  });
  const path = `/v1/users/people/${added.body?.id}`;
  expect((await send(api, 'PATCH', `${path}/name?value=Anna%20B.`)).status).toBe(200);
  const get = async (from: string) => await (await fetch(`${api.url}${from}`)).json();
  expect(await get(`${path}?include_speech_samples=false`)).toMatchObject({ name: 'Anna B.' });
  await api.db
    .insertInto('speakers')
    .values({ id: 'me', user_id: 'local', name: 'You', kept: true, is_owner: true })
    .execute();
  expect(await get('/v1/users/people?include_speech_samples=true')).toMatchObject([{ name: 'Anna B.' }]);
  expect((await send(api, 'DELETE', path)).status).toBe(204);
  expect(await get('/v1/users/people')).toEqual([]);
  expect((await send(api, 'DELETE', path)).status).toBe(404);
});

it('folders are made, changed, ordered, filled and deleted', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const made = await send(api, 'POST', '/v1/folders', { name: 'Builders', color: '#3B82F6' }, false);
  expect(made).toMatchObject({
    status: 200,
    body: { name: 'Builders', conversation_count: 0, is_system: false },
  });
  const folder = String(made.body?.id);
  const moved = await send(api, 'POST', `/v1/folders/${folder}/conversations/bulk-move`, {
    conversation_ids: [id, 'cnv_nobody'],
  });
  expect(moved).toEqual({ status: 200, body: { status: 'ok', moved_count: 1 } });
  const changed = await send(api, 'PATCH', `/v1/folders/${folder}`, { name: 'Roof', order: 0 });
  expect(changed.body).toMatchObject({ name: 'Roof', order: 0, conversation_count: 1 });
  const folders = (await (await fetch(`${api.url}/v1/folders`)).json()) as {
    id: string;
    created_at: string;
  }[];
  expect(folders[0]).toMatchObject({ id: folder });
  expect(folders.every(({ created_at }) => !Number.isNaN(Date.parse(created_at)))).toBe(true);
  const order = folders.map((one) => one.id).toReversed();
  expect((await send(api, 'POST', '/v1/folders/reorder', { folder_ids: order })).body).toEqual({
    status: 'ok',
  });
  expect(
    ((await (await fetch(`${api.url}/v1/folders`)).json()) as { id: string }[]).map((one) => one.id),
  ).toEqual(order);
  expect((await send(api, 'DELETE', `/v1/folders/${folder}?move_to_folder_id=work`)).status).toBe(204);
  expect(await read(id)).toMatchObject({ folder_id: 'work' });
  expect((await send(api, 'PATCH', `/v1/folders/${folder}`, { name: 'x' })).status).toBe(404);
});

it('merges, and each id answers with the one that is left', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  await placer.place(talk('two', 10));
  const [one, two] = [await idOf('one'), await idOf('two')];
  const merged = await send(api, 'POST', '/v1/conversations/merge', {
    conversation_ids: [two, one],
    reprocess: true,
  });
  expect(merged).toMatchObject({ status: 200, body: { status: 'completed', conversation_ids: [one, two] } });
  for (const id of [one, two]) expect((await read(id)).transcript_segments).toHaveLength(6);
  // Deleting an id that has become part of another one would delete that one.
  expect((await send(api, 'DELETE', `/v1/conversations/${two}`)).status).toBe(404);
  expect((await send(api, 'POST', '/v1/conversations/merge', { conversation_ids: [one] })).status).toBe(422);
});

it('makes anew and deletes, and filler that is made anew is kept', async () => {
  const { api, placer, idOf, read } = await setUp();
  const filler = talk('filler', 0);
  filler.words = [{ atS: 1, forS: 2, text: 'Hm, yeah.' }];
  await placer.place(filler);
  const id = await idOf('filler');
  expect(await read(id)).toMatchObject({ discarded: true, sync_relevance: 'review' });
  const anew = await send(api, 'POST', `/v1/conversations/${id}/reprocess`);
  expect([anew.status, AppConversation.parse(anew.body).discarded]).toEqual([200, false]);
  expect((await send(api, 'DELETE', `/v1/conversations/${id}?cascade=true`)).status).toBe(204);
  expect((await fetch(`${api.url}/v1/conversations/${id}`)).status).toBe(404);
});

it('tasks are listed, added, changed, ticked off and deleted, also by their place and words', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const get = async (query = '') =>
    (await (await fetch(`${api.url}/v1/action-items?${query}`)).json()) as {
      action_items: { id: string; description: string }[];
      has_more: boolean;
    };
  const add = async (description: string, more: object = {}) =>
    await send(api, 'POST', '/v1/action-items', { description, conversation_id: id, ...more }, false);
  const call = await add('Call the builders', { due_at: '2026-03-21T09:00:00.000Z' });
  expect(call).toMatchObject({
    status: 200,
    body: { completed: false, due_at: '2026-03-21T09:00:00.000Z', conversation_id: id, completed_at: null },
  });
  await add('Measure the roof');
  expect(await get('limit=1')).toMatchObject({
    action_items: [{ description: 'Measure the roof' }],
    has_more: true,
  });
  expect(await get('limit=1&offset=1')).toMatchObject({
    action_items: [{ description: 'Call the builders' }],
    has_more: false,
  });
  expect(
    (await get('due_start_date=2026-03-21T09:00:00Z&due_end_date=2026-03-21T09:00:00Z')).action_items,
  ).toHaveLength(1);
  const path = `/v1/action-items/${call.body?.id}`;
  expect((await send(api, 'PATCH', path, { completed: true, due_at: null })).body).toMatchObject({
    completed: true,
    due_at: null,
    completed_at: expect.any(String),
  });
  expect((await get('completed=true')).action_items).toHaveLength(1);
  expect((await get('include_completed=false')).action_items).toMatchObject([
    { description: 'Measure the roof' },
  ]);
  const own = `/v1/conversations/${id}/action-items`;
  const tasks = (await read(id)).structured.action_items ?? [];
  const at = tasks.findIndex(({ description }) => description === 'Measure the roof');
  expect((await send(api, 'PATCH', own, { items_idx: [at, 99], values: [true, true] })).status).toBe(200);
  expect((await read(id)).structured.action_items).toMatchObject([{ completed: true }, { completed: true }]);
  const words = { old_description: 'Measure the roof', description: 'Measure the walls' };
  expect((await send(api, 'PATCH', `${own}/0`, words)).status).toBe(200);
  expect((await send(api, 'PATCH', `${own}/0`, words)).status).toBe(404);
  expect((await send(api, 'DELETE', own, { description: 'Measure the walls', completed: true })).status).toBe(
    204,
  );
  expect(
    (await send(api, 'POST', '/v1/action-items/batch-delete', { ids: [call.body?.id, 'act_none'] })).body,
  ).toEqual({
    status: 'ok',
    deleted_count: 1,
    deleted_ids: [call.body?.id],
  });
  expect((await get()).action_items).toEqual([]);
  expect((await send(api, 'DELETE', path)).status).toBe(404);
});

it('tasks of no conversation are kept, in an order of their own, and those among the reminders of a phone are told', async () => {
  const { api } = await setUp();
  const add = async (description: string) => {
    const made = await send(api, 'POST', '/v1/action-items', { description }, false);
    expect(made).toMatchObject({ status: 200, body: { description, conversation_id: null } });
    return String(AppTask.parse(made.body).id);
  };
  const [nails, paint] = [await add('Buy nails'), await add('Buy paint')];
  const list = async () => {
    const answer = await (await fetch(`${api.url}/v1/action-items`)).json();
    return z.object({ action_items: z.array(AppTask) }).parse(answer).action_items;
  };
  const order = [nails, paint, 'act_none'].map((id, n) => ({ id, sort_order: n + 1, indent_level: n }));
  expect((await send(api, 'PATCH', '/v1/action-items/batch', { items: order })).body).toEqual({
    status: 'ok',
    updated_count: 2,
  });
  expect(await list()).toMatchObject([
    { id: paint, sort_order: 2, indent_level: 1 },
    { id: nails, sort_order: 1, indent_level: 0 },
  ]);
  const reminder = { exported: true, export_platform: 'apple_reminders', apple_reminder_id: 'x-1' };
  const exported = await send(api, 'PATCH', `/v1/action-items/${nails}`, reminder);
  expect(AppTask.parse(exported.body)).toMatchObject({ ...reminder, export_date: expect.any(String) });
  const synced = async () =>
    (await (await fetch(`${api.url}/v1/action-items/pending-sync`)).json()) as object;
  expect(await synced()).toMatchObject({ pending_export: [], synced_items: [{ id: nails }] });
  const ticked = { items: [{ id: nails, completed: true }] };
  expect((await send(api, 'PATCH', '/v1/action-items/sync-batch', ticked)).body).toMatchObject({
    updated_count: 1,
  });
  expect(await synced()).toMatchObject({ synced_items: [{ completed: true, apple_reminder_id: 'x-1' }] });
  await send(api, 'PATCH', `/v1/action-items/${nails}`, { exported: false });
  expect(await synced()).toEqual({ pending_export: [], synced_items: [] });
  for (const path of ['share', 'accept'])
    expect((await send(api, 'POST', `/v1/action-items/${path}`, {})).status, path).toBe(404);
  expect((await send(api, 'DELETE', `/v1/action-items/${paint}`)).status).toBe(204);
  expect((await list()).map(({ id }) => id)).toEqual([nails]);
  const mine = await (await fetch(`${api.url}/api/v1/action-items`)).json();
  expect(mine).toMatchObject({ actionItems: [{ id: nails, conversationId: null, added: true, order: 1 }] });
});

it('events that are in a calendar stay so when the conversation is understood again', async () => {
  const { api, placer, idOf, read } = await setUp();
  await placer.place(talk('one', 0));
  const id = await idOf('one');
  const path = `/v1/conversations/${id}`;
  const understand = async (...events: { title: string; startsAtMs: number }[]) => {
    const [first] = await api.db.selectFrom('segments').select('id').orderBy('started_at_ms').execute();
    const understanding = JSON.stringify({
      title: 'The roof',
      overview: '',
      emoji: '',
      category: 'other',
      keyPoints: [],
      actionItems: [],
      events: events.map((event) => ({ description: '', minutes: 30, segmentId: first?.id, ...event })),
      madeBy: { kind: 'language-model', model: 'm', version: '1' },
    });
    await api.db.updateTable('conversations').set({ understanding }).where('id', '=', id).execute();
  };
  const created = async () =>
    (await read(id)).structured.events?.map(({ title, created: is }) => [title, is]);
  await understand({ title: 'Builders', startsAtMs: START_MS }, { title: 'Lunch', startsAtMs: START_MS + 1 });
  const marked = { events_idx: [1, 9], values: [true, true] };
  expect(await send(api, 'PATCH', `${path}/events`, marked, false)).toEqual({
    status: 200,
    body: { status: 'Ok' },
  });
  expect(await created()).toEqual([
    ['Builders', false],
    ['Lunch', true],
  ]);
  await understand({ title: 'Lunch with Ana', startsAtMs: START_MS + 1 }, { title: 'Tea', startsAtMs: 5 });
  expect(await created()).toEqual([
    ['Lunch with Ana', true],
    ['Tea', false],
  ]);
  const own = await fetch(`${api.url}/api${path}/events`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [{ place: 0, added: false }] }),
  });
  expect(await own.json()).toMatchObject({ events: [{ added: false }, { added: false }] });
  expect((await send(api, 'PATCH', `${path}/events`, { events_idx: [1], values: [] })).status).toBe(422);
  const recording = async (of: string) => await fetch(`${api.url}/v1/conversations/${of}/recording`);
  expect(await (await recording(id)).json()).toEqual({ has_recording: true });
  expect((await recording('cnv_none')).status).toBe(404);
  // Nothing is being listened to.
  expect((await send(api, 'POST', '/v1/conversations', {})).status).toBe(404);
});
