import { inBlocks } from './blocks.ts';
import { ByteReader } from './byte-reader.ts';
import { type AudioHint, SAMPLE_RATE } from './hint.ts';
import { decodeOggOpus } from './ogg-opus.ts';
import { decodeOmiOpus } from './omi-opus.ts';
import { decodeOmiPcm } from './omi-pcm.ts';
import { AudioError, type DecodeReport } from './report.ts';
import { decodeWav } from './wav.ts';

export { type AudioHint, SAMPLE_RATE } from './hint.ts';
export { AudioError, type DecodeReport, emptyReport } from './report.ts';

/** The frame sizes that Omi's names may claim, in samples at 16 kHz: 2.5 to 120 ms. */
const LEGAL_FRAME_SAMPLES: ReadonlySet<number> = new Set([40, 80, 160, 320, 640, 960, 1280, 1920]);
const MAGIC_BYTES = 12;

/**
 * Streams a recording as blocks of one second of 16 kHz mono (the last one shorter). Memory does not depend on the
 * recording's length: one chunk of input, a frame, about a second of packets, one block. The report fills as it goes
 * and is final when the generator ends.
 *
 * Throws AudioError only when nothing could be decoded, so before the first block. What the byte source throws passes
 * through unchanged. Without a hint the bytes are taken for Omi's Opus, as Omi does with any name that says nothing.
 *
 * @param soundFrom in samples: whatever comes before needs its time and not its sound, which may be silence then
 */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  hint: AudioHint | null,
  report: DecodeReport,
  soundFrom = 0,
): AsyncGenerator<Float32Array> {
  const reader = new ByteReader(bytes);
  let samples = 0;
  try {
    const pieces = await open(reader, hint, report, soundFrom);
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
 * Chooses by the first bytes, then by the name. The two cannot be confused: read as a frame length, each magic number
 * is far over the limit.
 */
async function open(
  reader: ByteReader,
  hint: AudioHint | null,
  report: DecodeReport,
  soundFrom: number,
): Promise<AsyncGenerator<Float32Array>> {
  await reader.fill(MAGIC_BYTES);
  const head = reader.peek(MAGIC_BYTES);
  if (head.length === 0) throw new AudioError('empty_file', 'The file is empty.');
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (text.startsWith('RIFF') && text.slice(8) === 'WAVE') return decodeWav(reader, report);
  if (text.startsWith('OggS')) return decodeOggOpus(reader, report);
  const foreign = foreignFormat(text);
  if (foreign !== null)
    throw new AudioError('unsupported_format', `The file is ${foreign}, which is not read here.`);
  if (hint !== null && hint.codec !== 'opus')
    return decodeOmiPcm(reader, hint.codec, hint.sampleRateHz, report);
  const claim = hint !== null && LEGAL_FRAME_SAMPLES.has(hint.frameSamples) ? hint.frameSamples : null;
  return decodeOmiOpus(reader, claim, report, soundFrom);
}

/** Real audio of another kind deserves another answer than noise: it can be converted. */
function foreignFormat(head: string): string | null {
  if (head.startsWith('RF64') || head.startsWith('RIFX')) return 'a 64-bit or big-endian WAV';
  if (head.startsWith('fLaC')) return 'FLAC';
  if (head.startsWith('ID3')) return 'MP3';
  if (head.startsWith('caff')) return 'a Core Audio file';
  if (head.startsWith('\x1aE\xdf\xa3')) return 'WebM or Matroska';
  if (head.slice(4, 8) === 'ftyp') return 'MP4 audio';
  return null;
}
