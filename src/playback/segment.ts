/** Makes one segment of a copy from the part of the file that it needs. For a thread. */
import { ByteReader } from '../audio/byte-reader.ts';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { encodePackets, PACKET_SAMPLES } from '../audio/opus-encoder.ts';
import { emptyReport } from '../audio/report.ts';
import {
  checkOf,
  RUN_UP_SAMPLES,
  SETTLE_SECONDS,
  type SegmentCheck,
  settledFrame,
} from '../audio/seek-index.ts';
import { PLAIN_AAC_DELAY } from '../decoders/adts-notes.ts';
import { decodePartWithFfmpeg } from '../decoders/ffmpeg.ts';
import { decodeFlac, decodeFlacFrom, decodeOggFlac, decodeOggFlacFrom } from '../decoders/flac.ts';
import { decodeMp3, decodeMp3From, MP3_WAYS } from '../decoders/mp3.ts';
import { decodeOggVorbis, decodeOggVorbisFrom } from '../decoders/vorbis.ts';
import { SEGMENT_FORMATS, type SegmentBytes, type SegmentFormat } from './segment-bytes.ts';

export interface SegmentTask extends SegmentBytes {
  kind: 'segment';
  format: string;
  rate: number;
  number: number;
  check: SegmentCheck;
  /** Of the recording's sound; fewer than its packets hold where that ends. */
  samples: number;
  packets: number;
  ffmpeg: string | null;
}

type Sound = AsyncIterable<Float32Array>;

interface Begin {
  /** Ways to begin at a frame; the checksum says which of them gives the samples that were heard. */
  ways: number;
  whole(reader: ByteReader, ffmpeg: string): Sound;
  /** @param frame the first that the bytes give @param from the first that is wanted */
  from(reader: ByteReader, frame: number, from: number, way: number, ffmpeg: string): Sound;
}

/** @param skip sample frames that are left out at the start of a whole file */
const byFfmpeg = (format: 'mp4' | 'adts', skip: number): Begin => ({
  ways: 1,
  whole: (reader, ffmpeg) => decodePartWithFfmpeg(ffmpeg, format, reader, skip),
  from: (reader, frame, from, _, ffmpeg) => decodePartWithFfmpeg(ffmpeg, format, reader, from - frame),
});

const BEGINS: Readonly<Record<SegmentFormat, Begin>> = {
  mp3: { ways: MP3_WAYS, whole: (reader) => decodeMp3(reader, emptyReport()), from: decodeMp3From },
  flac: { ways: 1, whole: (reader) => decodeFlac(reader, emptyReport()), from: decodeFlacFrom },
  'ogg-flac': { ways: 1, whole: (reader) => decodeOggFlac(reader, emptyReport()), from: decodeOggFlacFrom },
  'ogg-vorbis': {
    ways: 1,
    whole: (reader) => decodeOggVorbis(reader, emptyReport()),
    from: decodeOggVorbisFrom,
  },
  mp4: byFfmpeg('mp4', 0),
  'mp4-fragments': byFfmpeg('mp4', 0),
  adts: byFfmpeg('adts', PLAIN_AAC_DELAY),
};

/** @returns the packets; none where no decoder gives the samples that were heard */
export async function segment(task: SegmentTask): Promise<Uint8Array> {
  const format = SEGMENT_FORMATS.find((name) => name === task.format);
  const { ways } = format ? BEGINS[format] : { ways: 0 };
  const runUp = task.number === 0 ? 0 : RUN_UP_SAMPLES;
  const samples = new Float32Array(runUp + task.packets * PACKET_SAMPLES);
  for (let way = 0; format && way < ways; way += 1) {
    samples.fill(0);
    if (await isHeard(begun(format, task, way), task, samples, runUp))
      return await encodePackets(samples, runUp);
  }
  return new Uint8Array(0);
}

function begun(
  format: SegmentFormat,
  { bytes, frame, number, rate, ffmpeg }: SegmentTask,
  way: number,
): Sound {
  const reader = new ByteReader(inOne(bytes));
  const { whole, from } = BEGINS[format];
  if (frame === null) return whole(reader, ffmpeg ?? '');
  return from(reader, frame, settledFrame(number, rate), way, ffmpeg ?? '');
}

/**
 * Takes the run-up and the segment behind what a filter needs to settle; where the sound ends there is silence, as at the end of a
 * copy.
 * @returns whether they are the samples that were heard; a decoder that fails gives none
 */
async function isHeard(
  pieces: Sound,
  { number, check, samples: own }: SegmentTask,
  samples: Float32Array,
  runUp: number,
): Promise<boolean> {
  const wanted = runUp + own;
  let at = number === 0 ? 0 : runUp - SETTLE_SECONDS * SAMPLE_RATE;
  let isBegun = number === 0;
  try {
    for await (const piece of pieces) {
      for (let index = Math.max(0, -at); index < piece.length && at + index < wanted; index += 1) {
        const sample = piece[index] as number;
        samples[at + index] = sample * sample <= 1 ? sample : Number.isNaN(sample) ? 0 : Math.sign(sample);
      }
      at += piece.length;
      if (!isBegun && at >= runUp && checkOf(samples.subarray(0, runUp)) !== check.before) return false;
      isBegun ||= at >= runUp;
      if (at >= wanted) break;
    }
  } catch {
    return false;
  }
  return checkOf(samples.subarray(0, wanted)) === check.all;
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
