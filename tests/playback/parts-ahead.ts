/** Hears a file as a worker does, and makes any part of its copy by itself as the player does. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from '../../src/audio/decode.ts';
import { PACKET_BYTES } from '../../src/audio/opus-encoder.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { SEGMENT_BYTES, SEGMENT_SAMPLES, type SeekIndex } from '../../src/audio/seek-index.ts';
import { SoundNotes } from '../../src/audio/sound-notes.ts';
import { outsideDecoder } from '../../src/decoders/outside.ts';
import { segment } from '../../src/playback/segment.ts';
import { bytesOfSegment } from '../../src/playback/segment-bytes.ts';
import { FFMPEG } from '../decoders/tone.ts';

const CLIP = fileURLToPath(new URL('../fixtures/speech/two-cities.wav', import.meta.url));

export interface Heard {
  seek: SeekIndex | null;
  samples: number;
  /** All of it, made at once. */
  copy: Buffer;
}

export async function heard(bytes: Uint8Array): Promise<Heard> {
  const parts: Uint8Array[] = [];
  const noted = await noteSound(bytes);
  const copied = await noteSound(bytes, { give: (part) => parts.push(part), always: true });
  if (copied.samples !== noted.samples) throw new Error('it has another length when it is copied');
  return { seek: noted.seek, samples: noted.samples, copy: Buffer.concat(parts) };
}

export async function noteSound(bytes: Uint8Array, copying?: ConstructorParameters<typeof SoundNotes>[0]) {
  const notes = new SoundNotes(copying);
  const source = (async function* () {
    yield bytes;
  })();
  const sound = decode(source, null, emptyReport(), 0, 0, outsideDecoder(FFMPEG), notes.trace);
  for await (const _ of notes.passing(sound));
  return notes.end();
}

export function segmentsOf({ copy }: Heard): number {
  return Math.ceil(copy.length / SEGMENT_BYTES);
}

export function wholeSegment({ copy }: Heard, number: number): Buffer {
  return copy.subarray(number * SEGMENT_BYTES, (number + 1) * SEGMENT_BYTES);
}

/** @returns nothing where it waits for its copy */
export async function partAhead(
  file: Heard,
  number: number,
  seek: SeekIndex,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const check = seek.checks[number];
  const given = await bytesOfSegment(seek, number, async ({ from, to }) => bytes.subarray(from, to));
  if (!check || !given) return new Uint8Array(0);
  return await segment({
    ...given,
    kind: 'segment',
    format: seek.format,
    rate: seek.rate,
    number,
    check,
    samples: Math.min(file.samples - number * SEGMENT_SAMPLES, SEGMENT_SAMPLES),
    packets: wholeSegment(file, number).length / PACKET_BYTES,
    ffmpeg: FFMPEG,
  });
}

/** Three quarters of a minute of speech, as ffmpeg encodes it so. */
export async function madeBy(args: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-segments-'));
  try {
    const path = join(folder, 'made');
    execFileSync(FFMPEG ?? '', ['-v', 'error', '-i', CLIP, ...args, path]);
    return new Uint8Array(await readFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
