/** A server next door that hears one call after the other, hardly faster than people speak: long pieces, eight at once, are all late. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readWav } from '../../simulators/wav.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

/** Both the server and its deadline are so much faster here. */
const FASTER = 30;
const TIMES_REAL_TIME = 1.5 * FASTER;
const DEADLINE_MS = 120_000 / FASTER;
const TALK_SECONDS = 900;
const RATE = 16_000;

let busy: Promise<unknown> = Promise.resolve();
const slow = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const seconds = Buffer.concat(chunks).byteLength / 2 / RATE;
  const turn = busy.then(async () => {
    if (!response.closed) await delay((seconds * 1000) / TIMES_REAL_TIME);
  });
  busy = turn;
  await turn;
  if (response.closed) return;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ text: 'words', segments: [{ start: 0, end: seconds, text: 'words' }] }));
});
await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/v1`,
  AFTERWORD_OPENAI_MODEL: 'whisper',
  AFTERWORD_TRANSCRIBER_DEADLINE_MS: String(DEADLINE_MS),
});
afterAll(() => {
  slow.closeAllConnections();
  slow.close();
});

test('its calls are asked for one at a time, and what was late is heard in the same attempt or the next', {
  timeout: 150_000,
}, async () => {
  const person = new Person(server, 'neighbour');
  const startedAtMs = Date.UTC(2026, 2, 3, 9);
  const { id } = await person.uploadTold({ name: 'talk.wav', bytes: talk(TALK_SECONDS) }, startedAtMs);
  await person.uploadDone(id);
  const [recording] = await server.query((db) =>
    db.selectFrom('recordings').select(['outcome', 'tries']).execute(),
  );
  expect(recording?.outcome).toBe('completed');
  expect(recording?.tries).toBeLessThanOrEqual(2);
});

/** The same tale over and over, each time a little louder. */
function talk(seconds: number): Uint8Array<ArrayBuffer> {
  const wav = readWav(readFileSync(new URL('../fixtures/speech/two-cities.wav', import.meta.url)));
  if (!wav) throw new Error('the fixture is no WAV');
  const samples = new Float32Array(seconds * RATE);
  const tale = wav.pcm.length / 2;
  for (let at = 0, times = 0; at < samples.length; at += tale + 1.5 * RATE, times++)
    for (let n = 0; n < tale && at + n < samples.length; n++)
      samples[at + n] = (wav.pcm.readInt16LE(2 * n) / 0x8000) * (0.6 + 0.004 * times);
  return new Uint8Array(toWav(samples));
}
