import { FLACDecoder } from '@wasm-audio-decoders/flac';
import type { ByteReader } from '../audio/byte-reader.ts';
import {
  type FlacFrame,
  type FlacStream,
  flacFrames,
  flacMetadata,
  flacStream,
  isWholeFlacFrame,
  parseFlacHeader,
} from '../audio/flac-frames.ts';
import { beginOfPage, isOggSound, OggPackets, oggPages } from '../audio/ogg-page.ts';
import { dropping, monoFrom, type Planar, silence } from '../audio/planar.ts';
import { AudioError, type DecodeReport, emptyReport, noteDamage } from '../audio/report.ts';
import { SeekNotes } from '../audio/seek-index.ts';
import type { SeekTold } from './protocol.ts';

/** A jump of the positions is filled up to here, or as far as the bytes that are lost can have been sound. */
const MAX_GAP_SECONDS = 10;
const SAMPLES_PER_LOST_BYTE = 64;
const OGG_HEAD_BYTES = 13;
/** Each costs a decoder with 16 MB of memory; a checksum that is right over bytes that are wrong is rare. */
const MOST_FAILURES = 100;

/** FLAC by libFLAC, which is given only frames whose checksum is right. */
export async function* decodeFlac(
  reader: ByteReader,
  report: DecodeReport,
  seek?: SeekTold,
): AsyncGenerator<Float32Array> {
  const stream = await flacMetadata(reader);
  if (stream === null)
    throw new AudioError('no_frames', 'The FLAC file ends before its first frame, or its head is damaged.');
  const notes = seek ? new SeekNotes() : null;
  yield* monoFrom(sound(stream, flacFrames(reader, stream, report), report, notes), report);
  if (report.damage !== null || report.concealedFrames > 0) notes?.lost();
  seek?.(notes?.end(stream.ownHead) ?? null);
}

/** The sound from a sample frame on, by a decoder that begins at one before it. The reader gives the stream's head first. */
export async function* decodeFlacFrom(
  reader: ByteReader,
  frame: number,
  from: number,
): AsyncGenerator<Float32Array> {
  const report = emptyReport();
  const stream = await flacMetadata(reader);
  if (stream !== null) yield* soundFrom(stream, flacFrames(reader, stream, report), report, frame, from);
}

async function* soundFrom(
  stream: FlacStream,
  frames: AsyncIterable<FlacFrame>,
  report: DecodeReport,
  frame: number,
  from: number,
): AsyncGenerator<Float32Array> {
  const planar = sound(stream, frames, report, null);
  // What is missing in front of it is filled up with silence near the beginning.
  const given = frame > MAX_GAP_SECONDS * stream.rate ? frame : 0;
  yield* monoFrom(
    dropping(planar, () => from - given),
    report,
  );
}

export async function* decodeOggFlac(
  reader: ByteReader,
  report: DecodeReport,
  seek?: SeekTold,
): AsyncGenerator<Float32Array> {
  const { stream, head, packets } = await openOggFlac(reader, report);
  if (stream === null) throw new AudioError('no_frames', 'The Ogg FLAC file has no head that can be read.');
  const notes = seek ? new SeekNotes() : null;
  yield* monoFrom(sound(stream, oggFrames(packets, stream, report), report, notes), report);
  if (report.damage !== null || report.concealedFrames > 0) notes?.lost();
  seek?.(notes?.end(head) ?? null);
}

/** As `decodeFlacFrom`; the head is the first page. */
export async function* decodeOggFlacFrom(
  reader: ByteReader,
  frame: number,
  from: number,
): AsyncGenerator<Float32Array> {
  const report = emptyReport();
  const { stream, packets } = await openOggFlac(reader, report);
  if (stream !== null) yield* soundFrom(stream, oggFrames(packets, stream, report), report, frame, from);
}

interface OggFlacPacket {
  bytes: Uint8Array;
  /** The offset of its page, if a decoder can begin with it. */
  at: number | null;
}

async function openOggFlac(reader: ByteReader, report: DecodeReport) {
  let head: Uint8Array = new Uint8Array(0);
  const packets = oggFlacPackets(reader, report, (page) => {
    head = page;
  });
  const first = await packets.next();
  const stream = first.done ? null : flacStream(first.value.bytes.subarray(OGG_HEAD_BYTES + 4));
  return { stream, head, packets };
}

