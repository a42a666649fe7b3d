import { MPEGDecoder } from 'mpg123-decoder';
import type { ByteReader } from '../audio/byte-reader.ts';
import { type MpegFrame, mpegFrames } from '../audio/mp3-frames.ts';
import { dropping, monoFrom, type Planar, silence } from '../audio/planar.ts';
import { AudioError, type DecodeReport, emptyReport } from '../audio/report.ts';
import { SeekNotes } from '../audio/seek-index.ts';
import type { SeekTold } from './protocol.ts';

/** Frames that are decoded by one call. */
const FRAMES_AT_ONCE = 32;
/** A decoder holds back a frame or two; what is further behind was dropped. */
const HELD_BACK_FRAMES = 3;
/** A decoder's last bits follow from its place among so many frames. */
const FRAMES_ALIKE = 8;
/**
 * So many frames are left out at the start, each in turn. The bits that the first ones need of earlier ones are missing: whether a decoder
 * counts such a frame follows from what it finds in their place, so that another start is like another throw.
 */
const LEFT_OUT = [0, 8, 16, 24, 32, 7, 15, 23, 31];
export const MP3_WAYS = LEFT_OUT.length;
/** A frame may need bits of ten before it. */
const WARM_UP_FRAMES = 48;
/** A decoder's own delay. Encoders add theirs, which LAME writes down and most others choose as LAME does. */
const DECODER_DELAY = 529;
const ENCODER_DELAY = 576;
/** Of layer 2, encoder and decoder together. */
const LAYER_2_DELAY = 481;

/** MP3 (and layer 2) by mpg123. Where frames are missing or refused, silence keeps the time. */
export async function* decodeMp3(
  reader: ByteReader,
  report: DecodeReport,
  seek?: SeekTold,
): AsyncGenerator<Float32Array> {
  const notes = seek ? new SeekNotes() : null;
  yield* monoFrom(sound(reader, report, notes), report);
  if (report.frames === 0)
    throw new AudioError('no_frames', 'There are no two MPEG audio frames in a row in the file.');
  if (report.damage !== null || report.concealedFrames > 0) notes?.lost();
  seek?.(notes?.end(new Uint8Array(0)) ?? null);
}

/**
 * The sound from a sample frame on, by a decoder that begins at one before it. A decoder's last bits follow from how many
 * frames it has decoded by eights, of which it leaves out some where the bits of earlier ones are missing.
 * @param way with one of them the samples are those of a decoder that went on
 */
export async function* decodeMp3From(
  reader: ByteReader,
  frame: number,
  from: number,
  way: number,
): AsyncGenerator<Float32Array> {
  const report = emptyReport();
  yield* monoFrom(
    dropping(sound(reader, report, null, LEFT_OUT[way] ?? 0), () => from - frame),
    report,
  );
}

/** @param leftOut null: the stream is decoded from its begin */
async function* sound(
  reader: ByteReader,
  report: DecodeReport,
  notes: SeekNotes | null,
  leftOut: number | null = null,
): AsyncGenerator<Planar> {
  // Delays are cut off here: mpg123 would cut joined files by what the first of them says.
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  let [due, given, skip] = [0, 0, leftOut === null ? DECODER_DELAY + ENCODER_DELAY : 0];
  let left = leftOut ?? 0;
  let [passed, cut] = [0, 0];
  let channels = 1;
  let waiting: Uint8Array[] = [];
  let last: MpegFrame | null = null;
  function* decoded(): Generator<Planar> {
    if (waiting.length === 0) return;
    const { channelData, samplesDecoded, sampleRate } = decoder.decode(joined(waiting));
    waiting = [];
    given += samplesDecoded;
    if (samplesDecoded === 0) return;
    const dropped = Math.min(skip, samplesDecoded);
    skip -= dropped;
    yield {
      channels: channelData.slice(0, channels).map((data) => data.subarray(dropped)),
      rate: sampleRate,
    };
  }
  try {
    for await (const frame of mpegFrames(reader, report)) {
      if (frame.payload !== null && frame.rate !== last?.rate) {
        yield* decoded();
        [due, given] = [0, 0];
      }
      if (frame.payload === null) {
        yield* decoded();
        report.frames += 1;
        report.concealedFrames += 1;
        report.lostMs += (frame.samples * 1000) / frame.rate;
        yield* silence(frame.samples, channels, frame.rate);
        continue;
      }
      if (left > 0) {
        left -= 1;
        yield* silence(frame.samples, frame.channels, frame.rate);
        continue;
      }
      if (last === null && leftOut === null) {
        const delay = encoderDelay(frame.payload);
        if (delay !== null) {
          skip = DECODER_DELAY + delay;
          cut = skip;
          last = frame;
          continue;
        }
        if (frame.layer === 2) skip = LAYER_2_DELAY;
        cut = skip;
      }
      if (notes && passed % FRAMES_ALIKE === 0) {
        const first = passed * frame.samples - cut;
        // One that begins with the sound has nothing to warm up for.
        const warmUp = passed === 0 ? 0 : WARM_UP_FRAMES * frame.samples;
        notes.pass({ at: frame.at, frame: first }, first + warmUp, frame.rate);
      }
      passed += 1;
      last = frame;
      channels = Math.max(channels, frame.channels);
      report.frames += 1;
      due += frame.samples;
      waiting.push(new Uint8Array(frame.payload));
      if (waiting.length < FRAMES_AT_ONCE) continue;
      yield* decoded();
      const behind = due - given - HELD_BACK_FRAMES * frame.samples;
      if (behind <= 0) continue;
      given += behind;
      report.concealedFrames += Math.round(behind / frame.samples);
      report.lostMs += (behind * 1000) / frame.rate;
      yield* silence(behind, channels, frame.rate);
    }
    yield* decoded();
  } finally {
    decoder.free();
  }
}

/** The first frame may hold notes instead of sound. @returns null if it is sound; else the encoder's delay in samples */
function encoderDelay(frame: Uint8Array): number | null {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  if (bytes.indexOf('VBRI', 0, 'latin1') === 36) return ENCODER_DELAY;
  const at = [bytes.indexOf('Xing', 0, 'latin1'), bytes.indexOf('Info', 0, 'latin1')].find(
    (place) => place >= 13 && place <= 36,
  );
  if (at === undefined) return null;
  const flags = bytes[at + 7] ?? 0;
  const lame =
    at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (lame + 24 > bytes.length || bytes[lame] === 0) return ENCODER_DELAY;
  const delay = ((bytes[lame + 21] ?? 0) << 4) | ((bytes[lame + 22] ?? 0) >> 4);
  return delay > 0 && delay < 4_096 ? delay : ENCODER_DELAY;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
