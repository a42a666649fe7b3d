/** Any segment of a copy that is made by itself has the bytes that it has in the whole copy. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { SEGMENT_BYTES, SEGMENT_PACKETS, seekFromBytes, seekToBytes } from '../../src/audio/seek-index.ts';
import { SoundNotes } from '../../src/audio/sound-notes.ts';
import { outsideDecoder } from '../../src/decoders/outside.ts';
import { segment } from '../../src/playback/segment.ts';
import { FFMPEG, fixture } from '../decoders/tone.ts';

const CLIP = fileURLToPath(new URL('../fixtures/speech/two-cities.wav', import.meta.url));
const NONE = new Uint8Array(0);

async function heard(bytes: Uint8Array, copying?: ConstructorParameters<typeof SoundNotes>[0]) {
  const notes = new SoundNotes(copying);
  const source = (async function* () {
    yield bytes;
  })();
  const sound = decode(source, null, emptyReport(), 0, 0, outsideDecoder(null), notes.trace);
  for await (const _ of notes.passing(sound));
  return notes.end();
}

/** @returns for each segment whether it is the same (=), was not made (-) or is another one (x) */
async function compared(bytes: Uint8Array): Promise<string> {
  const parts: Uint8Array[] = [];
  const { seek, samples } = await heard(bytes);
  const copy = await heard(bytes, { give: (part) => parts.push(part), always: true });
  if (!seek || copy.map?.kind !== 'opus') throw new Error('no index was noted');
  expect(copy.samples).toBe(samples);
  const whole = Buffer.concat(parts);
  const { format, rate, head, points, checks } = seekFromBytes(seekToBytes({ ...seek }));
  const packets = copy.map.sizes.length;
  let all = '';
  for (let number = 0; number * SEGMENT_PACKETS < packets; number += 1) {
    const point = number === 0 ? null : (points[number - 1] ?? null);
    if (number > 0 && !point) throw new Error('a segment has no point');
    const made = await segment({
      kind: 'segment',
      format,
      rate,
      number,
      bytes: Buffer.concat([point ? head : NONE, bytes.subarray(point?.at ?? 0)]),
      point,
      check: number === 0 ? null : (checks[number - 1] ?? null),
      packets: packets - number * SEGMENT_PACKETS,
    });
    const expected = whole.subarray(number * SEGMENT_BYTES, (number + 1) * SEGMENT_BYTES);
    all += made.length === 0 ? '-' : expected.equals(made) ? '=' : 'x';
  }
  return all;
}

test.each(['tone.mp3', 'tone-stereo-vbr.mp3'])('of %s, eight of them joined', async (name) => {
  const one = fixture(name);
  expect(await compared(Buffer.concat(Array.from({ length: 8 }, () => one)))).toMatch(/^=[=-]{5}=?$/);
});

test.skipIf(FFMPEG === null).each([
  ['MPEG-1, constant', ['-c:a', 'libmp3lame', '-ar', '44100', '-ac', '2', '-b:a', '48k', '-f', 'mp3']],
  ['MPEG-1, variable', ['-c:a', 'libmp3lame', '-ar', '48000', '-q:a', '4', '-f', 'mp3']],
  ['without notes', ['-c:a', 'libmp3lame', '-ar', '44100', '-write_xing', '0', '-f', 'mp3']],
  ['layer 2', ['-c:a', 'mp2', '-ar', '44100', '-b:a', '128k', '-f', 'mp2']],
  ['FLAC', ['-c:a', 'flac', '-f', 'flac']],
  ['FLAC, stereo at 44.1 kHz', ['-c:a', 'flac', '-ar', '44100', '-ac', '2', '-f', 'flac']],
])(
  'of speech: %s',
  async (_name, args) => {
    expect(await compared(await madeBy(args))).toMatch(/^=+$/);
  },
  120_000,
);

test.skipIf(FFMPEG === null).each([
  ['MPEG-2', ['-c:a', 'libmp3lame', '-ar', '16000', '-b:a', '32k', '-f', 'mp3']],
  ['MPEG-2.5', ['-c:a', 'libmp3lame', '-ar', '8000', '-b:a', '8k', '-f', 'mp3']],
])(
  'of speech: %s, where one may not be made and is never another',
  async (_name, args) => {
    const all = await compared(await madeBy(args));
    expect(all).toMatch(/^=[=-]+$/);
    expect(all.replaceAll('=', '').length).toBeLessThanOrEqual(2);
  },
  120_000,
);

test('a file with damage has no index', async () => {
  const one = fixture('tone.mp3');
  const joined = Buffer.concat(Array.from({ length: 4 }, () => one));
  joined.fill(0, joined.length / 2, joined.length / 2 + 2_000);
  expect((await heard(joined)).seek).toBeNull();
});

async function madeBy(args: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-segments-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'made');
  execFileSync(FFMPEG ?? '', ['-v', 'error', '-i', CLIP, ...args, path]);
  return new Uint8Array(await readFile(path));
}
