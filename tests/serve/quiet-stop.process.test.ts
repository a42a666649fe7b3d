/** A stop is no failure: another worker goes on with what was under way, so the log shows no stack. */
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { Person } from '../pipeline/person.ts';
import { useServer } from '../support/server.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
/** Of one frame of 20 ms: a byte that says "nothing is heard", behind its length in four bytes. */
const SILENT_FRAME = Uint8Array.of(1, 0, 0, 0, 0xb8);
const TWELVE_HOURS = 12 * 180_000 * SILENT_FRAME.length;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300_000 } });
afterAll(() => providers.close());

describe.each([
  {
    of: 'a provider that does not answer',
    settings: {
      AFTERWORD_TRANSCRIBER: 'openai',
      AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
      AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
    },
  },
  { of: 'the local recognizer', settings: {} },
])('with $of', ({ settings }) => {
  const server = useServer({ ...settings, AFTERWORD_DRAIN_MS: '500' });

  it('a stop during work logs no failure', { timeout: 180_000 }, async () => {
    const person = new Person(server, 'busy');
    const bytes = new Uint8Array(await readFile(SPEECH));
    const silence = new Uint8Array(TWELVE_HOURS).map((_, at) => SILENT_FRAME[at % SILENT_FRAME.length] ?? 0);
    for (let at = 0; at < 3; at++) {
      const seconds = Date.UTC(2026, 2, 3, 9) / 1000 + 50_000 * at;
      await person.upload([
        { name: `audio_omi_opus_fs320_16000_1_fs320_${seconds}.bin`, bytes: silence.subarray(5 * at) },
        { name: `speech_${seconds + 45_000}.wav`, bytes },
      ]);
    }
    const begun = async () => (await server.journal()).filter(({ msg }) => / begins$/.test(msg)).length;
    await expect.poll(begun, { timeout: 90_000 }).toBeGreaterThan(3);
    expect(await server.stop()).toBe(0);
    const lines = (await server.journal()) as { level: number; msg: string; stack?: string; err?: object }[];
    expect(lines.filter(({ level, stack, err }) => level >= 40 && (stack ?? err))).toEqual([]);
    expect(lines.map(({ msg }) => msg).join('\n')).toMatch(/left to another worker, since this one stops/);
  });
});
