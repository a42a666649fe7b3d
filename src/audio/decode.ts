import { ByteReader } from './byte-reader.ts';
import { type AudioHint, SAMPLE_RATE } from './hint.ts';
import { decodeOggOpus } from './ogg-opus.ts';
import { decodeOmiOpus } from './omi-opus.ts';
import { decodeOmiPcm } from './omi-pcm.ts';
import { AudioError, type DecodeReport } from './report.ts';
import { decodeWav } from './wav.ts';
import { indexOfRiff } from './wav-header.ts';

/** The frame sizes that Omi's names may claim, in samples at 16 kHz: 2.5 to 120 ms. */
const LEGAL_FRAME_SAMPLES: ReadonlySet<number> = new Set([40, 80, 160, 320, 640, 960, 1280, 1920]);
const MAGIC_BYTES = 12;
/** The longest data in front of a container: a large tag, or some pages of flash. */
const LONGEST_LEAD_BYTES = 65_536;

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
 */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  hint: AudioHint | null,
  report: DecodeReport,
  soundFrom = 0,
  track = 0,
): AsyncGenerator<Float32Array> {
  const reader = new ByteReader(bytes);
  let samples = 0;
  try {
    const pieces = await open(reader, hint, report, soundFrom, track);
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
    await reader.close();
  }
}

/**
 * Chooses the format by the first bytes, then by the name. Omi's framing cannot look like a container: read as a frame
 * length, each magic number is far over the limit.
 */
async function open(
  reader: ByteReader,
  hint: AudioHint | null,
  report: DecodeReport,
  soundFrom: number,
  track: number,
): Promise<AsyncGenerator<Float32Array>> {
  await reader.fill(MAGIC_BYTES);
  if (reader.available === 0) throw new AudioError('empty_file', 'The file is empty.');
  if (hint === null && containerOf(headOf(reader)) === null) await skipToContainer(reader, report);
  const head = headOf(reader);
  const container = containerOf(head);
  if (container === 'wav') return decodeWav(reader, report);
  if (container === 'ogg') return decodeOggOpus(reader, report, track);
  const foreign = foreignFormat(head);
  if (foreign !== null)
    throw new AudioError('unsupported_format', `The file is ${foreign}, which is not read here.`);
  if (hint !== null && hint.codec !== 'opus')
    return decodeOmiPcm(reader, hint.codec, hint.sampleRateHz, report);
  const claim = hint !== null && LEGAL_FRAME_SAMPLES.has(hint.frameSamples) ? hint.frameSamples : null;
  return decodeOmiOpus(reader, claim, report, soundFrom);
}

function headOf(reader: ByteReader): string {
  const head = reader.peek(MAGIC_BYTES);
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
}

function containerOf(head: string): 'wav' | 'ogg' | null {
  if (/^(RIFF|RF64|BW64)/.test(head) && head.slice(8, 12) === 'WAVE') return 'wav';
  return head.startsWith('OggS') ? 'ogg' : null;
}

/** A file named as a container may have tags or an erased page in front of it. */
async function skipToContainer(reader: ByteReader, report: DecodeReport): Promise<void> {
  await reader.fill(LONGEST_LEAD_BYTES);
  const view = reader.peek(LONGEST_LEAD_BYTES);
  const ahead = Buffer.from(view.buffer, view.byteOffset, view.length);
  const [wav, ogg] = [indexOfRiff(view), ahead.indexOf('OggS\0\x02', 0, 'latin1')];
  const at = Math.min(...[wav, ogg].filter((index) => index !== -1));
  if (!Number.isFinite(at)) return;
  report.bytesLost += reader.take(at).length;
}

/** Recognises other audio formats, because these can be converted, which noise cannot. */
function foreignFormat(head: string): string | null {
  if (head.startsWith('RIFX')) return 'a big-endian WAV';
  if (head.startsWith('fLaC')) return 'FLAC';
  if (head.startsWith('ID3') || isMpegFrame(head)) return 'MP3';
  if (/^\xff[\xf0\xf1\xf8\xf9]/.test(head)) return 'AAC';
  if (head.startsWith('#!AMR')) return 'AMR';
  if (head.startsWith('FORM')) return 'AIFF';
  if (head.startsWith('caff')) return 'a Core Audio file';
  if (head.startsWith('\x1aE\xdf\xa3')) return 'WebM or Matroska';
  if (head.slice(4, 8) === 'ftyp') return 'MP4 audio';
  if (head.startsWith('0&\xb2u\x8ef\xcf')) return 'Windows Media';
  return null;
}

/** Recognises the header of an MPEG audio frame, layer 3, with a bit rate and a sample rate that exist. */
function isMpegFrame(head: string): boolean {
  const rates = head.charCodeAt(2);
  return (
    /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(head) &&
    rates >> 4 !== 0 &&
    rates >> 4 !== 15 &&
    (rates & 12) !== 12
  );
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

/** Brings samples into [-1, 1]. Nearly all are there already, and such a sample costs one comparison. */
function bound(block: Float32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const sample = block[at] ?? 0;
    if (sample >= -1 && sample <= 1) continue;
    block[at] = Number.isNaN(sample) ? 0 : Math.sign(sample);
  }
}
