/** The whole server with two providers: who answered is kept, and a provider that asks for time gets it. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { RecordingDetail } from '../../src/api/schemas.ts';
import { Person } from '../pipeline/person.ts';
import { useServer } from '../support/server.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const STARTED_AT_MS = Date.UTC(2026, 2, 3, 9);
const PAUSE_S = 900;

// Before the server starts, for its settings name them.
const first: Providers = await startProviders({ seed: 1, faults: { rate5xx: 1 } });
const second: Providers = await startProviders({ seed: 2, latency: { kind: 'fixed', ms: 20 } });
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

let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = new Uint8Array(await readFile(SPEECH));
});

describe('a recording', () => {
  test('is heard by the second while the first fails, and every segment says so', async () => {
    const person = new Person(server, 'fallback');
    const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, STARTED_AT_MS);
    const upload = await person.uploadDone(id);
    expect(upload.files[0]).toMatchObject({ outcome: 'completed' });
    await server.query(async (db) => {
      const segments = await db.selectFrom('segments').select('provider').execute();
      expect(segments.length).toBeGreaterThan(0);
      const calls = await db
        .selectFrom('provider_calls')
        .select('provider')
        .where('outcome', '=', 'answered')
        .execute();
      for (const { provider } of [...segments, ...calls]) expect(provider).toBe('openai-compatible');
    });
    const detail = RecordingDetail.parse(
      await (await person.fetch(`/api/v1/recordings/${upload.files[0]?.recordingId}`)).json(),
    );
    expect(detail.calls).toMatchObject([
      { provider: 'deepgram', answered: 0, failed: { upstream: first.stats().calls }, fallbacks: 0 },
      { provider: 'openai-compatible', answered: second.stats().calls, failed: {} },
    ]);
    expect(detail.calls[1]?.fallbacks).toBe(second.stats().calls);
    expect(first.stats().calls).toBeGreaterThan(0);
    // So few that its breaker is still closed: the next test asks both.
    expect(first.stats().calls).toBeLessThan(5);
  });

  test('waits as long as all providers ask to, and not for its usual minute', async () => {
    const busy = { faults: { rate5xx: 0, rate429: 1 }, retryAfter: { seconds: PAUSE_S } };
    first.behave(busy);
    second.behave(busy);
    const person = new Person(server, 'patience');
    const sentAtMs = Date.now();
    // Another person's same bytes are another recording.
    const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, STARTED_AT_MS);
    const waiting = async () => (await person.readUpload(id)).files[0];
    await expect
      .poll(waiting, { timeout: 50_000, interval: 200 })
      .toMatchObject({ outcome: 'waiting', nextTryAtMs: expect.any(Number) });
    const file = await waiting();
    expect(file).toMatchObject({ code: 'rate_limited' });
    expect(file?.nextTryAtMs).toBeGreaterThan(sentAtMs + (PAUSE_S - 60) * 1000);
  });
});
