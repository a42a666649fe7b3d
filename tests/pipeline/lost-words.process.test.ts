/** Recordings as an earlier version left them, which lost some of their pieces: they get their words back, and nothing is asked twice. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { hearOneAgain } from '../../src/intake/hear-again.ts';
import { placeAgain } from '../../src/placing/place-again.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import type { Tx } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { spoken } from '../speakers/two-voices.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const START_MS = Date.UTC(2026, 2, 3, 9);
const RATE = 16_000;
/** Longer pauses end a piece, and shorter ones no conversation. */
const PAUSE_S = 111;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: providers.openAiUrl,
  AFTERWORD_OPENAI_KEY: 'key',
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_QUIET_MS: '0',
});
afterAll(() => providers.close());

/** Four pieces, beginning with this phrase. */
function talk(first: number): Uint8Array<ArrayBuffer> {
  const parts = [0, 1, 2, 3].map((n) => {
    const phrase = (first + n) % 6;
    return spoken([
      { who: 'low', phrase },
      { who: 'low', phrase: (phrase + 2) % 6 },
    ]);
  });
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length + PAUSE_S * RATE, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length + PAUSE_S * RATE;
  }
  return toWav(all);
}

/** Of the second piece nothing was found, and of the last one the end was not: those between have other ordinals. */
async function loseSome(tx: Tx, id: string): Promise<void> {
  const pieces = tx.deleteFrom('pieces').where('recording_id', '=', id);
  await pieces.where('ordinal', '=', 1).execute();
  for (const ordinal of [2, 3])
    await tx
      .updateTable('pieces')
      .set({ ordinal: ordinal - 1 })
      .where('recording_id', '=', id)
      .where('ordinal', '=', ordinal)
      .execute();
  const last = await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', id)
    .where('ordinal', '=', 2)
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('pieces')
    .set({ end_ms: last.end_ms - 3000, segments: JSON.stringify(last.segments.slice(0, -1)) })
    .where('recording_id', '=', id)
    .where('ordinal', '=', 2)
    .execute();
}

async function asLeftByAnEarlierVersion(person: Person, isHarmed: boolean): Promise<void> {
  await server.query(async (db) => {
    await inTransaction(db, async (tx) => {
      const recording = await tx
        .updateTable('recordings')
        .set({ whole_attempt: null })
        .where('user_id', '=', person.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      if (!isHarmed) return;
      await loseSome(tx, recording.id);
      await placeAgain(tx, recording);
    });
  });
}

async function beginAgain(people: readonly Person[]): Promise<(string | null)[]> {
  return await server.query(async (db) => {
    const begun: (string | null)[] = [];
    for (const { id } of people)
      begun.push(await inTransaction(db, async (tx) => await hearOneAgain(tx, id)));
    return begun;
  });
}

const said = async (person: Person) =>
  (await person.conversations()).map(({ id, segments }) => ({
    id,
    words: segments.map(({ text, startedAtMs }) => [startedAtMs, text]),
  }));

test('what was lost comes back, in one call for each piece that is not whole', {
  timeout: 120_000,
}, async () => {
  const people = [new Person(server, 'harmed'), new Person(server, 'whole'), new Person(server, 'killed')];
  const [harmed, whole, killed] = people as [Person, Person, Person];
  const uploads: string[] = [];
  for (const [index, person] of people.entries()) {
    const { id } = await person.uploadTold({ name: 'talk.wav', bytes: talk(index) }, START_MS);
    uploads.push(id);
  }
  for (const [index, person] of people.entries()) await person.uploadDone(uploads[index] as string);
  const before = await Promise.all(people.map(said));
  expect(before.map(([one]) => one?.words.length)).toEqual([8, 8, 8]);
  await asLeftByAnEarlierVersion(harmed, true);
  await asLeftByAnEarlierVersion(whole, false);
  await asLeftByAnEarlierVersion(killed, true);
  // Without the second piece there is a pause in which a conversation ends.
  const words = async () => (await said(harmed)).flatMap((conversation) => conversation.words);
  expect(await words()).toHaveLength(5);

  const { calls } = providers.stats();
  expect((await beginAgain([harmed, whole])).every((id) => id !== null)).toBe(true);
  // What is left of it stays readable meanwhile.
  expect((await words()).length).toBeGreaterThanOrEqual(5);
  await harmed.uploadDone(uploads[0] as string);
  await whole.uploadDone(uploads[1] as string);
  expect(await said(harmed)).toEqual(before[0]);
  expect(await said(whole)).toEqual(before[1]);
  expect(providers.stats().calls - calls).toBe(2);

  // A kill in the middle, with one call under way.
  providers.behave({ latency: { kind: 'fixed', ms: 20_000 } });
  const until = providers.stats().calls;
  expect(await beginAgain([killed])).toHaveLength(1);
  await expect.poll(() => providers.stats().calls - until, { timeout: 30_000 }).toBe(2);
  await server.killTree();
  providers.behave({ latency: { kind: 'fixed', ms: 5 } });
  await server.start();
  await killed.uploadDone(uploads[2] as string);
  expect(await said(killed)).toEqual(before[2]);
  expect(providers.stats().calls - until).toBe(4);
  expect(await beginAgain(people)).toEqual([null, null, null]);
});
