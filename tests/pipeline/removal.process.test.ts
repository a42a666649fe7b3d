/** Deleting and cancelling while the work is running: it stops at its next step, and its siblings go on. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordingBody } from '../../src/api/schemas.ts';
import { until } from '../engine/fixtures/scene.ts';
import { contentsOf } from '../support/content.ts';
import { useServer } from '../support/server.ts';
import { Person, type Receipt, type Upload } from './person.ts';
import { dayFiles } from './sample-day.ts';

const LIMIT_MS = 240_000;
// Which words it hears is the same to these tests.
const server = useServer({ AFTERWORD_MODEL: 'tiny' });

const files = dayFiles.slice(0, 3);

/** The first of the upload on which the work has begun, with some of it done already. */
async function underWay(person: Person, upload: Upload): Promise<Receipt> {
  let found: Receipt | undefined;
  await until(
    'a recording that is being heard',
    async () => {
      const now = await person.readUpload(upload.id);
      found = now.files.find((file) => file.outcome === 'processing' && file.progress.heardMs > 0);
      return found !== undefined;
    },
    LIMIT_MS,
  );
  return found as Receipt;
}

test(
  'a recording that is deleted while it is heard leaves nothing, and its siblings are heard',
  async () => {
    const person = new Person(server, 'deletes');
    const upload = await person.upload(files);
    const victim = await underWay(person, upload);
    expect(
      (await person.fetch(`/api/v1/recordings/${victim.recordingId}`, { method: 'DELETE' })).status,
    ).toBe(204);
    const done = await person.uploadDone(upload.id);
    expect(done.files.filter(({ outcome }) => outcome === 'completed')).toHaveLength(files.length - 1);
    const after = await person.fetch(`/api/v1/recordings/${victim.recordingId}`);
    expect(RecordingBody.parse(await after.json())).toMatchObject({
      outcome: 'deleted',
      name: '',
      conversationIds: [],
    });
    expect(await contentsOf(join(server.dataDir, 'blobs'))).not.toContain(victim.sha256);
    const segments = (await person.conversations()).flatMap((conversation) => conversation.segments);
    expect(segments.some(({ recordingId }) => recordingId === victim.recordingId)).toBe(false);
    const words = await server.query(async (db) => [
      ...(await db.selectFrom('pieces').select('recording_id').execute()),
      ...(await db.selectFrom('segments').select('recording_id').execute()),
    ]);
    expect(words.length).toBeGreaterThan(0);
    expect(words.filter((row) => row.recording_id === victim.recordingId)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a cancelled upload stops, and what is sent again afterwards stays deleted until it is asked for',
  async () => {
    const person = new Person(server, 'cancels');
    const upload = await person.upload(files);
    await underWay(person, upload);
    expect((await person.fetch(`/api/v1/uploads/${upload.id}/cancel`, { method: 'POST' })).status).toBe(200);
    const cancelled = await person.uploadDone(upload.id);
    for (const { outcome } of cancelled.files) expect(['completed', 'deleted']).toContain(outcome);
    const deleted = cancelled.files.filter(({ outcome }) => outcome === 'deleted').length;
    expect(deleted).toBeGreaterThan(0);
    const again = await person.uploadDone((await person.upload(files)).id);
    expect(again.files.filter(({ outcome }) => outcome === 'deleted')).toHaveLength(deleted);
  },
  LIMIT_MS,
);
