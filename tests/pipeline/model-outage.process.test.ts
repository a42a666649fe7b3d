/** The whole server while its language model is dead, refuses the key, or comes back. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { ConversationBody } from '../../src/api/schemas.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';
import { type Conversation, Person, type SentFile } from './person.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** The same bytes again would be the same recording. */
const SPEECH = [
  'tests/fixtures/speech/two-cities.wav',
  'tests/fixtures/speech/digits.wav',
  'samples/day/audio_omi_opus_fs320_16000_1_fs320_1774000000.bin',
];
const STARTED_AT_MS = Date.UTC(2026, 2, 3, 9);
const KEY = 'sk-simulated';
const BY_MODEL = { kind: 'language-model', model: 'openai-compatible:simulated' };
const DEAD = { rate5xx: 1, rate429: 0 };
const WELL = { rate5xx: 0, rate429: 0 };
const patience = { timeout: 50_000, interval: 100 };

// Before the server starts, for its settings name them.
const transcriber = await startProviders({ seed: 1 });
const model = await startProviders({ seed: 2, apiKey: KEY });
const settings: Record<string, string> = {
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: transcriber.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
  ...simulatedModelAt(model.openAiUrl),
  AFTERWORD_LANGUAGE_MODEL_KEY: KEY,
  AFTERWORD_QUIET_MS: '100',
};
const server = useServer(settings);
afterAll(async () => {
  await transcriber.close();
  await model.close();
});

const speech: SentFile[] = [];
beforeAll(async () => {
  for (const path of SPEECH) {
    const bytes = new Uint8Array(await readFile(new URL(`../../${path}`, import.meta.url)));
    speech.push({ name: basename(path), bytes });
  }
});
beforeEach(() => {
  model.behave({ faults: WELL });
});

/** @param nth of what a person says, a minute apart: all of it is one conversation */
async function speak(person: Person, nth = 0): Promise<Conversation> {
  const file = speech[nth] ?? expect.unreachable();
  const { id } = await person.uploadTold(file, STARTED_AT_MS + nth * 60_000);
  // An upload does not wait for an outage: it is done when its conversation was understood, or could not be once.
  expect((await person.uploadDone(id)).files[0]).toMatchObject({ outcome: 'completed' });
  return await only(person);
}

async function only(person: Person): Promise<Conversation> {
  const [conversation, ...others] = await person.conversations();
  expect(others).toEqual([]);
  if (!conversation) throw new Error('there is no conversation');
  return conversation;
}

async function retry(person: Person, id: string): Promise<Conversation> {
  const response = await person.fetch(`/api/v1/conversations/${id}/retry`, { method: 'POST' });
  expect(response.status).toBe(202);
  return ConversationBody.parse(await response.json());
}

test('a dead model leaves an extract, a reason and a time; when it is back it is understood, by itself', async () => {
  const person = new Person(server, 'outage');
  model.behave({ faults: DEAD });
  const sentAtMs = Date.now();
  const waiting = await speak(person);
  expect(waiting).toMatchObject({
    status: 'settling',
    code: 'upstream',
    failure: expect.stringMatching(/^openai-compatible:simulated /),
    remedy: expect.stringMatching(/retry/),
    tries: 1,
    madeBy: { kind: 'extractive' },
    title: expect.stringMatching(/\w/),
  });
  expect(waiting.segments.length).toBeGreaterThan(0);
  expect(waiting.nextTryAtMs).toBeGreaterThan(sentAtMs);
  // Five in a row, and those that were under way with the fifth: no hammering.
  expect(model.stats().calls).toBeLessThanOrEqual(5 + 2);

  model.behave({ faults: WELL });
  await expect
    .poll(() => only(person), patience)
    .toMatchObject({
      status: 'ready',
      failure: null,
      code: null,
      remedy: null,
      tries: 0,
      nextTryAtMs: null,
      madeBy: BY_MODEL,
    });
  expect(model.stats().answered).toBe(3);
});

