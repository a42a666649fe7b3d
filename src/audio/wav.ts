import type { ByteReader } from './byte-reader.ts';
import { MIX_BLOCK_SECONDS, MixDown } from './mix-down.ts';
import { BYTES_PER_SAMPLE, toFloats } from './pcm.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';
import { resampled } from './resample.ts';
import type { SoundTrace } from './sound-map.ts';
import { indexOfRiff, type WavSection, WavWalker } from './wav-header.ts';

/** The number of mix blocks that are read at once: a second, however large the source's chunks are. */
const BLOCKS_AT_ONCE = 50;
/** A second of 32 channels at 192 kHz would be 49 MB: of such files fewer blocks are read at once. */
const MOST_BYTES_AT_ONCE = 1024 * 1024;
/** The first twelve bytes of a file tell it from sound. */
const RIFF_BYTES = 12;

export async function* decodeWav(
  reader: ByteReader,
  report: DecodeReport,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  report.format = 'wav';
  const walker = new WavWalker(reader);
  let sections = 0;
  try {
    for (let section = await walker.next(); section !== null; section = await walker.next()) {
      sections += 1;
      const { encoding, channels, rate } = section;
      trace?.pcmRun({ encoding, channels, rate });
      yield* resampled(monoPieces(reader, walker, section, report, trace), rate);
    }
  } catch (error) {
    // A joined file that cannot be decoded must not cost what was decoded before it.
    if (!(error instanceof AudioError) || report.frames === 0) throw error;
    noteDamage(report, 'stream_unsupported');
    report.bytesLost += reader.available;
  }
  const rest = await reader.drain();
  if (report.damage === 'stream_unsupported') report.bytesLost += rest.bytes;
  if (sections === 0) throw new AudioError('no_frames', 'The WAV file ends before its audio data starts.');
}

async function* monoPieces(
  reader: ByteReader,
  walker: WavWalker,
  section: WavSection,
  report: DecodeReport,
  trace: SoundTrace | undefined,
): AsyncGenerator<Float32Array> {
  const frameBytes = section.channels * BYTES_PER_SAMPLE[section.encoding];
  const blockFrames = Math.round(section.rate * MIX_BLOCK_SECONDS);
  const blockBytes = blockFrames * frameBytes;
  const blocks = Math.max(1, Math.min(BLOCKS_AT_ONCE, Math.floor(MOST_BYTES_AT_ONCE / blockBytes)));
  const mixDown = new MixDown(section.channels);
  let left = section.dataBytes;
  while (true) {
    if (left < frameBytes) {
      const end = await walker.endOfSound(left);
      if (end !== null) {
        if (end > left + 1) report.bytesLost += end;
        await reader.skip(end);
        return;
      }
      // Neither does the file end here nor does a chunk follow, so the size was written before the sound and is wrong.
      left = Number.POSITIVE_INFINITY;
    }
    const wanted = Math.min(blocks * blockBytes, left - (left % frameBytes || 0));
    await reader.fill(wanted + RIFF_BYTES);
    const another = indexOfRiff(reader.peek(wanted + RIFF_BYTES));
    const there = Math.min(wanted, another === -1 ? reader.available : another);
    const at = reader.position;
    const bytes = reader.take(there - (there % frameBytes));
    trace?.pcm(at, bytes.length / frameBytes, frameBytes);
    left -= bytes.length;
    report.frames += bytes.length / frameBytes;
    if (bytes.length > 0)
      yield mixDown.mixAll(toFloats(bytes, section.encoding, section.channels), blockFrames);
    if (there === wanted) continue;
    const partial = await reader.skip(there % frameBytes);
    if (another !== -1) {
      if (partial > 1) report.bytesLost += partial;
      return;
    }
    if (Number.isFinite(left) || partial > 1) report.bytesLost += partial;
    // A single extra byte is a pad byte.
    if (Number.isFinite(left) || partial > 1) noteDamage(report, 'data_cut_short');
    if (section.isConfirmed && Number.isFinite(left))
      report.lostMs += ((left - partial) / frameBytes / section.rate) * 1000;
    return;
  }
}
