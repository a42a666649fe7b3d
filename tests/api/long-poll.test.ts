/** `Prefer: wait=N` on every read that can change. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { noteConversation, noteRecording } from '../../src/events/note.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { formOf, NAME, startApi } from '../support/api.ts';

const ADA = { 'x-afterword-user': 'ada' };

async function scene() {
  const api = await startApi();
  const post = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: ADA,
    body: formOf({ [NAME]: 'a' }),
  });
  const upload = (await post.json()) as { id: string; files: { recordingId: string }[] };
  const recordingId = upload.files[0]?.recordingId ?? '';
  await sql`
    INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision,
                               created_at_ms, updated_at_ms)
    VALUES ('cnv', 'ada', 'default', 0, 1, ${recordingId}, 1, 0, 0)`.execute(api.db);
  const finish = async () =>
    await inTransaction(api.db, async (tx) => {
      await sql`UPDATE recordings SET outcome = 'silent', code = NULL, finished_at_ms = 1`.execute(tx);
      await sql`UPDATE conversations SET understood_revision = 1`.execute(tx);
      noteRecording(tx, 'ada', recordingId);
      noteConversation(tx, 'ada', 'cnv');
    });
  const paths = {
    upload: `/api/v1/uploads/${upload.id}`,
    recording: `/api/v1/recordings/${recordingId}`,
    recordings: '/api/v1/recordings',
    conversation: '/api/v1/conversations/cnv',
    conversations: '/api/v1/conversations',
    job: `/v2/sync-local-files/${upload.id}`,
  };
  return { api, finish, paths };
}

it('every read that can change waits for it, and says so', async () => {
  const { api, finish, paths } = await scene();
  const asked = Object.entries(paths).map(async ([name, path]) => {
    const answer = await fetch(`${api.url}${path}`, {
      headers: { ...ADA, prefer: 'respond-async, wait=20' },
    });
    return [
      name,
      { status: answer.status, preference: answer.headers.get('preference-applied') },
      await answer.text(),
    ] as const;
  });
  let answered = 0;
  for (const one of asked)
    void one.then(() => {
      answered += 1;
    });
  // Each of them has looked at least once by now; none of them is settled.
  for (let n = 0; n < 5; n++) await fetch(`${api.url}${paths.upload}`, { headers: ADA });
  expect(answered).toBe(0);
  await finish();
  for (const [name, head, body] of await Promise.all(asked)) {
    expect(head, name).toEqual({ status: 200, preference: 'wait=20' });
    expect(body, name).not.toMatch(/"(settling|waiting|queued)"/);
  }
});

it('answers how it stands when the time is up, and at once what is settled or nobody’s', async () => {
  const { api, finish, paths } = await scene();
  for (const path of Object.values(paths)) {
    const answer = await fetch(`${api.url}${path}`, { headers: { ...ADA, prefer: 'wait=1' } });
    expect([answer.status, answer.headers.get('preference-applied'), answer.headers.get('vary')]).toEqual([
      200,
      'wait=1',
      'prefer',
    ]);
  }
  for (const path of [paths.upload, paths.recording, paths.conversation, paths.job]) {
    const answer = await fetch(`${api.url}${path}`, {
      headers: { 'x-afterword-user': 'bo', prefer: 'wait=25' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(403);
  }
  await finish();
  for (const path of [paths.upload, paths.recording, paths.conversation, paths.job])
    expect((await fetch(`${api.url}${path}`, { headers: { ...ADA, prefer: 'wait=25' } })).status).toBe(200);
});
