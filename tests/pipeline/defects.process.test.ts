/**
 * What comes again with the same input is a dead letter after two tries, with its first cause, and is not asked and paid
 * for over a day: on a whole server whose database refuses a row for good, as it would after a mistake in the program.
 */
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const patience = { timeout: 60_000, interval: 200 };

const providers = await startProviders({ seed: 1 });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_QUIET_MS: '0',
});
afterAll(() => providers.close());
beforeEach(() =>
  server.query((db) =>
    sql
      .raw(`ALTER TABLE segments DROP CONSTRAINT IF EXISTS refused;
  ALTER TABLE conversations DROP CONSTRAINT IF EXISTS refused`)
      .execute(db),
  ),
);

async function refuse(table: string, check: string): Promise<void> {
  await server.query((db) =>
    sql.raw(`ALTER TABLE ${table} ADD CONSTRAINT refused CHECK (${check}) NOT VALID`).execute(db),
  );
}

async function send(person: Person): Promise<string> {
  const bytes = new Uint8Array(await readFile(SPEECH));
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
  return id;
}

test('a recording whose words the database refuses is a dead letter after two tries, and is heard once', async () => {
  await refuse('segments', "user_id <> 'refused'");
  const person = new Person(server, 'refused');
  const id = await send(person);
  await expect
    .poll(async () => (await person.readUpload(id)).files[0], patience)
    .toMatchObject({
      outcome: 'failed',
      code: 'defect',
      reason: expect.stringContaining('PostgreSQL 23514 on segments'),
      retryable: true,
      tries: 1,
    });
  const asked = providers.stats().calls;
  const pieces = await server.query((db) => db.selectFrom('pieces').selectAll().execute());
  expect(asked).toBe(pieces.length);

  await server.query((db) => sql.raw('ALTER TABLE segments DROP CONSTRAINT refused').execute(db));
  const recordingId = (await person.readUpload(id)).files[0]?.recordingId;
  expect((await person.fetch(`/api/v1/recordings/${recordingId}/retry`, { method: 'POST' })).status).toBe(
    202,
  );
  expect((await person.uploadDone(id)).files[0]).toMatchObject({ outcome: 'completed', code: null });
});

test('a conversation whose page the database refuses is one too, and its words stay readable', async () => {
  await refuse('conversations', "understanding IS NULL OR user_id <> 'unread'");
  const person = new Person(server, 'unread');
  await person.uploadDone(await send(person));
  await expect
    .poll(async () => (await person.conversations())[0], patience)
    .toMatchObject({
      status: 'failed',
      code: 'defect',
      failure: expect.stringContaining('PostgreSQL 23514 on conversations'),
      tries: 2,
      nextTryAtMs: null,
    });
  expect((await person.conversations())[0]?.segments.length).toBeGreaterThan(0);
});