/** @param began takes the first page */
async function* oggFlacPackets(
  reader: ByteReader,
  report: DecodeReport,
  began: (page: Uint8Array) => void,
): AsyncGenerator<OggFlacPacket> {
  let serial: number | null = null;
  let isOver = true;
  let packets = new OggPackets();
  for await (const page of oggPages(reader, report)) {
    const isFlac = page.first && page.body[0] === 0x7f && page.body.length >= OGG_HEAD_BYTES + 38;
    // Streams one behind the other are one sound; the positions of the later ones begin anew.
    if (isFlac && isOver) {
      if (serial === null) began(new Uint8Array(page.bytes));
      serial = page.serial;
      packets = new OggPackets();
    }
    if (page.serial !== serial) {
      if (page.first && isOggSound(page.body)) noteDamage(report, 'stream_unsupported');
      continue;
    }
    isOver = page.last;
    const at = beginOfPage(page);
    const read = packets.from(page);
    if (read.lost) noteDamage(report, 'pages_missing');
    for (const [index, { bytes }] of read.packets.entries()) yield { bytes, at: index === 0 ? at : null };
  }
}

async function* oggFrames(
  packets: AsyncIterable<OggFlacPacket>,
  stream: FlacStream,
  report: DecodeReport,
): AsyncGenerator<FlacFrame> {
  let lostBytes = 0;
  for await (const { bytes: packet, at } of packets) {
    if (packet[0] !== 0xff) continue;
    const header = parseFlacHeader(packet, 0, stream);
    if (header === null || !isWholeFlacFrame(packet)) {
      noteDamage(report, 'frame_misplaced');
      report.bytesLost += packet.length;
      lostBytes += packet.length;
      continue;
    }
    yield { ...header, at, payload: packet, lostBytes };
    lostBytes = 0;
  }
}

async function opened(stream: FlacStream): Promise<FLACDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  await decoder.decodeFrames([stream.head]);
  return decoder;
}

async function* sound(
  stream: FlacStream,
  frames: AsyncIterable<FlacFrame>,
  report: DecodeReport,
  notes: SeekNotes | null = null,
): AsyncGenerator<Planar> {
  const { rate, channels } = stream;
  let decoder = await opened(stream);
  let failures = 0;
  /** Where the next frame should begin. A stream that was cut out of another may begin at any position. */
  let position: number | null = null;
  let furthest = 0;
  try {
    for await (const frame of frames) {
      if (frame.firstSample !== (position ?? 0)) notes?.lost();
      if (frame.at !== null) notes?.pass({ at: frame.at, frame: frame.firstSample }, frame.firstSample, rate);
      const begins: number = frame.firstSample > MAX_GAP_SECONDS * rate ? frame.firstSample : 0;
      const gap: number = frame.firstSample - (position ?? begins);
      if (gap > 0) {
        const most = Math.max(MAX_GAP_SECONDS * rate, frame.lostBytes * SAMPLES_PER_LOST_BYTE);
        const missing = Math.max(1, Math.round(gap / frame.samples));
        if (gap <= most) {
          report.frames += missing;
          report.concealedFrames += missing;
          report.lostMs += (gap * 1000) / rate;
          yield* silence(gap, channels, rate);
        } else {
          noteDamage(report, 'gap_too_long');
          report.skippedFrames += missing;
        }
      }
      position = frame.firstSample + frame.samples;
      furthest = Math.max(furthest, position);
      report.frames += 1;
      const { channelData, samplesDecoded } = await decoder.decodeFrames([frame.payload]);
      if (samplesDecoded === frame.samples && channelData.length === channels) {
        yield { channels: channelData, rate };
        continue;
      }
      report.concealedFrames += 1;
      report.lostMs += (frame.samples * 1000) / rate;
      yield* silence(frame.samples, channels, rate);
      if (++failures > MOST_FAILURES) throw new Error('libFLAC refuses one frame after another');
      // It frees a block twice where a frame gave none, so it is not used again, and not even asked to end.
      decoder = await opened(stream);
    }
    const cut = position === null || stream.totalSamples === 0 ? 0 : stream.totalSamples - furthest;
    if (cut > 0) {
      noteDamage(report, 'data_cut_short');
      report.lostMs += (cut * 1000) / rate;
    }
  } finally {
    decoder.free();
  }
}
