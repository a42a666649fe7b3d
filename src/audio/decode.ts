import { ByteReader } from './byte-reader.ts';
import { HEAD_BYTES, OUTSIDE, type OutsideFormat, type Recognised, recognise } from './formats.ts';
import { framesAhead } from './frames-ahead.ts';
import { type AudioHint, SAMPLE_RATE } from './hint.ts';
import { skipId3 } from './id3.ts';
import { decodeMatroska } from './matroska.ts';
import { decodeOggOpus } from './ogg-opus.ts';
import { decodeOmiOpus } from './omi-opus.ts';
import { decodeOmiPcm } from './omi-pcm.ts';
import { isWideText } from './other-than-audio.ts';
import { decodePcmContainer } from './pcm-containers.ts';
import { AudioError, type DecodeReport } from './report.ts';
import type { SoundTrace } from './sound-map.ts';
import { decodeWav } from './wav.ts';
import { indexOfRiff } from './wav-header.ts';

/** The frame sizes that Omi's names may claim, in samples at 16 kHz: 2.5 to 120 ms. */
const LEGAL_FRAME_SAMPLES: ReadonlySet<number> = new Set([40, 80, 160, 320, 640, 960, 1280, 1920]);
/** A header can claim that any length was there: no more is reported as lost than one file is heard of. */
const MOST_LOST_MS = 100 * 3_600_000;
/** The longest data in front of a container: a large tag, or some pages of flash. */
const LONGEST_LEAD_BYTES = 65_536;

/**
 * Decodes what is not decoded here. It yields 16 kHz mono and fills the report.
 * @returns null if there is no decoder for it
 */
export type OutsideDecoder = (
  format: OutsideFormat,
  reader: ByteReader,
  report: DecodeReport,
  trace?: SoundTrace,
) => AsyncGenerator<Float32Array> | null;

/**
 * Streams a recording as blocks of one second of 16 kHz mono (the last one shorter). Memory does not depend on the
 * recording's length: one chunk of input, a frame, about a second of packets, one block. The report fills as it goes
 * and is final when the generator ends.
 *
 * A file may hold several streams side by side, each with its own voice: `track` says which one is wanted, and
 * `report.tracks` how many there are.
 *
 * Throws AudioError only when nothing could be decoded, so before the first block. What the byte source throws passes
 * through unchanged. Without a hint the bytes are taken for Omi's Opus, as Omi does with any name that says nothing.
 *
 * @param soundFrom in samples: what comes before must keep its time, but may become silence
 * @param outside without it only the formats that are read here are decoded
 * @param trace is told which bytes each part of the sound came from, where the format allows it
 */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  hint: AudioHint | null,
  report: DecodeReport,
  soundFrom = 0,
  track = 0,
  outside: OutsideDecoder = () => null,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  const reader = new ByteReader(bytes);
  let samples = 0;
  try {
    const pieces = await open(reader, hint, report, { soundFrom, track, outside, trace });
    for await (const block of inBlocks(pieces)) {
      samples += block.length;
      report.durationMs = (samples * 1000) / SAMPLE_RATE;
      report.bytesRead = reader.bytesRead;
      yield block;
    }
    if (samples === 0)
      throw new AudioError('no_frames', 'There is not a single sample of sound in the file.');
  } finally {
    report.bytesRead = reader.bytesRead;
    report.lostMs = Math.min(report.lostMs, MOST_LOST_MS);
    await reader.close();
  }
}

interface Wanted {
  soundFrom: number;
  track: number;
  outside: OutsideDecoder;
  trace: SoundTrace | undefined;
}

/**
 * Chooses the format by the first bytes, then by the name. Omi's framing cannot look like a container: read as a frame
 * length, each magic number is far over the limit.
 */
