/**
 * What the 202 has promised survives anything: the whole process tree killed at chosen moments, and a stop in the
 * middle of the work. The same conversations come of it, nothing twice, and no answer is asked for again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { callsOf } from './calls.ts';
import { chance } from './chance.ts';
import { type Conversation, Person, type Upload } from './person.ts';
import { dayFiles, expectTheDay } from './sample-day.ts';

const LIMIT_MS = 600_000;
const RECOGNIZERS = 2;
/** Of each recording that is worked on (one more than there are recognizers), as many pieces as there are recognizers. */
const CALLS_IN_FLIGHT = (RECOGNIZERS + 1) * RECOGNIZERS;
const SEED = Number(process.env.AFTERWORD_CRASH_SEED ?? 1);

const server = useServer({
  AFTERWORD_RECOGNIZERS: String(RECOGNIZERS),
  // Shorter than the work that is left, so that stopping hands it over instead of finishing it.
  AFTERWORD_DRAIN_MS: '1000',
});
const random = chance(SEED);

interface Story {
  person: Person;
  upload: Upload;
  conversations: Conversation[];
}

const stories: Story[] = [];

describe('the sample day', () => {
  test(
    'is heard once, although everything is killed four times on the way',
    async () => {
      const person = new Person(server, 'killed');
      const { id } = await person.upload(dayFiles);
      const killedAt = [await killAll('right after the 202')];
      const moments = [1 + random() * 5, 9 + random() * 7].map(Math.floor);
      for (const pieces of moments) {
        await server.start();
        await whileTranscribing(person, pieces);
        killedAt.push(await killAll(`while transcribing, after ${pieces} pieces`));
      }
      await server.start();
      await whenAllIsHeard(person);
      // Somewhere in the quiet time, the understanding of the three conversations, or after it.
      await delay(random() * 3000);
      killedAt.push(await killAll('when everything was heard'));
      await server.start();

      const story = await finish(person, id, 'killed four times');
      const { pieces, answered, lost, failed } = await callsOf(server, person.id);
      const lostByKill = killedAt.map(
        (at, index) =>
          lost.filter(({ startedAtMs }) => startedAtMs <= at && startedAtMs > (killedAt[index - 1] ?? 0))
            .length,
      );
      console.log(`${pieces} pieces, ${answered} answers; calls lost at each kill: ${lostByKill.join(', ')}`);
      expect(answered, 'an answer that was there was asked for again').toBe(pieces);
      expect(failed).toBe(0);
      for (const count of lostByKill) expect(count).toBeLessThanOrEqual(CALLS_IN_FLIGHT);
      expect(lostByKill.slice(1, 3), 'a kill met no call: its moment proves nothing').not.toContain(0);
      expect(lostByKill.at(3), 'a call was lost that no kill can have met').toBe(0);
      const lostByKills = lostByKill.reduce((sum, count) => sum + count, 0);
      expect(lost, 'a call was lost after the last kill').toHaveLength(lostByKills);
      stories.push(story);
    },
    LIMIT_MS,
  );

  test(
    'is heard once, although the server is stopped in the middle',
    async () => {
      const person = new Person(server, 'stopped');
      const { id } = await person.upload(dayFiles);
      await whileTranscribing(person, 4);
      expect(await server.stop()).toBe(0);
      await server.start();
      expect((await person.readUpload(id)).status, 'it was finished before it was stopped').toBe(
        'processing',
      );

      const story = await finish(person, id, 'stopped in the middle');
      const { pieces, answered, lost, failed } = await callsOf(server, person.id);
      console.log(
        `${pieces} pieces, ${answered} answers; calls broken off: ${lost.length} lost, ${failed} settled`,
      );
      expect(answered, 'an answer that was there was asked for again').toBe(pieces);
      expect(lost.length + failed).toBeLessThanOrEqual(CALLS_IN_FLIGHT);
      stories.push(story);
    },
    LIMIT_MS,
  );

  test(
    'is all there after another start, and costs nothing when it is sent again',
    async () => {
      expect(stories).toHaveLength(2);
      expect(await server.stop()).toBe(0);
      await server.start();
      for (const { person, upload, conversations } of stories) {
        const calls = await callsOf(server, person.id);
        expect(await person.readUpload(upload.id)).toEqual(upload);
        expect(await person.conversations()).toEqual(conversations);
        expect(await person.upload(dayFiles)).toEqual(upload);
        expect(await callsOf(server, person.id)).toEqual(calls);
      }
    },
    LIMIT_MS,
  );
});

/** When not one process is left: whatever was begun before was begun by one of them. */
async function killAll(moment: string): Promise<number> {
  const { pid } = server;
  await server.killTree();
  console.log(`killed ${pid} and all of its processes ${moment}`);
  return Date.now();
}

/** So many pieces are heard, and others are being heard right now. */
async function whileTranscribing(person: Person, pieces: number): Promise<void> {
  const since = Date.now();
  await until(
    `${pieces} pieces of ${person.id}, and calls that are under way`,
    async () => {
      const calls = await callsOf(server, person.id);
      return calls.pieces >= pieces && calls.lost.some(({ startedAtMs }) => startedAtMs > since);
    },
    LIMIT_MS,
  );
}

async function whenAllIsHeard(person: Person): Promise<void> {
  await until(
    `the end of all recordings of ${person.id}`,
    async () => (await unfinished(person)) === 0,
    LIMIT_MS,
  );
}

async function unfinished(person: Person): Promise<number> {
  const { count } = await server.query((db) =>
    db
      .selectFrom('recordings')
      .select(sql<number>`count(*)`.as('count'))
      .where('user_id', '=', person.id)
      .where('finished_at_ms', 'is', null)
      .executeTakeFirstOrThrow(),
  );
  return count;
}

async function finish(person: Person, uploadId: string, occasion: string): Promise<Story> {
  const upload = await person.uploadDone(uploadId);
  expect(upload.files.map(({ outcome }) => outcome)).toEqual(dayFiles.map(() => 'completed'));
  const conversations = await expectTheDay(person, occasion);
  expect(upload.newConversationIds).toEqual(conversations.map(({ id }) => id));
  await expectNothingTwice(person);
  return { person, upload, conversations };
}

/** Also among the rows that the api would not show: every segment of every piece once, and each in a conversation. */
async function expectNothingTwice(person: Person): Promise<void> {
  const rows = await server.query((db) =>
    db
      .selectFrom('recordings')
      .select([
        sql<number>`coalesce((SELECT sum(jsonb_array_length(segments)) FROM pieces WHERE recording_id = recordings.id), 0)::int`.as(
          'heard',
        ),
        sql<number>`(SELECT count(*) FROM segments WHERE recording_id = recordings.id)`.as('placed'),
        sql<number>`(SELECT count(*) FROM segments WHERE recording_id = recordings.id AND conversation_id IS NULL)`.as(
          'hidden',
        ),
      ])
      .where('user_id', '=', person.id)
      .execute(),
  );
  expect(rows.map(({ placed }) => placed)).toEqual(rows.map(({ heard }) => heard));
  expect(rows.map(({ hidden }) => hidden)).toEqual(rows.map(() => 0));
}
