/** How often a provider that refuses everything is called, from the first attempt to the dead letter. Counted at the provider. */
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const STARTED_AT_MS = Date.UTC(2026, 2, 3, 9);
/** 10 attempts in a day, and in each of them one that has too many calls is asked up to four times: a refusal costs nothing. */
const MOST_REFUSALS = 40;
const QUESTIONS = 3;
/** A refusal without a time opens no breaker, which would spare some of the calls. */
const REFUSING = { faults: { rate429: 1 }, retryAfter: { form: 'none' as const } };
const LONG = { timeout: 150_000, interval: 50 };

// Before the server starts, for its settings name them.
const transcriber: Providers = await startProviders({ seed: 1, ...REFUSING });
const model: Providers = await startProviders({ seed: 2, ...REFUSING });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: transcriber.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  ...simulatedModelAt(model.openAiUrl),
  AFTERWORD_QUIET_MS: '100',
});
afterAll(async () => {
  await transcriber.close();
  await model.close();
});

/** The waits between attempts come to a day: each is over as soon as it has begun. */
async function endWaits(): Promise<void> {
  await server.query(async (db) => {
    await sql`UPDATE dbos.workflow_status SET delay_until_epoch_ms = 0 WHERE status = 'DELAYED'`.execute(db);
  });
}

test('a provider that refuses is called at most 40 times for a piece or a question', {
  timeout: 320_000,
}, async () => {
  const person = new Person(server, 'counted');
  const bytes = new Uint8Array(await readFile(SPEECH));
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, STARTED_AT_MS);
  const outcome = async () => {
    await endWaits();
    return (await person.readUpload(id)).files[0];
  };
  await expect.poll(outcome, LONG).toMatchObject({ outcome: 'failed', code: 'rate_limited' });
  const pieces = await server.query(
    async (db) => await db.selectFrom('provider_calls').select('piece_ordinal').distinct().execute(),
  );
  const { calls } = transcriber.stats();
  console.log(`calls to the transcriber: ${calls} for ${pieces.length} pieces`);
  expect(calls).toBe(pieces.length * MOST_REFUSALS);

  transcriber.behave({ faults: { rate429: 0 } });
  const file = (await person.readUpload(id)).files[0] ?? expect.unreachable();
  const again = await person.fetch(`/api/v1/recordings/${file.recordingId}/retry`, { method: 'POST' });
  expect(again.status).toBe(202);
  const conversation = async () => {
    await endWaits();
    return (await person.conversations())[0];
  };
  await expect.poll(conversation, LONG).toMatchObject({ status: 'failed', code: 'rate_limited' });
  console.log(`calls to the language model: ${model.stats().calls} for ${QUESTIONS} questions`);
  expect(model.stats().calls).toBeLessThanOrEqual(QUESTIONS * MOST_REFUSALS);
});
