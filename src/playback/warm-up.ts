/** Does beforehand what the first listener would wait for a third of a second: loads the codecs, and uses each once. For a thread. */
import { Readable } from 'node:stream';
import { ByteReader } from '../audio/byte-reader.ts';
import { decodeExcerpt } from '../audio/excerpt.ts';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { mapOfCopy } from '../audio/opus-copy.ts';
import { encodePackets, PACKET_BYTES, PACKET_SAMPLES } from '../audio/opus-encoder.ts';
import { emptyReport } from '../audio/report.ts';
import { decodeMp3 } from '../decoders/mp3.ts';

export interface WarmUpTask {
  kind: 'warm-up';
}

export async function warmUp(): Promise<void> {
  const packets = await encodePackets(new Float32Array(SAMPLE_RATE), 0);
  const places = Array.from(
    { length: SAMPLE_RATE / PACKET_SAMPLES },
    (_, packet) => [packet * PACKET_BYTES, PACKET_BYTES] as const,
  );
  const { gainQ8, channels } = mapOfCopy(SAMPLE_RATE);
  const part = { kind: 'opus', packetSamples: PACKET_SAMPLES, channels, gainQ8, packets: places } as const;
  await decodeExcerpt({ bytes: [], parts: [{ ...part, drop: 0, samples: SAMPLE_RATE }] }, packets);
  // M4A is what phones write.
  await Promise.all([import('./segment.ts'), import('../decoders/ffmpeg.ts')]);
  // It has no frames, and says so: its decoder was loaded by then.
  const nothing = new ByteReader(Readable.from([]));
  await decodeMp3(nothing, emptyReport())
    .next()
    .catch(() => {});
}
