/** Makes one segment of a copy from the part of the file that it needs. For a thread. */
import { ByteReader } from '../audio/byte-reader.ts';
import { bound } from '../audio/decode.ts';
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

/** @param delay sample frames that are left out at the start of a whole file */
async function byFfmpeg(format: 'mp4' | 'adts', delay = 0): Promise<Begin> {
  const { decodePartWithFfmpeg: part } = await import('../decoders/ffmpeg.ts');
  return {
    ways: 1,
    whole: (reader, ffmpeg) => part(ffmpeg, format, reader, delay),
    from: (reader, frame, from, _, ffmpeg) => part(ffmpeg, format, reader, from - frame),
  };
}

/** Only what the file needs is loaded: somebody waits for it. */
const BEGINS: Readonly<Record<SegmentFormat, () => Promise<Begin>>> = {
  mp3: async () => {
    const { decodeMp3, decodeMp3From, MP3_WAYS } = await import('../decoders/mp3.ts');
    return { ways: MP3_WAYS, whole: (reader) => decodeMp3(reader, emptyReport()), from: decodeMp3From };
  },
  flac: async () => {
    const { decodeFlac, decodeFlacFrom } = await import('../decoders/flac.ts');
    return { ways: 1, whole: (reader) => decodeFlac(reader, emptyReport()), from: decodeFlacFrom };
  },
  'ogg-flac': async () => {
    const { decodeOggFlac, decodeOggFlacFrom } = await import('../decoders/flac.ts');
    return { ways: 1, whole: (reader) => decodeOggFlac(reader, emptyReport()), from: decodeOggFlacFrom };
  },
  'ogg-vorbis': async () => {
    const { decodeOggVorbis, decodeOggVorbisFrom } = await import('../decoders/vorbis.ts');
    return { ways: 1, whole: (reader) => decodeOggVorbis(reader, emptyReport()), from: decodeOggVorbisFrom };
  },
  mp4: async () => await byFfmpeg('mp4'),
  'mp4-fragments': async () => await byFfmpeg('mp4'),
  adts: async () => await byFfmpeg('adts', (await import('../decoders/adts-notes.ts')).PLAIN_AAC_DELAY),
};

/** @returns the packets; none where no decoder gives the samples that were heard */
export async function segment(task: SegmentTask): Promise<Uint8Array> {
  const format = SEGMENT_FORMATS.find((name) => name === task.format);
  if (format === undefined) return new Uint8Array(0);
  const begin = await BEGINS[format]();
  const runUp = task.number === 0 ? 0 : RUN_UP_SAMPLES;
  const samples = new Float32Array(runUp + task.packets * PACKET_SAMPLES);
  for (let way = 0; way < begin.ways; way += 1) {
    samples.fill(0);
    if (await isHeard(begun(begin, task, way), task, samples, runUp))
      return await encodePackets(samples, runUp);
  }
  return new Uint8Array(0);
}

function begun(begin: Begin, { bytes, frame, number, rate, ffmpeg }: SegmentTask, way: number): Sound {
  const reader = new ByteReader(inOne(bytes));
  if (frame === null) return begin.whole(reader, ffmpeg ?? '');
  return begin.from(reader, frame, settledFrame(number, rate), way, ffmpeg ?? '');
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
      const part = piece.subarray(Math.max(0, -at), Math.max(0, wanted - at));
      const from = Math.max(0, at);
      samples.set(part, from);
      bound(samples, from, from + part.length);
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
