/**
 * What devices and people really send, in one upload with a good file: each file gets its own verdict, and costs
 * its siblings nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/errors.ts';
import { omiFile } from '../audio/omi-writer.ts';
import { contentsOf, hashOf } from '../support/content.ts';
import { useServer } from '../support/server.ts';
import { type Conversation, Person, type Receipt, type SentFile, type Upload } from './person.ts';
import { dayFiles, unheard, utterances } from './sample-day.ts';

const FOLDER = new URL('../fixtures/bad/', import.meta.url);
const OPUS = 'audio_omi_opus_fs320_16000_1_fs320_';
const PCM = 'audio_omi_pcm16_16000_1_fs160_';
const LIMIT_MS = 600_000;

/** A minute of it, in frames of 10 ms: 1.9 MB of zeros are made and not kept. */
const silence: SentFile = {
  name: `${PCM}1774100360.bin`,
  bytes: new Uint8Array(omiFile(new Array<Uint8Array>(6000).fill(new Uint8Array(320)))),
};
/** Three of them say the same a minute apart, which would make them copies of one another. */
function apart(name: string): string {
  return name.replace('1774100120', '1774101120').replace('1774100180', '1774102180');
}

const badFiles: SentFile[] = readdirSync(FOLDER)
  .map((name) => ({ name: apart(name), bytes: new Uint8Array(readFileSync(new URL(name, FOLDER))) }))
  .concat(silence);
const good = dayFiles[0] as SentFile;

const server = useServer();
const person = new Person(server, 'bad');
let upload: Upload;
let conversations: Conversation[];

beforeAll(async () => {
  const { id } = await person.upload([...badFiles, good]);
  upload = await person.uploadDone(id);
  conversations = await person.conversations();
}, LIMIT_MS);

test('the upload is done, with a receipt for each file', () => {
  expect(silence.bytes.length).toBe(1_944_000);
  expect(upload.status).toBe('done');
  expect(upload.files.map(({ name }) => name)).toEqual([...badFiles, good].map(({ name }) => name));
  for (const file of upload.files) expect(file.finishedAtMs).not.toBeNull();
});

test.each<[what: string, name: string, code: ErrorCode]>([
  ['an empty file', `${OPUS}1774100000.bin`, 'empty_file'],
  ['random bytes', `${OPUS}1774100240.bin`, 'not_audio'],
  ['erased flash pages', `${OPUS}1774100300.bin`, 'erased_storage'],
  ['a clock in 2100', `${OPUS}4102444800.bin`, 'clock_in_future'],
  ['a clock in 2000', `${OPUS}946684800.bin`, 'clock_too_old'],
  ['no timestamp', 'recording.bin', 'name_without_time'],
  ['a text', 'notes.txt', 'name_not_a_recording'],
])('%s is rejected, with its reason and what to do about it', async (_, name, code) => {
  expect(receiptOf(name)).toMatchObject({
    outcome: 'rejected',
    code,
    retryable: false,
    reason: expect.stringMatching(/\w/),
    remedy: ERRORS[code].remedy,
    conversationIds: [],
  });
  expect(await callsFor(name)).toBe(0);
});

test('three names for the same bytes are one recording, and three verdicts', () => {
  const names = [`${OPUS}4102444800.bin`, `${OPUS}946684800.bin`, 'recording.bin'];
  expect(new Set(names.map((name) => receiptOf(name).recordingId)).size).toBe(1);
  expect(new Set(names.map((name) => receiptOf(name).reason)).size).toBe(3);
});

test.each([
  ['a last frame cut short', `${OPUS}1774100060.bin`, 'last_frame_cut_short', 24],
  ['a frame length out of range', `${OPUS}1774101120.bin`, 'frame_length_out_of_range', 1004],
])('%s: the 20 s before it are kept and heard, and the loss is told', (_, name, damage, bytesLost) => {
  const receipt = receiptOf(name);
  expect(receipt).toMatchObject({
    outcome: 'completed',
    code: 'damaged',
    reason: expect.stringMatching(/\d s are missing/),
    progress: { durationMs: 20_000 },
    audio: { frames: 1000, damage, bytesLost },
  });
  expect(receipt.conversationIds).toHaveLength(1);
  expect(unheardIn(receipt, 19_000)).toEqual([]);
});