test('who asks for time gets it; a person need not wait for it, and new words do not', async () => {
  const person = new Person(server, 'impatient');
  model.behave({ faults: { rate429: 1 }, retryAfter: { seconds: 900 } });
  const sentAtMs = Date.now();
  const waiting = await speak(person);
  expect(waiting).toMatchObject({ status: 'settling', code: 'rate_limited', madeBy: { kind: 'extractive' } });
  expect(waiting.nextTryAtMs).toBeGreaterThan(sentAtMs + 800_000);

  // Other words, so that the old try is nobody's any more, and the new one fails for itself.
  const before = model.stats().calls;
  const longer = await speak(person, 1);
  expect(longer).toMatchObject({ id: waiting.id, status: 'settling', code: 'rate_limited', tries: 1 });
  expect(longer.segments.length).toBeGreaterThan(waiting.segments.length);
  expect(model.stats().calls - before).toBeLessThanOrEqual(3);

  model.behave({ faults: WELL });
  const { answered } = model.stats();
  const [sent, again] = await Promise.all([retry(person, longer.id), retry(person, longer.id)]);
  for (const { tries } of [sent, again]) expect(tries).toBe(0);
  await expect.poll(() => only(person), patience).toMatchObject({ status: 'ready', madeBy: BY_MODEL });
  expect(model.stats().answered).toBe(answered + 3);

  // What is understood is not asked about again.
  await retry(person, longer.id);
  expect(await only(person)).toMatchObject({ status: 'ready' });
  const mine = await server.query((db) =>
    db
      .selectFrom('conversations')
      .select(['attempt', 'understood_revision'])
      .where('id', '=', longer.id)
      .execute(),
  );
  expect(mine).toEqual([{ attempt: 4, understood_revision: 2 }]);

  // What a model made stays while the next one of more words fails; an extract would say less.
  model.behave({ faults: { rate429: 1 } });
  const more = await speak(person, 2);
  expect(more).toMatchObject({ id: longer.id, status: 'settling', code: 'rate_limited', madeBy: BY_MODEL });
});

test('a wrong key costs one call a question and no more; as a dead letter it is listed, and sent on when it is mended', async () => {
  const person = new Person(server, 'locked-out');
  await server.stop();
  settings.AFTERWORD_LANGUAGE_MODEL_KEY = 'sk-wrong';
  await server.start();
  const { calls, refused } = model.stats();
  const failed = await speak(person);
  expect(failed).toMatchObject({
    status: 'settling',
    code: 'configuration',
    failure: expect.stringMatching(/the key was refused$/),
    tries: 1,
    nextTryAtMs: expect.any(Number),
    madeBy: { kind: 'extractive' },
  });
  // One for each question, and none after it was known.
  expect(model.stats().calls - calls).toBeLessThanOrEqual(3);
  expect(model.stats().refused).toBeGreaterThan(refused);

  // After a day of tries it would be left to a person. The attempt that waits in the queue is made stale, or on a slow
  // machine its 10 s would be over before the dead letter is listed.
  await server.query((db) =>
    db
      .updateTable('conversations')
      .set(({ eb }) => ({ next_try_at_ms: null, attempt: eb('attempt', '+', 1) }))
      .where('id', '=', failed.id)
      .execute(),
  );
  await server.stop();
  settings.AFTERWORD_LANGUAGE_MODEL_KEY = KEY;
  await server.start();
  const cli = async (...args: string[]) =>
    (await run(process.execPath, [MAIN, ...args, '--url', server.url, '--user', person.id])).stdout;
  expect(await cli('dead-letters')).toMatch(
    new RegExp(
      `^${failed.id}  .*\n  configuration: .*the key was refused \\(1 tries\\)\n  Correct the setting`,
    ),
  );
  const { answered } = model.stats();
  expect(await cli('retry', '--all')).toBe(`${failed.id}  settling\n`);
  await expect.poll(() => only(person), patience).toMatchObject({ status: 'ready', madeBy: BY_MODEL });
  expect(model.stats().answered).toBe(answered + 3);
  expect(await cli('dead-letters')).toBe('Nothing failed.\n');
  const unknown = await person.fetch('/api/v1/conversations/cnv_unknown/retry', { method: 'POST' });
  expect(unknown.status).toBe(404);
  const foreign = await new Person(server, 'stranger').fetch(`/api/v1/conversations/${failed.id}/retry`, {
    method: 'POST',
  });
  expect(foreign.status).toBe(404);
});
