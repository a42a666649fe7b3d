/** Says for each format which bytes of a file a decoder is given, to make a segment of its copy by itself. */
import type { Wanted } from '../audio/excerpt.ts';
import { mp4Of } from '../audio/mp4-part.ts';
import { type Mp4Sound, sizesIn, soundFromBytes } from '../audio/mp4-sound.ts';
import { SETTLE_SECONDS, type SeekIndex, settledFrame } from '../audio/seek-index.ts';

/** By whom a segment is made is said in `segment.ts`, which loads the decoders. */
const BY_FFMPEG = ['mp4', 'mp4-fragments', 'adts'] as const;
export const SEGMENT_FORMATS = ['mp3', 'flac', 'ogg-flac', 'ogg-vorbis', ...BY_FFMPEG] as const;
export type SegmentFormat = (typeof SEGMENT_FORMATS)[number];

/** Ten seconds of 24 bits at 96 kHz. A file with more in a segment waits for its copy. */
export const MOST_SEGMENT_BYTES = 8 * 1024 * 1024;
/** Ten seconds of the shortest frames. */
const MOST_FRAMES = 8_192;

export interface SegmentBytes {
  bytes: Uint8Array;
  /** The first sample frame that a decoder gives of them; null: they are those of the file from its beginning. */
  frame: number | null;
}

/** Gives these bytes of the file, or as many as there are; null where they are too many, or cannot be. */
export type ReadsFile = (range: Wanted) => Promise<Uint8Array | null>;

export function canBegin(format: string, hasFfmpeg: boolean): boolean {
  const isOneOf = (formats: readonly string[]) => formats.includes(format);
  return isOneOf(SEGMENT_FORMATS) && (hasFfmpeg || !isOneOf(BY_FFMPEG));
}

/** @returns null where they are not known */
export async function bytesOfSegment(
  seek: SeekIndex,
  number: number,
  read: ReadsFile,
): Promise<SegmentBytes | null> {
  const { format, rate, points, head } = seek;
  // The last point is the one nearest to the end, and begins the last segments.
  const point = number === 0 ? null : (points[number - 1] ?? points.at(-1));
  if (point === undefined) return null;
  // A decoder holds back some frames: a second behind the end is enough for all of them.
  const end = settledFrame(number + 1, rate) + (SETTLE_SECONDS + 1) * rate;
  if (format === 'mp4') {
    const sound = soundFromBytes(head);
    return sound && (await framesOfMp4(sound, point ?? { at: sound.soundAt, frame: -sound.skip }, end, read));
  }
  const to = points.find(({ frame }, index) => index >= number && frame >= end)?.at;
  const bytes = await read({ from: point?.at ?? 0, to: to ?? Number.MAX_SAFE_INTEGER });
  if (bytes === null) return null;
  return point === null
    ? { bytes, frame: null }
    : { bytes: Buffer.concat([head, bytes]), frame: point.frame };
}

/** Reads how long its frames are in the file's own index, and then the frames. */
async function framesOfMp4(
  sound: Mp4Sound,
  { at, frame }: { at: number; frame: number },
  end: number,
  read: ReadsFile,
): Promise<SegmentBytes | null> {
  const { frames, frameSamples, skip, sizesAt } = sound;
  const first = (frame + skip) / frameSamples;
  const count = Math.min(frames - first, Math.ceil((end - frame) / frameSamples));
  if (!Number.isSafeInteger(first) || first < 0 || !(count > 0 && count <= MOST_FRAMES)) return null;
  const sizes = await read({ from: sizesAt + 4 * first, to: sizesAt + 4 * (first + count) });
  if (sizes?.length !== 4 * count) return null;
  const length = [...sizesIn(sizes)].reduce((sum, size) => sum + size, 0);
  const bytes = await read({ from: at, to: at + length });
  return bytes?.length === length ? { bytes: mp4Of(sound, sizes, bytes), frame } : null;
}
