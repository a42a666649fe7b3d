/**
 * A day's recordings come to the same conversations however they arrive: together or apart, in any order, by our
 * own API or by the route of Omi's app. Each way is another person's on one server, all at the same time.
 */
import { describe, expect, test } from 'vitest';
import { OmiAccepted, OmiJob, OmiResult } from '../../src/api/omi/job.ts';
import { useServer } from '../support/server.ts';
import { expectOneCallPerPiece } from './calls.ts';
import { shuffled } from './chance.ts';
import { type Conversation, formOf, Person, type SentFile, type Upload } from './person.ts';
import { dayFiles, expectTheDay } from './sample-day.ts';

/** How long a hang may take to be called one. The real time is printed with the test. */
const LIMIT_MS = 600_000;
/** More of them than the one that Omi's route gets: each costs the local model six minutes of speech. */
const ORDERS = Number(process.env.AFTERWORD_DAY_ORDERS ?? 0);
const SYNC_WAIT_MS = 1000;

const server = useServer({ AFTERWORD_SYNC_WAIT_MS: String(SYNC_WAIT_MS) });

interface Way {
  way: string;
  /** @returns the uploads, as they are when they are done */
  send(person: Person): Promise<Upload[]>;
}

const done = (person: Person) => async (upload: Upload) => await person.uploadDone(upload.id);

function together(files: readonly SentFile[]) {
  return async (person: Person) => [await person.upload(files).then(done(person))];
}

function inParallel(files: readonly SentFile[]) {
  return async (person: Person) =>
    await Promise.all(files.map((file) => person.upload([file]).then(done(person))));
}

/** The next is sent when the one before is accepted: as a phone does. */
function inARow(files: readonly SentFile[]) {
  return async (person: Person) => {
    const accepted: Upload[] = [];
    for (const file of files) accepted.push(await person.upload([file]));
    return await Promise.all(accepted.map(done(person)));
  };
}

/** The next is sent when the one before is understood: the words of each conversation keep changing under its meaning. */
function oneByOne(files: readonly SentFile[]) {
  return async (person: Person) => {
    const finished: Upload[] = [];
    for (const file of files) finished.push(await person.upload([file]).then(done(person)));
    return finished;
  };
}

const ways: Way[] = [
  { way: 'single files in parallel', send: inParallel(dayFiles) },
  {
    way: 'single files in reverse, each after the one before is done',
    send: oneByOne(dayFiles.toReversed()),
  },
  // An upload's files are queued by their content; only single ones are also worked on in the order of their sending.
  ...Array.from({ length: ORDERS }, (_, index) => {
    const files = shuffled(dayFiles, index + 2);
    const minutes = files.map(({ name }) => dayFiles.findIndex((file) => file.name === name) + 1).join(' ');
    return index % 2 === 0
      ? { way: `one upload in the order ${minutes}`, send: together(files) }
      : { way: `single files in the order ${minutes}`, send: inARow(files) };
  }),
];

describe('the sample day', () => {
  test.concurrent.each(ways)(
    '$way',
    async ({ way, send }) => {
      const person = new Person(server, `day-${ways.findIndex((other) => other.way === way)}`);
      const uploads = await send(person);
      const files = uploads.flatMap((upload) => upload.files);
      expect(files.map(({ name, outcome }) => ({ name, outcome }))).toEqual(
        expect.arrayContaining(dayFiles.map(({ name }) => ({ name, outcome: 'completed' }))),
      );
      expect(files).toHaveLength(dayFiles.length);

      const conversations = await expectTheDay(person, way);
      const calls = await expectOneCallPerPiece(server, person.id);
      expect(calls).toBeGreaterThanOrEqual(dayFiles.length);
      // What it takes to play them was noted while they were heard.
      const noted = await server.query((db) =>
        db
          .selectFrom('recording_sounds')
          .innerJoin('recordings', 'recordings.id', 'recording_id')
          .select(['samples', 'duration_ms', 'copy_key'])
          .where('user_id', '=', person.id)
          .execute(),
      );
      expect(noted).toHaveLength(dayFiles.length);
      for (const { samples, duration_ms, copy_key } of noted)
        expect([samples / 16, copy_key]).toEqual([duration_ms, null]);
      const linked = uploads.flatMap((upload) => upload.conversationIds);
      expect([...new Set(linked)].sort()).toEqual(idsOf(conversations));

      // Sent again, in another order: the same ids, at once, and nobody is asked anything.
      const again = await Promise.all(
        uploads.map((upload) => person.upload(shuffled(dayFiles.filter(isIn(upload)), 99))),
      );
      expect(again).toEqual(await Promise.all(uploads.map(({ id }) => person.readUpload(id))));
      expect(again.map(({ id, status }) => ({ id, status }))).toEqual(
        uploads.map(({ id }) => ({ id, status: 'done' })),
      );
      expect(await person.conversations()).toEqual(conversations);
      expect(await expectOneCallPerPiece(server, person.id)).toBe(calls);
    },
    LIMIT_MS,
  );

  test.concurrent(
    'in one upload and another order, by the route of Omi’s app, which waits and never times out',
    async () => {
      const person = new Person(server, 'omi');
      const files = shuffled(dayFiles, 1);
      const post = async () =>
        await person.fetch('/v1/sync-local-files', { method: 'POST', body: formOf(files) });
      const began = performance.now();
      let response = await post();
      console.log(`Omi's route: ${response.status} after ${Math.round(performance.now() - began)} ms`);
      expect(response.status).toBe(202);
      const job = OmiAccepted.parse(await response.json());
      expect(job).toMatchObject({ total_files: dayFiles.length, lane: 'backfill' });
      expect(['queued', 'processing']).toContain(job.status);
      expect(response.headers.get('location')).toBe(`/v2/sync-local-files/${job.job_id}`);

      // The app sends its files again until they are taken: it joins the running job each time.
      let times = 1;
      for (response = await post(); response.status === 202; response = await post()) {
        times++;
        expect(OmiAccepted.parse(await response.json()).job_id).toBe(job.job_id);
      }
      expect(response.status).toBe(200);
      const result = OmiResult.parse(await response.json());
      console.log(`Omi's route: 200 after ${times} times 202`);

      const conversations = await expectTheDay(person, "Omi's route");
      expect({ ...result, new_memories: result.new_memories.toSorted() }).toEqual({
        new_memories: idsOf(conversations),
        updated_memories: [],
        failed_segments: 0,
        total_segments: dayFiles.length,
        errors: [],
        files: files.map(({ name }) => expect.objectContaining({ name, outcome: 'completed', kept: true })),
      });
      const polled = await person.fetch(`/v2/sync-local-files/${job.job_id}`);
      expect(OmiJob.parse(await polled.json())).toMatchObject({
        status: 'completed',
        processed_segments: dayFiles.length,
        successful_segments: dayFiles.length,
        result,
      });
      await expectOneCallPerPiece(server, person.id);
    },
    LIMIT_MS,
  );
});

function idsOf(conversations: readonly Conversation[]): string[] {
  return conversations.map(({ id }) => id).sort();
}

function isIn(upload: Upload) {
  return (file: SentFile) => upload.files.some(({ name }) => name === file.name);
}
