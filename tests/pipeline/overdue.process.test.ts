/** A recording has a deadline, not only its calls: what takes too long gives its place to others and loses nothing. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { readWav } from '../../simulators/wav.ts';
import { concat, omiFile } from '../audio/omi-writer.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const RATE = 16_000;
/** An attempt may take twice as long as they do, and all of that is waited for. */
const SENTENCES = 1;
const PATIENT_MS = 60_000;

const providers: Providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 1 } });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: providers.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_TRANSCRIBER_CALLS: '1',
  AFTERWORD_TRY_MS: '1000',
});
afterAll(() => providers.close());

test('it waits for its next try when its time is over, and loses nothing', async () => {
  const wav = readWav(await readFile(SPEECH));
  const sentence = (at: number) =>
    new Uint8Array(wav?.pcm.subarray(2 * (0.4 * RATE + at), 2 * (2.4 * RATE + at)) ?? []);
  const pause = new Uint8Array(2 * RATE);
  const pcm = concat(Array.from({ length: SENTENCES }, (_, at) => [sentence(at), pause]).flat());
  const frames = Array.from({ length: pcm.length / 320 }, (_, at) => pcm.subarray(at * 320, (at + 1) * 320));
  const name = `audio_omi_pcm16_16000_1_fs160_${Date.UTC(2026, 2, 3, 9) / 1000}.bin`;
  const person = new Person(server, 'overdue');

  // The call hangs for ten minutes, which no call's deadline ends.
  providers.behave({ latency: { kind: 'fixed', ms: 600_000 } });
  const { id } = await person.upload([{ name, bytes: new Uint8Array(omiFile(frames)) }]);

  const file = async () => (await person.readUpload(id)).files[0];
  await vi.waitUntil(async () => (await file())?.code === 'overdue', { timeout: PATIENT_MS, interval: 100 });
  expect(await file()).toMatchObject({
    outcome: 'waiting',
    retryable: true,
    nextTryAtMs: expect.any(Number),
  });
  await vi.waitUntil(() => providers.stats().inFlight === 0, { timeout: PATIENT_MS });

  providers.behave({ latency: { kind: 'fixed', ms: 1 } });
  const recordingId = (await file())?.recordingId;
  await person.fetch(`/api/v1/recordings/${recordingId}/retry`, { method: 'POST' });
  const done = await person.uploadDone(id);
  expect(done.files[0]).toMatchObject({ outcome: 'completed' });
  const answers = Object.values(providers.callsByAudio()).map((audio) => audio.answered);
  expect(answers).toEqual([1]);
  const [conversation] = await person.conversations();
  expect(conversation?.segments.length).toBeGreaterThan(0);
});
