import type { ByteReader } from './byte-reader.ts';
import { type Frame, type FrameKind, frames } from './framing.ts';
import { joined } from './joined.ts';
import { BYTES_PER_SAMPLE, type PcmEncoding, toFloats } from './pcm.ts';
import { AudioError, type DecodeReport } from './report.ts';
import { isSupportedRate, resampled } from './resample.ts';
import type { SoundTrace } from './sound-map.ts';
import { isMulaw, TELLING_SAMPLES } from './telephone.ts';

const FORMATS: Partial<Readonly<Record<PcmEncoding, DecodeReport['format']>>> = {
  s16: 'omi-pcm16',
  u8: 'omi-pcm8',
  mulaw: 'omi-mulaw',
};

/** PCM frames of a device are 10 to 120 ms; the longest of these at 48 kHz have 11,520 bytes. */
const LONGEST_FRAME_BYTES = 12_000;
/** Missing sound is filled with silence in parts of this length. */
const SILENCE_SAMPLES = 4_800;

/** Decodes PCM in Omi's framing. Bytes are time here: any payload length is right, and lost bytes are lost samples. */
export async function* decodeOmiPcm(
  reader: ByteReader,
  codec: 'pcm16' | 'pcm8',
  rate: number,
  report: DecodeReport,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  if (!isSupportedRate(rate)) {
    throw new AudioError('unsupported_format', `PCM at ${rate} Hz: only 8,000 to 192,000 Hz is read.`);
  }
  const encoding: PcmEncoding = codec === 'pcm16' ? 's16' : (await isMulawFramed(reader)) ? 'mulaw' : 'u8';
  trace?.pcmRun({ encoding, channels: 1, rate });
  yield* resampled(monoFrames(reader, encoding, rate, report, trace), rate);
  if (report.frames === 0) throw new AudioError('no_frames', 'The file ends before its first frame does.');
}

/** Looks at the first frames without taking them. Their lengths may be damaged, and a few odd bytes change nothing. */
async function isMulawFramed(reader: ByteReader): Promise<boolean> {
  await reader.fill(2 * TELLING_SAMPLES);
  const ahead = reader.peek(2 * TELLING_SAMPLES);
  const view = new DataView(ahead.buffer, ahead.byteOffset, ahead.byteLength);
  const samples: number[] = [];
  for (let at = 0; at + 4 < ahead.length && samples.length < TELLING_SAMPLES; ) {
    const length = view.getUint32(at, true);
    if (length === 0 || length > LONGEST_FRAME_BYTES) break;
    samples.push(...ahead.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return samples.length > 0 && isMulaw(Uint8Array.from(samples));
}

async function* monoFrames(
  reader: ByteReader,
  encoding: PcmEncoding,
  rate: number,
  report: DecodeReport,
  trace: SoundTrace | undefined,
): AsyncGenerator<Float32Array> {
  const bytesPerSample = BYTES_PER_SAMPLE[encoding];
  let last = 0;
  const kind: FrameKind = {
    longest: LONGEST_FRAME_BYTES,
    // Samples may be any bytes, so frames are recognised by their length, which is the same for all of a device.
    fits: (payloads) =>
      payloads.every(({ length }) => length === (payloads.length > 1 ? payloads[0]?.length : last)),
  };
  const soundOf = function* (several: readonly Frame[]): Generator<Float32Array> {
    for (const frame of several) {
      if (frame.payload === null) {
        if (last === 0) continue;
        const samples = Math.round((frame.lostBytes / (last + 4)) * (last / bytesPerSample));
        const missing = frame.emptyFrames * (last / bytesPerSample) || samples;
        report.lostMs += (missing * 1000) / rate;
        trace?.pcm(-1, Math.floor(missing), bytesPerSample);
        for (let left = Math.floor(missing); left > 0; left -= SILENCE_SAMPLES)
          yield new Float32Array(Math.min(left, SILENCE_SAMPLES));
        continue;
      }
      const { payload } = frame;
      last = payload.length;
      report.format = FORMATS[encoding] ?? 'unknown';
      report.frames += 1;
      // Every frame starts with a whole sample, so half a sample at its end is dropped. Carried over into the next frame it
      // would turn everything after it into noise.
      report.bytesLost += payload.length % bytesPerSample;
      // Half a sample would make the distance to the next frame another one.
      if (payload.length % bytesPerSample === 0)
        trace?.pcm(frame.at, payload.length / bytesPerSample, bytesPerSample, true);
      else trace?.lost();
      yield toFloats(payload, encoding);
    }
  };
  for await (const several of frames(reader, report, kind)) yield* joined(soundOf(several));
}