async function open(
  reader: ByteReader,
  hint: AudioHint | null,
  report: DecodeReport,
  { soundFrom, track, outside, trace }: Wanted,
): Promise<AsyncGenerator<Float32Array>> {
  await reader.fill(HEAD_BYTES);
  if (reader.available === 0) throw new AudioError('empty_file', 'The file is empty.');
  const found = await recogniseBehindTags(reader, hint, report);
  if (found && 'container' in found) {
    const { container } = found;
    if (container === 'wav') return decodeWav(reader, report, trace);
    if (container === 'ogg') return decodeOggOpus(reader, report, track, trace);
    if (container === 'matroska') return decodeMatroska(reader, report, track, trace);
    return decodePcmContainer(container, reader, report);
  }
  if (found && 'outside' in found) {
    const pieces = outside(found.outside, reader, report, trace);
    if (pieces !== null) return pieces;
    throw noDecoderOf(found.outside);
  }
  if (found === null && hint === null && isWideText(reader.peek(HEAD_BYTES)))
    throw new AudioError('not_audio', 'The file is text: it holds no recording.');
  if (found && 'other' in found)
    throw new AudioError('not_audio', `The file is ${found.other}: it holds no recording.`);
  if (found)
    throw new AudioError('unsupported_format', `The file is ${found.foreign}, which is not read here.`);
  if (hint?.frames)
    throw new AudioError('unsupported_format', `The frames are ${hint.frames}, which is not read here.`);
  if (hint !== null && hint.codec !== 'opus')
    return decodeOmiPcm(reader, hint.codec, hint.sampleRateHz, report, trace);
  const claim = hint !== null && LEGAL_FRAME_SAMPLES.has(hint.frameSamples) ? hint.frameSamples : null;
  return decodeOmiOpus(reader, claim, report, soundFrom, trace);
}

export function noDecoderOf(format: OutsideFormat): AudioError {
  return new AudioError(
    'unsupported_format',
    `The file is ${OUTSIDE[format]}, and there is no decoder for it here.`,
  );
}

/** A tag may stand before any format. A file named as a container may also have an erased page in front of it. */
async function recogniseBehindTags(
  reader: ByteReader,
  hint: AudioHint | null,
  report: DecodeReport,
): Promise<Recognised | null> {
  const found = recognise(reader.peek(HEAD_BYTES));
  if (found !== null) return found;
  const start = reader.position;
  if (!(await skipId3(reader))) return hint === null ? await recogniseAhead(reader, start, report) : null;
  await reader.fill(HEAD_BYTES);
  const behind = recognise(reader.peek(HEAD_BYTES));
  if (behind !== null && !('other' in behind)) return behind;
  // Where the tag's length is wrong, what looks like text is the rest of it.
  const ahead = await recogniseAhead(reader, start, report);
  // What has a tag and cannot be recognised behind it is damaged MP3.
  return ahead ?? behind ?? { outside: 'mp3' };
}

/** Looks for a container, or the frames of a stream, that begins a little further on. */
async function recogniseAhead(
  reader: ByteReader,
  start: number,
  report: DecodeReport,
): Promise<Recognised | null> {
  const ahead = reader.peek(LONGEST_LEAD_BYTES);
  const stream = framesAhead(ahead);
  if (stream !== null) return { outside: stream };
  const lead = containerAhead(ahead);
  if (lead === -1) return null;
  reader.take(lead);
  report.bytesLost += reader.position - start;
  await reader.fill(HEAD_BYTES);
  return recognise(reader.peek(HEAD_BYTES));
}

function containerAhead(view: Uint8Array): number {
  const ahead = Buffer.from(view.buffer, view.byteOffset, view.length);
  const places = [indexOfRiff(view), ahead.indexOf('OggS\0\x02', 0, 'latin1')].filter((at) => at !== -1);
  return places.length > 0 ? Math.min(...places) : -1;
}

/**
 * Gathers pieces of any length into blocks of one second (the last one shorter), each a fresh array that the consumer
 * may keep or transfer to another thread. Here, once for all formats, samples are brought into [-1, 1]: Opus overshoots
 * it, and a float WAV can hold NaN, which would spread through everything that a model computes.
 */
async function* inBlocks(pieces: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let block = new Float32Array(SAMPLE_RATE);
  let filled = 0;
  for await (const piece of pieces) {
    // Most files are WAV, which comes in such pieces: they need not be copied.
    if (filled === 0 && piece.length === SAMPLE_RATE && piece.buffer.byteLength === piece.byteLength) {
      bound(piece, 0, SAMPLE_RATE);
      yield piece;
      continue;
    }
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + block.length - filled);
      block.set(part, filled);
      bound(block, filled, filled + part.length);
      filled += part.length;
      at += part.length;
      if (filled === block.length) {
        yield block;
        block = new Float32Array(SAMPLE_RATE);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.slice(0, filled);
}

/** Brings samples into [-1, 1]. Nearly all are there already, and such a sample costs one comparison, which is exact. */
export function bound(block: Float32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const sample = block[at] as number;
    if (sample * sample <= 1) continue;
    block[at] = Number.isNaN(sample) ? 0 : Math.sign(sample);
  }
}
