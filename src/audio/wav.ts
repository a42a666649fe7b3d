import type { ByteReader } from './byte-reader.ts';
import { BYTES_PER_SAMPLE, toMono } from './pcm.ts';
import { type DecodeReport, noteDamage } from './report.ts';
import { resampled } from './resample.ts';
import { readWavHeader, type WavHeader } from './wav-header.ts';

/** At most a second at the highest rate is converted at a time, however large the source's chunks are. */
const MAX_PIECE_FRAMES = 48_000;

export async function* decodeWav(reader: ByteReader, report: DecodeReport): AsyncGenerator<Float32Array> {
  report.format = 'wav';
  const header = await readWavHeader(reader);
  yield* resampled(monoPieces(reader, header, report), header.rate);
  await reader.drain(); // tags and cue points behind the data
}

async function* monoPieces(
  reader: ByteReader,
  header: WavHeader,
  report: DecodeReport,
): AsyncGenerator<Float32Array> {
  const blockBytes = header.channels * BYTES_PER_SAMPLE[header.encoding];
  let left = header.dataBytes;
  while (left >= blockBytes && (await reader.fill(blockBytes))) {
    const blocks = Math.min(Math.floor(Math.min(left, reader.available) / blockBytes), MAX_PIECE_FRAMES);
    const bytes = reader.take(blocks * blockBytes);
    left -= bytes.length;
    report.frames += blocks;
    yield toMono(bytes, header.encoding, header.channels);
  }
  // Less than a block is left of the file (cut short), or of the declared size (a sloppy writer: nothing is missing).
  const partial = await reader.skip(Math.min(left, blockBytes - 1));
  report.bytesLost += partial;
  const isShort = Number.isFinite(header.dataBytes) ? left > partial : partial > 0;
  if (isShort) noteDamage(report, 'data_cut_short');
}
