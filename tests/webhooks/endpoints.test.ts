/** Webhooks and their person. */
import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const HEADERS = { 'x-afterword-user': 'ada', 'content-type': 'application/json' };

it('nobody who was deleted gets a webhook', async () => {
  const { url, db } = await startApi();
  const make = async () => {
    const body = JSON.stringify({ url: 'https://hooks.example.com/afterword' });
    return await fetch(`${url}/api/v1/webhooks`, { method: 'POST', headers: HEADERS, body });
  };
  expect((await make()).status).toBe(201);
  const gone = await fetch(`${url}/api/v1/me`, { method: 'DELETE', headers: { 'x-afterword-user': 'ada' } });
  expect(gone.status).toBe(204);
  const again = await make();
  expect(await again.json()).toMatchObject({ code: 'user_deleted' });
  expect(await db.selectFrom('webhook_endpoints').selectAll().execute()).toEqual([]);
});
