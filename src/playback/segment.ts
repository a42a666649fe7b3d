/** Makes one segment of a copy from the part of the file that it needs. For a thread. */
import { ByteReader } from '../audio/byte-reader.ts';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { encodePackets, PACKET_SAMPLES } from '../audio/opus-encoder.ts';
import { emptyReport } from '../audio/report.ts';
import {
  checkOf,
  RUN_UP_SAMPLES,
  SEGMENT_PACKETS,
  SETTLE_SECONDS,
  type SeekPoint,
  settledFrame,
} from '../audio/seek-index.ts';
import { decodeFlac, decodeFlacFrom } from '../decoders/flac.ts';
import { decodeMp3, decodeMp3From } from '../decoders/mp3.ts';

export interface SegmentTask {
  kind: 'segment';
  format: string;
  rate: number;
  number: number;
  /** What the decoder is given first, and the file from the point on. */
  bytes: Uint8Array;
  /** null: the file from its beginning. */
  point: SeekPoint | null;
  /** Of the samples in front of the segment; null for the first one. */
  check: number | null;
  packets: number;
}

/** Each is a way to begin at the point; the checksum says which of them gives the samples that were heard. */
const WAYS: Readonly<Record<string, number>> = { mp3: 16, flac: 1 };

export function canBegin(format: string): boolean {
  return format in WAYS;
}

/** @returns the packets; none where the decoder does not give the samples that it gave when the file was heard */
export async function segment(task: SegmentTask): Promise<Uint8Array> {
  const { number, check, packets } = task;
  const runUp = number === 0 ? 0 : RUN_UP_SAMPLES;
  const before = number === 0 ? 0 : SETTLE_SECONDS * SAMPLE_RATE - runUp;
  const wanted = runUp + Math.min(packets, SEGMENT_PACKETS) * PACKET_SAMPLES;
  for (let way = 0; way < (WAYS[task.format] ?? 0); way += 1) {
    const isHeard = (samples: Float32Array) =>
      check === null || checkOf(samples.subarray(0, runUp)) === check;
    const samples = await taken(begun(task, way), { before, runUp, wanted }, isHeard);
    if (samples) return await encodePackets(samples, runUp);
  }
  return new Uint8Array(0);
}

function begun(
  { format, bytes, point, number, rate }: SegmentTask,
  way: number,
): AsyncIterable<Float32Array> {
  const reader = new ByteReader(inOne(bytes));
  const from = settledFrame(number, rate);
  if (format === 'flac')
    return point === null ? decodeFlac(reader, emptyReport()) : decodeFlacFrom(reader, point, from);
  return point === null ? decodeMp3(reader, emptyReport()) : decodeMp3From(reader, point, from, way);
}

interface Wanted {
  before: number;
  runUp: number;
  wanted: number;
}

/**
 * So many samples behind the first ones; where the sound ends there is silence, as at the end of a copy.
 * @returns null where those of the run-up are not the ones that were heard
 */
async function taken(
  pieces: AsyncIterable<Float32Array>,
  { before, runUp, wanted }: Wanted,
  isHeard: (samples: Float32Array) => boolean,
): Promise<Float32Array | null> {
  const samples = new Float32Array(wanted);
  let at = -before;
  let isChecked = false;
  for await (const piece of pieces) {
    for (let index = Math.max(0, -at); index < piece.length && at + index < wanted; index += 1) {
      const sample = piece[index] as number;
      samples[at + index] = sample * sample <= 1 ? sample : Number.isNaN(sample) ? 0 : Math.sign(sample);
    }
    at += piece.length;
    if (!isChecked && at >= runUp && !isHeard(samples)) return null;
    isChecked ||= at >= runUp;
    if (at >= wanted) break;
  }
  return isChecked || isHeard(samples) ? samples : null;
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
