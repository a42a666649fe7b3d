/** However the words of a conversation come, once it is settled they have cost three calls to the language model. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { readWav } from '../../simulators/wav.ts';
import { concat, omiFile } from '../audio/omi-writer.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';
import { shuffled } from './chance.ts';
import { Person, type SentFile } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const FILES = 40;
const FILES_AS_ONE = 30;
const APART_S = 30;
const RATE = 16_000;
const STARTED_AT_S = Date.UTC(2026, 2, 3, 9) / 1000;
const CALLS = 3;
/** More than the other tests of this file take for one person. */
const MOST_A_DAY = 30;

// Before the server starts, for its settings name them.
const transcriber: Providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 150 } });
const model: Providers = await startProviders({ seed: 2, latency: { kind: 'fixed', ms: 50 } });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: transcriber.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  ...simulatedModelAt(model.openAiUrl),
  AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY: String(MOST_A_DAY),
});
afterAll(async () => {
  await transcriber.close();
  await model.close();
});

/** 40 stretches of 2 s, half a minute apart, as 40 files and as one: the same words at the same times. */
let singles: SentFile[];
let whole: SentFile;
beforeAll(async () => {
  const wav = readWav(await readFile(SPEECH));
  if (!wav) throw new Error('the sample cannot be read');
  const stretches = Array.from({ length: FILES }, (_, at) => {
    const from = 2 * Math.floor((0.4 + at) * RATE);
    return new Uint8Array(wav.pcm.subarray(from, from + 2 * 2 * RATE));
  });
  const silence = new Uint8Array(2 * (APART_S - 2) * RATE);
  singles = stretches.map((pcm, at) => fileOf(pcm, STARTED_AT_S + at * APART_S));
  whole = fileOf(concat(stretches.flatMap((pcm) => [pcm, silence])), STARTED_AT_S);
}, 60_000);

function fileOf(pcm: Uint8Array, startedAtS: number): SentFile {
  const frames = Array.from({ length: Math.floor(pcm.length / 320) }, (_, at) =>
    pcm.subarray(at * 320, (at + 1) * 320),
  );
  return {
    name: `audio_omi_pcm16_16000_1_fs160_${startedAtS}.bin`,
    bytes: new Uint8Array(omiFile(frames)),
  };
}

/** @param least fewer where stretches came as one file: the provider hears some that lie near each other as one sentence */
async function settled(person: Person, uploads: readonly { id: string }[], least = FILES) {
  for (const { id } of uploads) await person.uploadDone(id);
  const conversations = await person.conversations();
  expect(conversations).toHaveLength(1);
  expect(conversations[0]).toMatchObject({ status: 'ready', madeBy: { kind: 'language-model' } });
  expect(conversations[0]?.segments.length).toBeGreaterThanOrEqual(least);
  return model.stats().calls;
}

describe('a conversation takes three language calls', () => {
  test('as one file', async () => {
    const before = model.stats().calls;
    const person = new Person(server, 'whole');
    const calls = await settled(person, [await person.upload([whole])], FILES_AS_ONE);
    expect(calls - before).toBe(CALLS);
  });

  test('as 40 files in one request', async () => {
    const before = model.stats().calls;
    const person = new Person(server, 'together');
    const calls = await settled(person, [await person.upload(shuffled(singles, 1))]);
    expect(calls - before).toBe(CALLS);
  });

  test.each([1, 2, 3])('as 40 requests in random order %i', async (seed) => {
    const before = model.stats().calls;
    const person = new Person(server, `singles-${seed}`);
    const uploads = [];
    for (const file of shuffled(singles, seed)) uploads.push(await person.upload([file]));
    const calls = await settled(person, uploads);
    expect(calls - before).toBe(CALLS);
  });

  test('and none at all when the same files come again', async () => {
    const before = model.stats().calls;
    const person = new Person(server, 'together');
    await settled(person, [await person.upload(shuffled(singles, 7))]);
    expect(model.stats().calls - before).toBe(0);
  });
});

describe('a change of the words', () => {
  const later = async (person: Person, from: number, to: number) => {
    const wav = readWav(await readFile(SPEECH));
    if (!wav) throw new Error('the sample cannot be read');
    for (let at = from; at < to; at++) {
      const start = 2 * Math.floor((0.9 + at) * RATE);
      const pcm = new Uint8Array(wav.pcm.subarray(start, start + 2 * 2 * RATE));
      const startedAtS = STARTED_AT_S + (FILES + at) * APART_S;
      const { id } = await person.upload([fileOf(pcm, startedAtS)]);
      await person.uploadDone(id);
    }
    return await settled(person, []);
  };

  test('by six of 246 words takes no call, and small ones add up until they take three', async () => {
    const person = new Person(server, 'changes');
    const first = await settled(person, [await person.upload(singles)]);
    const [before] = await person.conversations();
    expect(await later(person, 0, 1)).toBe(first);
    const [after] = await person.conversations();
    expect(after?.segments.length).toBeGreaterThan(before?.segments.length ?? 0);
    expect(after).toMatchObject({ status: 'ready', title: before?.title });
    expect(await later(person, 1, 3)).toBe(first + CALLS);
  });
});

describe('beyond the calls of a day', () => {
  test('a conversation waits for the next day with an extract, and others do not wait', async () => {
    const day = 86_400_000;
    const person = new Person(server, 'spent');
    await person.fetch('/api/v1/me', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['{}']),
    });
    const today = Math.floor(Date.now() / day) * day;
    await server.query((db) =>
      db
        .insertInto('language_calls')
        .values({ user_id: 'spent', day_starts_at_ms: today, calls: MOST_A_DAY })
        .execute(),
    );
    const before = model.stats().calls;
    const [single] = singles;
    if (!single) throw new Error('there is no recording');
    const { id } = await person.upload([single]);
    const upload = await person.uploadDone(id);
    expect(upload.files[0]).toMatchObject({ outcome: 'completed' });
    const waits = expect.poll(() => person.conversations(), { timeout: 30_000 });
    await waits.toMatchObject([
      {
        status: 'settling',
        code: 'language_calls_used_up',
        tries: 0,
        madeBy: { kind: 'extractive' },
        remedy: expect.stringContaining('AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY'),
      },
    ]);
    const [waiting] = await person.conversations();
    expect(waiting?.title).toBeTruthy();
    expect((waiting?.nextTryAtMs ?? 0) - today).toBeGreaterThanOrEqual(day);
    expect((waiting?.nextTryAtMs ?? 0) - today).toBeLessThan(day + 700_000);
    expect(model.stats().calls).toBe(before);

    const other = new Person(server, 'unspent');
    await other.uploadDone((await other.upload([single])).id);
    await expect.poll(async () => (await other.list())[0]?.status, { timeout: 30_000 }).toBe('ready');
    expect(
      await server.query((db) =>
        db.selectFrom('language_calls').selectAll().where('user_id', '=', 'unspent').execute(),
      ),
    ).toEqual([{ user_id: 'unspent', day_starts_at_ms: today, calls: CALLS }]);

    // Another day has its own calls: what was used counts for yesterday.
    await server.query((db) =>
      db
        .updateTable('language_calls')
        .set({ day_starts_at_ms: today - day })
        .where('user_id', '=', 'spent')
        .execute(),
    );
    await person.fetch(`/api/v1/conversations/${waiting?.id}/retry`, { method: 'POST' });
    await expect
      .poll(() => person.list(), { timeout: 30_000 })
      .toMatchObject([{ status: 'ready', madeBy: { kind: 'language-model' } }]);
  });
});
