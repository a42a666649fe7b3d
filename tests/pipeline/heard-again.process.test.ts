/** A recording that is heard again, by other providers and in other pieces: what was deleted of it does not come back. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { enqueueIngest } from '../../src/intake/enqueue.ts';
import { cutFor, limitOf, MAX_PIECE_SECONDS } from '../../src/speech/splitting/cut.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { type Line, spoken } from '../speakers/two-voices.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';
import { type Conversation, Person } from './person.ts';

const START_MS = Date.UTC(2026, 2, 3, 9);
const LIMIT_MS = 240_000;
const RATE = 16_000;
const low = (phrase: number): Line => ({ who: 'low', phrase });
const high = (phrase: number): Line => ({ who: 'high', phrase });

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const settings: Record<string, string> = {
  // Long pieces, with voices told apart.
  ...deepgramAt(providers.url),
  AFTERWORD_OPENAI_URL: providers.openAiUrl,
  AFTERWORD_OPENAI_KEY: 'key',
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_QUIET_MS: '0',
};
const server = useServer(settings);
afterAll(() => providers.close());

/** Two conversations in one file: what parts them is a silence of 130 s. */
function twoConversations(): Uint8Array<ArrayBuffer> {
  const first = spoken([low(0), high(1), low(4), high(5), low(2)]);
  const second = spoken([high(2), low(3), high(0), low(5), high(4)]);
  const silenceFrom = first.length;
  const all = new Float32Array(first.length + 130 * RATE + second.length);
  all.set(first);
  all.set(second, silenceFrom + 130 * RATE);
  return toWav(all);
}

/** As if an earlier attempt had cut so short that hardly a piece has two speakers: no name follows into what both say. */
const SHORT_PIECES = JSON.stringify({
  cut: JSON.stringify({ ...cutFor({ longestPieceSeconds: MAX_PIECE_SECONDS }), hosted: false }),
  limits: new Array<number>(80).fill(limitOf(5)),
});

async function hearAgain(transcriber: string, people: readonly Person[]): Promise<void> {
  await server.stop();
  settings.AFTERWORD_TRANSCRIBER = transcriber;
  await server.start();
  await server.query(async (db) => {
    const recordings = await db.selectFrom('recordings').selectAll().execute();
    for (const { id, attempt, lane } of recordings) {
      await inTransaction(db, async (tx) => {
        await tx.deleteFrom('pieces').where('recording_id', '=', id).execute();
        await tx
          .updateTable('recordings')
          .set({
            outcome: 'waiting',
            code: 'queued',
            finished_at_ms: null,
            attempt: attempt + 1,
            mark: null,
            piece_limits: transcriber === 'openai' ? SHORT_PIECES : null,
          })
          .where('id', '=', id)
          .execute();
        await enqueueIngest(tx, { recordingId: id, attempt: attempt + 1, lane, dueAtMs: Date.now() });
      });
    }
  });
  for (const person of people) for (const { id } of await uploadsOf(person)) await person.uploadDone(id);
}

async function uploadsOf(person: Person): Promise<{ id: string }[]> {
  return await server.query(
    async (db) => await db.selectFrom('uploads').select('id').where('user_id', '=', person.id).execute(),
  );
}

async function nameFirstSpeaker(person: Person, conversation: Conversation, name: string): Promise<void> {
  const path = `/api/v1/conversations/${conversation.id}/speakers/${conversation.segments[0]?.speakerId}`;
  const answer = await person.fetch(path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: new Blob([JSON.stringify({ name })]),
  });
  expect(answer.status).toBe(200);
}

/** The stretches of the person's recording, in its own time, of which anything is stored that was said. */
async function storedWords(person: Person): Promise<{ fromMs: number; toMs: number }[]> {
  return await server.query(async (db) => {
    const segments = await db
      .selectFrom('segments')
      .select(['started_at_ms', 'ended_at_ms'])
      .where('user_id', '=', person.id)
      .execute();
    const pieces = await db
      .selectFrom('pieces')
      .innerJoin('recordings', 'recordings.id', 'recording_id')
      .select('segments')
      .where('user_id', '=', person.id)
      .execute();
    return [
      ...segments.map((row) => ({
        fromMs: row.started_at_ms - START_MS,
        toMs: row.ended_at_ms - START_MS,
      })),
      ...pieces.flatMap((row) =>
        row.segments.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs })),
      ),
    ];
  });
}

test(
  'of two conversations of a file the deleted one stays away, and the other keeps its id, its words and its names',
  async () => {
    const bytes = twoConversations();
    const people = [new Person(server, 'deletes-first'), new Person(server, 'deletes-second')];
    const kept: Conversation[] = [];
    const deleted: Conversation[] = [];
    for (const [index, person] of people.entries()) {
      const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, START_MS);
      await person.uploadDone(id);
      const conversations = await person.conversations();
      expect(conversations).toHaveLength(2);
      const [gone, stays] = index === 0 ? conversations : [...conversations].reverse();
      await nameFirstSpeaker(person, stays as Conversation, 'Ada');
      expect((await person.fetch(`/api/v1/conversations/${gone?.id}`, { method: 'DELETE' })).status).toBe(
        204,
      );
      kept.push((await person.conversations())[0] as Conversation);
      deleted.push(gone as Conversation);
    }
    const sentAtFirst = providers.stats().billed.audioMs;
    let sentBefore = sentAtFirst;
    for (const transcriber of ['openai', 'deepgram']) {
      await hearAgain(transcriber, people);
      // The half that was deleted is sent to nobody again.
      expect(providers.stats().billed.audioMs - sentBefore).toBeLessThan(0.75 * sentAtFirst);
      sentBefore = providers.stats().billed.audioMs;
      for (const [index, person] of people.entries()) {
        const now = await person.conversations();
        const [before, gone] = [kept[index], deleted[index]];
        if (!before || !gone) throw new Error('there is nothing to compare with');
        expect(
          now.map(({ id }) => id),
          transcriber,
        ).toEqual([before.id]);
        // All of the sound that was kept is there, in whatever pieces.
        expect(Math.abs((now[0]?.startedAtMs ?? 0) - before.startedAtMs)).toBeLessThan(1000);
        expect(Math.abs((now[0]?.endedAtMs ?? 0) - before.endedAtMs)).toBeLessThan(1000);
        expect(now[0]?.segments.length).toBeGreaterThan(0);
        expect(now[0]?.segments[0]?.provider).toBe(
          transcriber === 'openai' ? 'openai-compatible' : 'deepgram',
        );
        for (const { fromMs, toMs } of await storedWords(person)) {
          const isBack = fromMs < gone.endedAtMs - START_MS && toMs > gone.startedAtMs - START_MS;
          expect(isBack, `${transcriber}: ${fromMs} to ${toMs} ms`).toBe(false);
        }
        const named = now[0]?.segments.filter(({ speaker }) => speaker === 'Ada') ?? [];
        const inSound = before.segments.filter(({ speaker }) => speaker === 'Ada');
        expect(named.length, transcriber).toBeGreaterThan(0);
        for (const segment of named) {
          const shared = inSound.reduce(
            (ms, old) =>
              ms +
              Math.max(
                0,
                Math.min(old.endedAtMs, segment.endedAtMs) - Math.max(old.startedAtMs, segment.startedAtMs),
              ),
            0,
          );
          expect(2 * shared, transcriber).toBeGreaterThan(segment.endedAtMs - segment.startedAtMs);
        }
      }
    }
  },
  LIMIT_MS,
);
