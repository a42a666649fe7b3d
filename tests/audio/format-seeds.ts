/** Runs one file through our own framing or container, without the decoders of others. */
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { decode } from '../../src/audio/decode.ts';
import { flacFrames, flacMetadata } from '../../src/audio/flac-frames.ts';
import { recognise } from '../../src/audio/formats.ts';
import { mpegFrames } from '../../src/audio/mp3-frames.ts';
import { durationMs, shifted } from '../../src/audio/mp4-index.ts';
import { oggPages } from '../../src/audio/ogg-page.ts';
import { AudioError, emptyReport } from '../../src/audio/report.ts';

type Kind = 'ours' | 'mpeg' | 'flac' | 'ogg' | 'mp4';

export const SEEDS: readonly { name: string; kind: Kind }[] = [
  { name: 'tone-opus.webm', kind: 'ours' },
  { name: 'tone.mp3', kind: 'mpeg' },
  { name: 'tone.flac', kind: 'flac' },
  { name: 'tone-vorbis.ogg', kind: 'ogg' },
  { name: 'tone.m4a', kind: 'mp4' },
];

/** @throws whatever is not an honest refusal, or a count that cannot be */
export async function framed(kind: Kind, bytes: Uint8Array): Promise<void> {
  const report = emptyReport();
  const reader = new ByteReader(inParts(bytes));
  let given = 0;
  recognise(bytes.subarray(0, 65_536));
  try {
    if (kind === 'ours') {
      for await (const block of decode(inParts(bytes), null, report)) given += block.length;
      if (given > bytes.length * 1_920 + 11 * 16_000)
        throw new Error(`${given} samples of ${bytes.length} bytes`);
      return;
    }
    if (kind === 'mpeg') {
      for await (const { payload } of mpegFrames(reader, report)) given += payload?.length ?? 0;
    } else if (kind === 'flac') {
      const stream = await flacMetadata(reader);
      if (stream === null) return;
      for await (const { payload } of flacFrames(reader, stream, report)) given += payload.length;
    } else if (kind === 'ogg') {
      for await (const page of oggPages(reader, report)) given += page.bytes.length;
    } else {
      durationMs(bytes);
      if (shifted(bytes, 10, 100).length !== bytes.length) throw new Error('the index changed its length');
      return;
    }
  } catch (error) {
    if (error instanceof AudioError) return;
    throw error;
  }
  if (given > bytes.length || report.bytesLost > bytes.length || reader.bytesRead !== bytes.length)
    throw new Error(
      `${given} bytes given, ${report.bytesLost} lost, ${reader.bytesRead} read of ${bytes.length}`,
    );
}

async function* inParts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 3_000) yield bytes.subarray(at, at + 3_000);
}
