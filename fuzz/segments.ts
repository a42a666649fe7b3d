/**
 * Parts of copies that are made ahead, from files that are not what was noted of them and from notes that are wrong: each is what
 * the whole copy has there, or it waits for the copy.
 */
import { readFileSync } from 'node:fs';
import { ByteReader } from '../src/audio/byte-reader.ts';
import { emptyReport } from '../src/audio/report.ts';
import { type SeekIndex, type SeekPoint, seekFromBytes, seekToBytes } from '../src/audio/seek-index.ts';
import { notesFor, seekable } from '../src/decoders/seekable.ts';
import { bytesOfSegment, MOST_SEGMENT_BYTES } from '../src/playback/segment-bytes.ts';
import { FFMPEG } from '../tests/decoders/tone.ts';
import { type Heard, heard, partAhead, segmentsOf, wholeSegment } from '../tests/playback/parts-ahead.ts';
import type { Chance } from './chance.ts';
import { damaged, damagedWithin, oggBodies, withOggChecksums } from './damage.ts';

const folder = new URL('../tests/fixtures/formats/', import.meta.url);
const NAMES = ['tone.mp3', 'steps-vorbis.ogg', 'steps-flac.ogg'] as const;
const BY_FFMPEG = { 'steps.m4a': 'mp4', 'steps-fragmented.mp4': 'mp4', 'steps.aac': 'adts' } as const;
/** The tones have three seconds. Joined MP3s are one. */
const JOINED = 4;
const NUMBERS = [
  -1,
  0,
  1,
  7,
  1e3,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.5,
];

export interface SegmentFile {
  name: string;
  bytes: Uint8Array;
  file: Heard & { seek: SeekIndex };
}

export interface SegmentFuzz {
  inputs: number;
  /** So many were made all the same, and right. */
  made: number;
  broken: string[];
}

/** @param byFfmpeg those that cost a process each instead */
export async function segmentFiles(byFfmpeg = false): Promise<SegmentFile[]> {
  const files: SegmentFile[] = [];
  for (const name of byFfmpeg ? (FFMPEG === null ? [] : Object.keys(BY_FFMPEG)) : NAMES) {
    const one = readFileSync(new URL(name, folder));
    const bytes = new Uint8Array(name === 'tone.mp3' ? Buffer.concat(new Array(JOINED).fill(one)) : one);
    const file = await heard(bytes);
    if (file.seek === null) throw new Error(`no index was noted of ${name}`);
    files.push({ name, bytes, file: { ...file, seek: file.seek } });
  }
  return files;
}

