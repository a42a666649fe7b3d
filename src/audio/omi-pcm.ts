import type { ByteReader } from './byte-reader.ts';
import { frames } from './framing.ts';
import { BYTES_PER_SAMPLE, type PcmEncoding, toMono } from './pcm.ts';
import { AudioError, type DecodeReport } from './report.ts';
import { isSupportedRate, resampled } from './resample.ts';

/** PCM in Omi's framing. Here time is bytes: any payload length is right, and there is nothing to conceal. */
export async function* decodeOmiPcm(
  reader: ByteReader,
  codec: 'pcm16' | 'pcm8',
  rate: number,
  report: DecodeReport,
): AsyncGenerator<Float32Array> {
  if (!isSupportedRate(rate)) {
    throw new AudioError('unsupported_format', `PCM at ${rate} Hz: only 8,000 to 48,000 Hz is read.`);
  }
  const encoding: PcmEncoding = codec === 'pcm16' ? 's16' : 'u8';
  yield* resampled(monoFrames(reader, encoding, report), rate);
  if (report.frames === 0) throw new AudioError('no_frames', 'The file ends before its first frame does.');
}

async function* monoFrames(
  reader: ByteReader,
  encoding: PcmEncoding,
  report: DecodeReport,
): AsyncGenerator<Float32Array> {
  for await (const payload of frames(reader, report)) {
    report.format = encoding === 's16' ? 'omi-pcm16' : 'omi-pcm8';
    report.frames += 1;
    // The recorder writes whole samples, so every frame starts aligned. Carrying half a sample over into the next
    // frame would turn all that follows into noise.
    report.bytesLost += payload.length % BYTES_PER_SAMPLE[encoding];
    yield toMono(payload, encoding);
  }
}
