/**
 * Files that follow each other, cut in the middle of words: what goes on across the border is said once and whole, is paid
 * for once, and is not lost with the other file.
 */
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { FIRST_BORDER_ORDINAL } from '../../src/store/tables/borders.ts';
import { Person, type SentFile } from '../pipeline/person.ts';
import { clip } from '../speech/clips.ts';
import { spokenWords } from '../speech/word-error-rate.ts';
import { useServer } from '../support/server.ts';

const LIMIT_MS = 240_000;
const RATE = 16_000;
const STARTED_AT_S = 1_774_000_000;
const DAY = new URL('../../samples/day/', import.meta.url);

const server = useServer({ AFTERWORD_QUIET_MS: '0' });
const sound = await clip('two-cities');

/** The border lies within "despair". */
function filesOf(fromS: number, untilS: number): SentFile[] {
  const files: SentFile[] = [];
  for (let atS = fromS; atS < untilS; atS += 10) {
    files.push({
      name: `audio_omi_pcm16_16000_1_fs160_${STARTED_AT_S + atS}.wav`,
      bytes: toWav(sound.slice(atS * RATE, Math.min(untilS, atS + 10) * RATE)),
    });
  }
  return files;
}

async function wordsOf(person: Person): Promise<string> {
  const conversations = await person.conversations();
  const segments = conversations.flatMap((conversation) => conversation.segments);
  segments.sort((a, b) => a.startedAtMs - b.startedAtMs);
  return spokenWords(segments.map(({ text }) => text).join(' ')).join(' ');
}

async function send(person: Person, files: readonly SentFile[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) {
    const { id } = await person.upload([file]);
    const { files: receipts } = await person.uploadDone(id);
    ids.push(receipts[0]?.recordingId ?? '');
  }
  return ids;
}

async function rowsOf(person: Person) {
  return await server.query(async (db) => ({
    usage: await db
      .selectFrom('usage')
      .select('result')
      .where('user_id', '=', person.id)
      .where('stage', '=', 'transcribe')
      .execute(),
    calls: await db
      .selectFrom('provider_calls')
      .select('piece_ordinal')
      .where('user_id', '=', person.id)
      .where('kind', '=', 'transcribe')
      .execute(),
    borders: await db.selectFrom('borders').selectAll().orderBy('left_id').execute(),
  }));
}

const BOTH =
  'it was the spring of hope it was the winter of despair we had everything before us we had nothing before us';

test(
  'a word that the border cuts is said once and whole, in any order, and goes with the file that has more of it',
  async () => {
    const files = filesOf(10, 30);
    const [inOrder, reversed] = [new Person(server, 'in-order'), new Person(server, 'reversed')];
    const [leftId = '', rightId = ''] = await send(inOrder, files);
    const [lateId = '', earlyId = ''] = await send(reversed, files.toReversed());
    const said = await wordsOf(inOrder);
    expect(said).toContain(BOTH);
    expect(await wordsOf(reversed)).toBe(said);

    for (const person of [inOrder, reversed]) {
      const { usage, calls } = await rowsOf(person);
      const across = calls.filter(({ piece_ordinal }) => (piece_ordinal ?? 0) >= FIRST_BORDER_ORDINAL);
      expect(across).toHaveLength(1);
      expect(usage).toHaveLength(calls.length);
    }

    // What was heard first was heard alone as well: it says that again at once, without a call.
    const callsBefore = (await rowsOf(inOrder)).calls.length;
    expect((await inOrder.fetch(`/api/v1/recordings/${rightId}`, { method: 'DELETE' })).ok).toBe(true);
    const left = await wordsOf(inOrder);
    expect(left).toContain('it was the winter');
    expect(left).not.toContain('everything before us');
    expect((await rowsOf(inOrder)).calls.length).toBeLessThanOrEqual(callsBefore);

    // What was heard with its neighbour only is heard alone then.
    expect((await reversed.fetch(`/api/v1/recordings/${lateId}`, { method: 'DELETE' })).ok).toBe(true);
    const upload = await reversed.upload([files[0] as SentFile]);
    await reversed.uploadDone(upload.id);
    const again = await wordsOf(reversed);
    expect(again).toBe(left);
    expect(again).not.toContain('everything before us');
    expect((await rowsOf(reversed)).borders).toEqual([]);
    expect([leftId, earlyId]).toHaveLength(2);
  },
  LIMIT_MS,
);

test(
  'a border in silence costs nothing',
  async () => {
    const person = new Person(server, 'silence');
    const name = 'audio_omi_opus_fs320_16000_1_fs320_1774000420.bin';
    const bytes = new Uint8Array(readFileSync(new URL(name, DAY)));
    const quiet = toWav(new Float32Array(10 * RATE).map((_, at) => 1e-4 * ((at * 7919) % 5)));
    await send(person, [
      { name, bytes },
      { name: 'audio_omi_pcm16_16000_1_fs160_1774000410.wav', bytes: quiet },
    ]);
    const { calls } = await rowsOf(person);
    expect(calls.filter(({ piece_ordinal }) => (piece_ordinal ?? 0) >= FIRST_BORDER_ORDINAL)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a file is heard alone when the audio of the one before it was lost meanwhile',
  async () => {
    const person = new Person(server, 'lost');
    const [left, right] = filesOf(10, 30) as [SentFile, SentFile];
    await send(person, [left]);
    const [{ object_key: key } = { object_key: null }] = await server.query(
      async (db) =>
        await db
          .selectFrom('blobs')
          .innerJoin('recordings', 'recordings.sha256', 'blobs.sha256')
          .select('object_key')
          .where('user_id', '=', person.id)
          .execute(),
    );
    const folder = join(server.dataDir, 'blobs');
    const files = await readdir(folder, { recursive: true });
    const stored = files.filter((file) => key !== null && file.endsWith(key));
    expect(stored).toHaveLength(1);
    for (const file of stored) await rm(join(folder, file));
    const { id } = await person.upload([right]);
    const { files: receipts } = await person.uploadDone(id);
    expect(receipts[0]).toMatchObject({ outcome: 'completed' });
    expect(await wordsOf(person)).toContain('everything before us');
  },
  LIMIT_MS,
);