test('corrupt frames are concealed and counted, and no word shifts or gets lost', () => {
  const receipt = receiptOf(`${OPUS}1774102180.bin`);
  expect(receipt).toMatchObject({
    outcome: 'completed',
    progress: { durationMs: 60_020 },
    audio: { frames: 3001, concealedFrames: 31, damage: null },
  });
  expect(unheardIn(receipt, 60_000)).toEqual([]);
});

test('silence is a success that nobody is asked about', async () => {
  expect(receiptOf(silence.name)).toMatchObject({ outcome: 'silent', code: null, conversationIds: [] });
  expect(await callsFor(silence.name)).toBe(0);
});

test('noise without speech makes no conversation', () => {
  const receipt = receiptOf(`${PCM}1774100420.bin`);
  expect(['completed', 'silent']).toContain(receipt.outcome);
  expect(receipt).toMatchObject({ progress: { durationMs: 15_000 }, conversationIds: [] });
});

test('the good file beside them is heard as if it were alone', () => {
  const receipt = receiptOf(good.name);
  expect(receipt).toMatchObject({ outcome: 'completed', code: null, audio: { damage: null, bytesLost: 0 } });
  expect(unheardIn(receipt, 60_000)).toEqual([]);
});

test('the conversations are those of the files with speech, and they are ready', () => {
  const heard = upload.files.flatMap((file) => file.conversationIds);
  expect(conversations.map(({ id }) => id).sort()).toEqual([...new Set(heard)].sort());
  for (const conversation of conversations) expect(conversation.status).toBe('ready');
});

test.each([...badFiles, good])('no byte of $name is lost, whatever the verdict', async ({ name, bytes }) => {
  const sha256 = hashOf(bytes);
  expect(receiptOf(name).sha256).toBe(sha256);
  expect(await contentsOf(join(server.dataDir, 'blobs'))).toContain(sha256);
});

test(
  'once its time is told, the recording with the wrong clock is heard after all',
  async () => {
    const file = badFiles.find(({ name }) => name === 'recording.bin') as SentFile;
    const before = receiptOf(file.name);
    const { id } = await person.uploadTold(file, 1_774_200_000_000);
    const told = await person.uploadDone(id);
    expect(told.files).toMatchObject([
      { recordingId: before.recordingId, outcome: 'completed', code: null, startedAtMs: 1_774_200_000_000 },
    ]);
    expect(told.newConversationIds).toHaveLength(1);
  },
  LIMIT_MS,
);

function receiptOf(name: string): Receipt {
  const receipt = upload.files.find((file) => file.name === name);
  if (!receipt) throw new Error(`no receipt for ${name}`);
  return receipt;
}

/** The bad files with speech in them are the day's first minute, or its beginning, at another time. */
function unheardIn({ recordingId, startedAtMs }: Receipt, untilMs: number) {
  const minute = Number(/_(\d+)\.bin$/.exec(good.name)?.[1]);
  const spoken = utterances.filter(({ start }) => start < minute + untilMs / 1000);
  const segments = conversations
    .flatMap((conversation) => conversation.segments)
    .filter((segment) => segment.recordingId === recordingId);
  return unheard(segments, spoken, (startedAtMs ?? 0) - minute * 1000);
}

async function callsFor(name: string): Promise<number> {
  const { recordingId } = receiptOf(name);
  return await server.query(async (db) => {
    const rows = await db
      .selectFrom('provider_calls')
      .select('id')
      .where('recording_id', '=', recordingId)
      .execute();
    return rows.length;
  });
}
