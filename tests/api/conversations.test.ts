import type { Insertable } from 'kysely';
import { expect, it } from 'vitest';
import { ConversationBody, ConversationPage } from '../../src/api/schemas.ts';
import type { Schema } from '../../src/store/schema.ts';
import { NAME, startApi, type TestApi } from '../support/api.ts';

async function insert(
  { db }: TestApi,
  id: string,
  startedAtMs: number,
  more: Partial<Insertable<Schema['conversations']>> = {},
): Promise<void> {
  await db
    .insertInto('users')
    .values({ id: 'local', created_at_ms: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  await db
    .insertInto('recordings')
    .values({
      id: 'r',
      user_id: 'local',
      sha256: 'x',
      size_bytes: 1,
      name: NAME,
      device_id: 'd',
      microphone: 'omi',
      codec: null,
      accepted_at_ms: 0,
      outcome: 'completed',
      code: null,
      reason: null,
    })
    .onConflict((c) => c.doNothing())
    .execute();
  await db
    .insertInto('conversations')
    .values({
      id,
      user_id: 'local',
      device_id: 'd',
      started_at_ms: startedAtMs,
      ended_at_ms: startedAtMs + 1,
      first_recording_id: 'r',
      revision: 1,
      created_at_ms: 0,
      updated_at_ms: 0,
      ...more,
      understanding: null,
    })
    .execute();
}

it('pages through conversations, newest first, without skipping or repeating equal times', async () => {
  const api = await startApi();
  for (let i = 0; i < 7; i++) await insert(api, `c${i}`, 1000 * Math.floor(i / 2));
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = ConversationPage.parse(
      await (
        await fetch(
          `${api.url}/api/v1/conversations?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        )
      ).json(),
    );
    seen.push(...page.conversations.map((c) => c.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
});

it('leads from the id of a merged conversation to the one that it became part of', async () => {
  const api = await startApi();
  await insert(api, 'survivor', 1000);
  await insert(api, 'donor', 2000, { merged_into: 'survivor' });
  const read = ConversationBody.parse(await (await fetch(`${api.url}/api/v1/conversations/donor`)).json());
  expect(read.id).toBe('survivor');
  const { conversations } = ConversationPage.parse(
    await (await fetch(`${api.url}/api/v1/conversations`)).json(),
  );
  expect(conversations).toHaveLength(1);
});

it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=nonsense'])('refuses ?%s', async (query) => {
  const { url } = await startApi();
  const response = await fetch(`${url}/api/v1/conversations?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request' });
});

it('tells what waits for a person from what changes by itself', async () => {
  const api = await startApi();
  const failure = { failure: 'it broke', failure_code: 'upstream', tries: 1 };
  await insert(api, 'new', 1000);
  await insert(api, 'waiting', 2000, { ...failure, next_try_at_ms: 1 });
  await insert(api, 'dead', 3000, failure);
  await insert(api, 'older', 4000, { failure: 'it broke' });
  await insert(api, 'understood', 5000, { understood_revision: 1 });
  const listed = async (status: string) => {
    const response = await fetch(`${api.url}/api/v1/conversations?status=${status}`);
    expect(response.status).toBe(200);
    return ConversationPage.parse(await response.json()).conversations;
  };
  expect((await listed('settling')).map(({ id }) => id)).toEqual(['waiting', 'new']);
  expect((await listed('ready')).map(({ id }) => id)).toEqual(['understood']);
  expect(await listed('failed')).toMatchObject([
    { id: 'older', status: 'failed', failure: 'it broke', code: null, remedy: null },
    { id: 'dead', status: 'failed', code: 'upstream', remedy: expect.stringMatching(/retry/) },
  ]);
  expect((await fetch(`${api.url}/api/v1/conversations?status=lost`)).status).toBe(400);
});
