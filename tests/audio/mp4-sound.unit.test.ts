/** Where the frames of an MP4 lie, without anything that could decode them. */
import { expect, test } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { mp4Of } from '../../src/audio/mp4-part.ts';
import { sizesIn, soundFromBytes, soundOf, soundToBytes } from '../../src/audio/mp4-sound.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { notesFor, seekable } from '../../src/decoders/seekable.ts';
import { fixture } from '../decoders/tone.ts';
import { inChunks } from './collect.ts';

async function noted(bytes: Uint8Array) {
  const notes = notesFor('mp4');
  const { chunks } = await seekable('mp4', new ByteReader(inChunks(bytes)), emptyReport(), notes);
  for await (const _ of chunks);
  return notes?.end() ?? null;
}

test('an M4A says where each of its frames lies, and some of them are an MP4 of their own', async () => {
  const bytes = fixture('steps.m4a');
  const at = Buffer.from(bytes).indexOf('moov') - 4;
  const sound = soundOf(bytes.subarray(at), at, false);
  if (sound === null) throw new Error('its sound is not found');
  expect(sound).toMatchObject({ rate: 8_000, skip: 1_024, frameSamples: 1_024, frames: 103, soundAt: 44 });
  expect(soundFromBytes(soundToBytes(sound))).toEqual(sound);
  const sizes = bytes.subarray(sound.sizesAt, sound.sizesAt + 4 * sound.frames);
  const length = [...sizesIn(sizes)].reduce((sum, size) => sum + size, 0);
  const frames = bytes.subarray(sound.soundAt, sound.soundAt + length);
  const again = new Uint8Array(mp4Of(sound, sizes, frames));
  expect((await noted(again))?.points.length).toBeGreaterThan(3);
  const index = Buffer.from(again).indexOf('moov') - 4;
  const copied = soundOf(again.subarray(index), index, false);
  expect(copied).toMatchObject({ frames: 103, frameSamples: 1_024, skip: 0, rate: 8_000 });
  expect(again.subarray(copied?.soundAt, (copied?.soundAt ?? 0) + length)).toEqual(frames);
});

test('each fragment that a decoder can begin with is noted', async () => {
  const bytes = fixture('steps-fragmented.mp4');
  const seek = await noted(bytes);
  expect(seek?.format).toBe('mp4-fragments');
  expect(seek?.points.length).toBe(4);
  for (const { at } of seek?.points ?? [])
    expect(Buffer.from(bytes).toString('latin1', at + 4, at + 8)).toBe('moof');
});

test('an MP4 whose chunks do not hold all of its frames has no notes', async () => {
  const bytes = fixture('steps.m4a').slice();
  const runs = Buffer.from(bytes).indexOf('stsc');
  new DataView(bytes.buffer).setUint32(runs + 16, 50);
  expect(await noted(bytes)).toBeNull();
});
