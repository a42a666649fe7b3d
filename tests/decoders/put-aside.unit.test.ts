/** Where the sound of a file waits for the index behind it, its bytes count as read only once they are passed on. */
import { expect, test } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { seekable } from '../../src/decoders/seekable.ts';
import { fixture } from './tone.ts';

const SOUND_BYTES = 1_000_000;
const CHUNK_BYTES = 64 * 1024;

const mp4Box = (type: string, body: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};
const cafChunk = (type: string, body: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(12);
  head.write(type, 0, 'latin1');
  head.writeBigInt64BE(BigInt(body.length), 4);
  return Buffer.concat([head, body]);
};

function m4a(): Uint8Array {
  const tone = Buffer.from(fixture('tone.m4a'));
  const at = tone.lastIndexOf('moov') - 4;
  const index = tone.subarray(at, at + tone.readUInt32BE(at));
  const type = tone.subarray(0, tone.readUInt32BE(0));
  return Buffer.concat([type, mp4Box('mdat', new Uint8Array(SOUND_BYTES)), index]);
}

function caf(): Uint8Array {
  const sound = cafChunk('data', new Uint8Array(SOUND_BYTES));
  const head = Buffer.concat([Buffer.from('caff'), Buffer.from([0, 1, 0, 0])]);
  return Buffer.concat([
    head,
    cafChunk('desc', new Uint8Array(32)),
    sound,
    cafChunk('pakt', new Uint8Array(24)),
  ]);
}

test.each([
  ['an M4A', 'mp4', m4a()],
  ['a Core Audio file', 'caf-packed', caf()],
] as const)('%s', async (_, format, bytes) => {
  const reader = new ByteReader(
    (async function* () {
      yield bytes;
    })(),
  );
  const { chunks } = await seekable(format, reader, emptyReport());
  let given = 0;
  for await (const chunk of chunks) {
    given += chunk.length;
    expect(Math.abs(reader.bytesRead - given)).toBeLessThanOrEqual(CHUNK_BYTES);
  }
  expect(given).toBeGreaterThanOrEqual(SOUND_BYTES);
  expect(reader.bytesRead).toBe(bytes.length);
});

test('what was put aside counts as read when the decoder takes no more of it', async () => {
  const bytes = m4a();
  const reader = new ByteReader(
    (async function* () {
      yield bytes;
    })(),
  );
  const { chunks } = await seekable('mp4', reader, emptyReport());
  let given = 0;
  for await (const chunk of chunks) {
    given += chunk.length;
    if (given > SOUND_BYTES / 4) break;
  }
  expect(reader.bytesRead).toBe(bytes.length);
});
