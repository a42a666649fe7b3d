/** The voices are compared beside the understanding: nobody waits for it, and what it finds is read in the same prose. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { anAnswer, completion } from '../meaning/language-models.ts';
import { scripted } from '../providers/scripted.ts';
import { spoken } from '../speakers/two-voices.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const START_MS = Date.UTC(2026, 2, 3, 9);
const overview = '@speaker1 greets @speaker2, @speaker3 and @speaker4.';

const model = await scripted({ body: completion({ ...anAnswer, overview }) });
const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
/** Longer than any piece of these files, and so the sample of their voices: it waits until it is let through. */
const LONGEST_PIECE_BYTES = 16 * 2 * 16_000;
const sample = { asked: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() };
const gate = createServer(async (request, response) => {
  const body = new Uint8Array(await new Response(request as AsyncIterable<Uint8Array>).arrayBuffer());
  if (body.length > LONGEST_PIECE_BYTES) {
    sample.asked.resolve();
    await sample.released.promise;
  }
  const answer = await fetch(`${providers.url}${request.url}`, {
    method: 'POST',
    headers: { authorization: request.headers.authorization ?? '' },
    body,
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
});
await once(gate.listen(0, '127.0.0.1'), 'listening');

const server = useServer({
  ...deepgramAt(`http://127.0.0.1:${(gate.address() as AddressInfo).port}`),
  AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:scripted',
  AFTERWORD_LANGUAGE_MODEL_URL: model.openAiUrl,
  AFTERWORD_QUIET_MS: '500',
});
afterAll(async () => {
  gate.closeAllConnections();
  gate.close();
  await providers.close();
  await model.close();
});

test('a conversation is ready before its voices are compared, and then says who they are without another call', async () => {
  const ada = new Person(server, 'ada');
  const { id } = await ada.upload([
    {
      name: `audio_omi_${START_MS / 1000}.wav`,
      bytes: toWav(
        spoken([
          { who: 'low', phrase: 0 },
          { who: 'high', phrase: 1 },
        ]),
      ),
    },
    {
      name: `audio_omi_${START_MS / 1000 + 60}.wav`,
      bytes: toWav(
        spoken([
          { who: 'high', phrase: 2 },
          { who: 'low', phrase: 3 },
          { who: 'high', phrase: 0 },
        ]),
      ),
    },
  ]);
  await ada.uploadDone(id);
  await sample.asked.promise;
  const [before] = await ada.conversations();
  expect(before).toMatchObject({
    status: 'ready',
    overview: 'Speaker 1 greets Speaker 2, Speaker 3 and Speaker 4.',
  });
  expect(model.asked).toHaveLength(3);
  expect(String(model.asked[0]?.body)).toContain('@speaker4');

  sample.released.resolve();
  await expect
    .poll(async () => (await ada.list())[0]?.overview, { timeout: 20_000 })
    .toBe('Speaker 1 greets Speaker 2 and Speaker 1.');
  const [after] = await ada.conversations();
  expect(after?.speakers).toHaveLength(2);
  expect(after?.updatedAtMs).toBeGreaterThan(before?.updatedAtMs ?? 0);
  expect(model.asked).toHaveLength(3);
});
