/** Speech that the local model does not know: once a transcriber is configured that knows it, one request hears all of it. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { RecordingDetail } from '../../src/api/schemas.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { clip } from '../speech/clips.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const START_MS = Date.UTC(2026, 2, 3, 9);
const HOUR_MS = 3_600_000;
const RATE = 16_000;
const PAUSE = 3 * RATE;
const LIMIT_MS = 240_000;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const settings: Record<string, string> = {
  AFTERWORD_TRANSCRIBER: 'local',
  AFTERWORD_OPENAI_URL: providers.openAiUrl,
  AFTERWORD_OPENAI_KEY: 'key',
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_QUIET_MS: '0',
};
const server = useServer(settings);
afterAll(() => providers.close());

/** Clips with pauses between them, and where each of them lies. */
async function spoken(...names: string[]) {
  const clips = await Promise.all(names.map((name) => (name === 'english' ? bestOfTimes() : clip(name))));
  const samples = new Float32Array(clips.reduce((sum, { length }) => sum + length + PAUSE, PAUSE));
  let at = PAUSE;
  const spans = clips.map((sound, n) => {
    samples.set(sound, at);
    const span = { name: names[n], fromMs: (at * 1000) / RATE, toMs: ((at + sound.length) * 1000) / RATE };
    at += sound.length + PAUSE;
    return span;
  });
  return { bytes: toWav(samples), spans };
}

async function bestOfTimes(): Promise<Float32Array> {
  return (await clip('two-cities')).subarray(0, 6 * RATE);
}

test(
  'one request hears it again, in all recordings of that person, and leaves what was understood as it is',
  async () => {
    const files = [await spoken('se10-4', 'english', 'se10-3'), await spoken('se10-3', 'se10-4')];
    const people = [new Person(server, 'astrid'), new Person(server, 'bo')] as const;
    const [astrid, bo] = people;
    const uploads: string[] = [];
    for (const person of people) {
      for (const [n, { bytes }] of files.entries()) {
        if (person === bo && n === 0) continue;
        const { id } = await person.uploadTold({ name: `memo${n}.wav`, bytes }, START_MS + n * HOUR_MS);
        if (person === astrid) uploads.push(id);
        await person.uploadDone(id);
      }
    }
    const recordings = async () =>
      (await Promise.all(uploads.map((id) => astrid.uploadDone(id)))).flatMap((upload) => upload.files);
    const said = async (person: Person) =>
      (await person.conversations()).flatMap(({ segments }) =>
        segments.map(({ startedAtMs, text }) => ({ startedAtMs, text })),
      );
    expect(await recordings()).toMatchObject([
      { outcome: 'completed' },
      { outcome: 'silent', code: 'unknown_language' },
    ]);
    const english = (await said(astrid)).find(({ text }) => text.includes('best of times'));
    expect(english).toBeDefined();
    const notAsked = await said(bo);

    await server.stop();
    settings.AFTERWORD_TRANSCRIBER = 'local,openai';
    await server.start();
    const retry = async (query: string) =>
      await astrid.fetch(`/api/v1/recordings/retry${query}`, { method: 'POST' });
    expect((await retry('')).status).toBe(400);
    const answer = await retry('?code=unknown_language');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ retried: 2, more: false });
    expect(await recordings()).toMatchObject(
      files.map(() => ({ outcome: 'completed', code: null, speechWithoutWords: [] })),
    );

    const after = await said(astrid);
    expect(after).toContainEqual(english);
    for (const [n, { spans }] of files.entries()) {
      for (const { fromMs, toMs } of spans) {
        const atMs = START_MS + n * HOUR_MS;
        const inside = after.filter(
          ({ startedAtMs }) => startedAtMs >= atMs + fromMs - 500 && startedAtMs < atMs + toMs,
        );
        expect(inside.length, `words from ${fromMs} ms on`).toBeGreaterThan(0);
      }
    }
    const { calls } = RecordingDetail.parse(
      await (await astrid.fetch(`/api/v1/recordings/${(await recordings())[0]?.recordingId}`)).json(),
    );
    expect(calls).toContainEqual(expect.objectContaining({ provider: 'openai-compatible', answered: 2 }));
    expect(await said(bo)).toEqual(notAsked);

    // Asked again there is nothing to do, and nothing is paid for again.
    const paid = providers.stats().calls;
    expect(await (await retry('?code=unknown_language')).json()).toEqual({ retried: 0, more: false });
    expect(await said(astrid)).toEqual(after);
    expect(providers.stats().calls).toBe(paid);
  },
  LIMIT_MS,
);
