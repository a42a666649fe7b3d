/** WAV files whose headers are wrong in ways that people met, made around two short clips and heard by the real model. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { concat } from '../audio/omi-writer.ts';
import { chunk, type WavOptions, wavFile } from '../audio/wav-writer.ts';
import { inOrder, spokenWords } from '../speech/word-error-rate.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const START_MS = 1_774_000_000_000;
const START_TOLERANCE_MS = 700;
const HEADER_BYTES = 44;
const BYTES_PER_MS = 32;
/** What an encoder wrote about itself, and an odd comment. */
const INFO = chunk('LIST', Buffer.from('INFOISFT\x0e\0\0\0Lavf58.29.100\0'));
const ODD = Buffer.from('INFOICMT\x0f\0\0\0a comment, odd.');

/** The sound of a file of this project, without its header. */
function soundOf(name: string): Uint8Array {
  return new Uint8Array(
    readFileSync(new URL(`../fixtures/cases/${name}`, import.meta.url)).subarray(HEADER_BYTES),
  );
}

const first = soundOf('T02-part0.wav');
const second = soundOf('T02-part1.wav');
const both = concat([first, second]);
const SAID = [
  { text: 'he was not an ill disposed young man', atMs: 300 },
  { text: 'he might even have been made amiable himself', atMs: 300 + first.length / BYTES_PER_MS },
];

const S16: WavOptions = { tag: 1, bits: 16, channels: 1, rate: 16_000 };

/** The right channel is the left one turned round. */
function cancelling(sound: Uint8Array): Uint8Array {
  const mono = Buffer.from(sound);
  const stereo = Buffer.alloc(2 * mono.length);
  for (let at = 0; at < mono.length; at += 2) {
    stereo.writeInt16LE(mono.readInt16LE(at), 2 * at);
    stereo.writeInt16LE(Math.max(-32_767, Math.min(32_767, -mono.readInt16LE(at))), 2 * at + 2);
  }
  return stereo;
}

function rf64(): Uint8Array {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(both.length + 104), 0);
  sizes.writeBigUInt64LE(BigInt(both.length), 8);
  sizes.writeBigUInt64LE(BigInt(both.length / 2), 16);
  const file = wavFile(both, {
    ...S16,
    riffSize: 0xffff_ffff,
    dataSize: 0xffff_ffff,
    before: [chunk('ds64', sizes)],
    after: [INFO],
  });
  return concat([Buffer.from('RF64'), file.subarray(4)]);
}

function withoutBlockAlign(): Uint8Array {
  const file = wavFile(both, S16).slice();
  file.fill(0, 28, 34);
  return file;
}

const server = useServer();

test.each<[what: string, file: () => Uint8Array]>([
  ['two files joined to one', () => concat([wavFile(first, S16), wavFile(second, S16)])],
  [
    'a size that was not written last',
    () => wavFile(both, { ...S16, dataSize: first.length, riffSize: first.length + 36 }),
  ],
  ['a size that was never written', () => wavFile(both, { ...S16, dataSize: 0 })],
  ['stereo whose channels cancel each other', () => wavFile(cancelling(both), { ...S16, channels: 2 })],
  ['RF64', rf64],
  [
    'an odd chunk without its pad byte',
    () => wavFile(both, { ...S16, before: [chunk('LIST', ODD).subarray(0, 8 + ODD.length)] }),
  ],
  ['a block align of 0', withoutBlockAlign],
])('%s', async (what, file) => {
  const person = new Person(server, what.replaceAll(' ', '-'));
  const bytes = new Uint8Array(file());
  const { id } = await person.upload([{ name: 'memo_1774000000.wav', bytes }]);
  const upload = await person.uploadDone(id);
  expect(upload.files).toMatchObject([{ outcome: 'completed', code: null, speechWithoutWords: [] }]);
  const segments = (await person.conversations()).flatMap((conversation) => conversation.segments);
  const heard = spokenWords(segments.map(({ text }) => text).join(' '));
  for (const { text, atMs } of SAID) {
    const words = spokenWords(text);
    expect(inOrder(words, heard) / words.length, heard.join(' ')).toBeGreaterThanOrEqual(0.85);
    const late = segments.map(({ startedAtMs }) => Math.abs(startedAtMs - START_MS - atMs));
    expect(Math.min(...late)).toBeLessThanOrEqual(START_TOLERANCE_MS);
  }
});
