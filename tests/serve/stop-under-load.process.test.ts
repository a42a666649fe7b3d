/** A stop in the middle of work that would go on for minutes: calls that are not answered, and hours of silence to listen to. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { Person } from '../pipeline/person.ts';
import { useServer } from '../support/server.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
/** Of one frame of 20 ms: a byte that says "nothing is heard", behind its length in four bytes. */
const SILENT_FRAME = Uint8Array.of(1, 0, 0, 0, 0xb8);
const FRAMES_OF_AN_HOUR = 180_000;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300_000 } });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
});
afterAll(() => providers.close());

function silence(hours: number, more: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SILENT_FRAME.length * (hours * FRAMES_OF_AN_HOUR + more));
  for (let at = 0; at < bytes.length; at += SILENT_FRAME.length) bytes.set(SILENT_FRAME, at);
  return bytes;
}

it('a stop under load ends every process by itself, none of them killed', { timeout: 180_000 }, async () => {
  const person = new Person(server, 'busy');
  const bytes = new Uint8Array(await readFile(SPEECH));
  await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
  for (let at = 0; at < 4; at++) {
    const seconds = Date.UTC(2026, 2, 3, 10) / 1000 + 50_000 * at;
    const name = `audio_omi_opus_fs320_16000_1_fs320_${seconds}.bin`;
    await person.upload([{ name, bytes: silence(12, at) }]);
  }
  await expect.poll(() => providers.stats().calls, { timeout: 90_000 }).toBeGreaterThan(0);
  expect(await server.stop()).toBe(0);
  const said = (await server.journal()).map(({ msg }) => msg);
  expect(said).toContain('the worker has stopped');
  expect(said.filter((msg) => /did not stop in time/.test(msg))).toEqual([]);
});
