/** What an address of a recording is worth after the recording was deleted and sent again. */
import { expect, it } from 'vitest';
import { AudioAddresses } from '../../src/playback/address.ts';
import { NAME, startApi, type TestApi } from '../support/api.ts';

const AS_ADA = { 'x-afterword-user': 'ada' };

async function send(api: TestApi, query = ''): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/recordings?name=${encodeURIComponent(NAME)}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', ...AS_ADA },
    body: 'sound',
  });
  const { files } = (await response.json()) as { files: { recordingId: string }[] };
  return files[0]?.recordingId ?? '';
}

it('dies with the deletion, and does not live again with the recording', async () => {
  const api = await startApi();
  const addresses = new AudioAddresses(api.db);
  const id = await send(api);
  const subject = { kind: 'recording', id, userId: 'ada', doors: [] } as const;
  const { token } = await addresses.issue(subject);
  expect(await addresses.read(token, subject)).toMatchObject({ userId: 'ada', id });
  await fetch(`${api.url}/api/v1/recordings/${id}`, { method: 'DELETE', headers: AS_ADA });
  expect(await send(api, '&restore=true')).toBe(id);
  expect(await addresses.read(token, subject)).toBeNull();
  const answer = await fetch(`${api.url}/api/v1/recordings/${id}/audio?token=${token}`);
  expect(answer.status).toBe(401);
  const { restored_at_ms: restoredAtMs } = await api.db
    .selectFrom('recordings')
    .select('restored_at_ms')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const later = await addresses.issue(subject, undefined, Number(restoredAtMs) + 1);
  expect(await addresses.read(later.token, subject)).toMatchObject({ userId: 'ada', id });
});