/** @param isOver asked before each input */
export async function fuzzSegments(
  files: readonly SegmentFile[],
  inputs: number,
  chance: Chance,
  isOver: () => boolean = () => false,
): Promise<SegmentFuzz> {
  const result: SegmentFuzz = { inputs: 0, made: 0, broken: [] };
  while (files.length > 0 && result.inputs < inputs && !isOver()) {
    const { name, bytes, file } = chance.one(files);
    const number = chance.below(segmentsOf(file));
    result.inputs += 1;
    const isFileWrong = chance.under(0.5);
    const seek = isFileWrong ? file.seek : wrong(file.seek, chance);
    const read = isFileWrong || chance.under(0.1) ? damagedFile(name, bytes, chance) : bytes;
    try {
      const made = seek === null ? [] : await partAhead(file, number, seek, read);
      if (made.length === 0) continue;
      result.made += 1;
      if (!wholeSegment(file, number).equals(Uint8Array.from(made)))
        result.broken.push(`${name}: segment ${number} has other sound than the copy`);
    } catch (error) {
      result.broken.push(`${name}: segment ${number}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return result;
}

/**
 * Which bytes a decoder is given, without one: what is read is bounded, and nothing fails. Of files that ffmpeg decodes this needs
 * no ffmpeg.
 */
export async function fuzzSegmentBytes(inputs: number, chance: Chance): Promise<SegmentFuzz> {
  const result: SegmentFuzz = { inputs: 0, made: 0, broken: [] };
  const files = await Promise.all(Object.entries(BY_FFMPEG).map(noted));
  for (; result.inputs < inputs; result.inputs += 1) {
    const { name, bytes, seek: right } = chance.one(files);
    const file = chance.under(0.5) ? bytes : damaged(bytes, chance);
    const seek = chance.under(0.2) ? right : wrong(right, chance);
    if (seek === null) continue;
    const number = chance.one([0, 1, 2, 3, 4, 1_000]);
    let [reads, read] = [0, 0];
    try {
      const given = await bytesOfSegment(seek, number, async ({ from, to }) => {
        const part = file.subarray(from, to);
        reads += 1;
        read += part.length;
        return part;
      });
      if (given !== null) result.made += 1;
      if (reads > 2 || read > 2 * file.length || (given?.bytes.length ?? 0) > MOST_SEGMENT_BYTES)
        result.broken.push(`${name}: segment ${number} takes ${reads} reads of ${read} bytes`);
    } catch (error) {
      result.broken.push(`${name}: segment ${number}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return result;
}

async function noted([name, format]: [string, 'mp4' | 'adts']) {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
  const reader = new ByteReader(
    (async function* () {
      yield bytes;
    })(),
  );
  const notes = notesFor(format);
  const { chunks } = await seekable(format, reader, emptyReport(), notes);
  for await (const _ of chunks);
  const seek = notes?.end();
  if (!seek) throw new Error(`no index was noted of ${name}`);
  return { name, bytes, seek: { ...seek, checks: [{ before: 0, all: 0 }] } };
}

function damagedFile(name: string, bytes: Uint8Array, chance: Chance): Uint8Array {
  if (!name.endsWith('.ogg') || chance.under(0.25)) return damaged(bytes, chance);
  const isAnywhere = chance.below(3) === 0;
  return withOggChecksums(
    isAnywhere ? damaged(bytes, chance) : damagedWithin(bytes, oggBodies(bytes), chance),
  );
}

/** @returns null where nothing is read of it, and the file waits */
function wrong(seek: SeekIndex, chance: Chance): SeekIndex | null {
  if (chance.under(0.2)) return seekFromBytes(Buffer.from(damaged(seekToBytes(seek), chance)));
  const points = seek.points.map((point) => (chance.under(0.5) ? point : wrongPoint(point, seek, chance)));
  const { head, rate, format, checks } = seek;
  return chance.one<() => SeekIndex>([
    () => ({ ...seek, points }),
    () => ({ ...seek, points: points.slice(chance.below(points.length)) }),
    () => ({ ...seek, head: damaged(head, chance) }),
    () => ({ ...seek, head: wrongHead(head, chance) }),
    () => ({ ...seek, rate: chance.one([...NUMBERS, 8_000, 16_000, rate * 2]) }),
    () => ({
      ...seek,
      format: chance.one(['mp3', 'flac', 'ogg-flac', 'ogg-vorbis', 'adts', 'toString', format]),
      points,
    }),
    () => ({ ...seek, checks: checks.slice(chance.below(checks.length)) }),
    () => ({ ...seek, checks: checks.map(({ before }) => ({ before, all: chance.below(2 ** 32) })) }),
  ])();
}

function wrongPoint({ at, frame }: SeekPoint, { points }: SeekIndex, chance: Chance): SeekPoint {
  const number = () => chance.one([...NUMBERS, chance.below(100_000), at, frame]);
  return chance.one([
    { at: number(), frame },
    { at, frame: number() },
    { at: at + chance.below(64) - 32, frame },
    { at, frame: frame + chance.below(4_096) - 2_048 },
    { at: chance.one(points).at, frame },
    { at: number(), frame: number() },
  ]);
}

/** Of an MP4 the head is a text that says where things are, and how many. */
function wrongHead(head: Uint8Array, chance: Chance): Uint8Array {
  const text = Buffer.from(head).toString('utf8');
  return Buffer.from(text.replace(/:(\d+)/g, (all) => (chance.under(0.3) ? `:${chance.one(NUMBERS)}` : all)));
}
