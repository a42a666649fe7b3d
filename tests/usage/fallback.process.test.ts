/** The whole server with two providers of which the first fails, and a price for neither. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { UsageBody } from '../../src/api/schemas.ts';
import { Person } from '../pipeline/person.ts';
import { dayFiles } from '../pipeline/sample-day.ts';
import { useServer } from '../support/server.ts';

// Before the server starts, for its settings name them.
const first = await startProviders({ seed: 1, faults: { rate5xx: 1 } });
const second = await startProviders({ seed: 2 });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'deepgram,openai',
  AFTERWORD_DEEPGRAM_URL: first.url,
  AFTERWORD_DEEPGRAM_KEY: 'key',
  AFTERWORD_OPENAI_URL: second.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
});
afterAll(async () => {
  await first.close();
  await second.close();
});

test('the calls of both are told apart, and an unknown price is not nothing', async () => {
  const person = new Person(server, 'ada');
  await person.uploadDone((await person.upload(dayFiles.slice(0, 2))).id);
  const { rows, total } = UsageBody.parse(await (await person.fetch('/api/v1/usage')).json());
  const [failed, answered] = [first.stats(), second.stats()];
  expect(failed.calls).toBeGreaterThan(0);
  expect(rows.filter(({ stage }) => stage === 'transcribe')).toMatchObject([
    { provider: 'deepgram', results: 0, calls: failed.calls, failedCalls: failed.calls, audioMs: 0 },
    {
      provider: 'openai-compatible',
      results: answered.answered,
      calls: answered.calls,
      failedCalls: 0,
      costMicros: null,
      unpricedResults: answered.answered,
    },
  ]);
  expect(total).toMatchObject({ costMicros: null, unpricedResults: answered.answered });
});
