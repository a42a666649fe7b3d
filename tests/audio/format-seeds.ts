/** Runs one file through our own framing or container, without the decoders of others. */
import { readFileSync } from 'node:fs';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { decode } from '../../src/audio/decode.ts';
import { flacFrames, flacMetadata } from '../../src/audio/flac-frames.ts';
import { recognise } from '../../src/audio/formats.ts';
import type { AudioHint } from '../../src/audio/hint.ts';
import { mpegFrames } from '../../src/audio/mp3-frames.ts';
import { fragmentTime, withoutEdits } from '../../src/audio/mp4-fragment.ts';
import { boxesIn, durationMs, shifted } from '../../src/audio/mp4-index.ts';
import { soundOf } from '../../src/audio/mp4-sound.ts';
import { oggPages } from '../../src/audio/ogg-page.ts';
import { AudioError, emptyReport } from '../../src/audio/report.ts';
import { opusHint, pcmHint, sine } from './collect.ts';
import { aiffFile, auFile, cafFile } from './container-writer.ts';
import { oggFile } from './ogg-writer.ts';
import { encodeOpus, omiFile, pcm16Bytes } from './omi-writer.ts';
import { samplesToBytes, wavFile } from './wav-writer.ts';

type Kind = 'ours' | 'mpeg' | 'flac' | 'ogg' | 'mp4';

export interface Seed {
  name: string;
  kind: Kind;
  bytes: Uint8Array;
  hint: AudioHint | null;
}

export const SEEDS: readonly { name: string; kind: Kind }[] = [
  { name: 'tone-opus.webm', kind: 'ours' },
  { name: 'tone.mp3', kind: 'mpeg' },
  { name: 'tone.flac', kind: 'flac' },
  { name: 'tone-vorbis.ogg', kind: 'ogg' },
  { name: 'tone.m4a', kind: 'mp4' },
  { name: 'steps-fragmented.mp4', kind: 'mp4' },
];

/** Files of every framing and container that is ours: those above, and what is written here. */
export async function allSeeds(): Promise<Seed[]> {
  const fixtures = SEEDS.map((seed) => ({
    ...seed,
    bytes: new Uint8Array(readFileSync(new URL(`../fixtures/formats/${seed.name}`, import.meta.url))),
    hint: null,
  }));
  const packets = await encodeOpus({ samplesPerPacket: 320, packets: 60 });
  const short = await encodeOpus({ samplesPerPacket: 160, packets: 60, bitrate: 32_000 });
  const tone = sine(500, 16_000, 2_000);
  const pcm = omiFile(
    Array.from({ length: 20 }, (_, at) => pcm16Bytes(tone.slice(at * 100, at * 100 + 100))),
  );
  const plain = { tag: 1, bits: 16, channels: 1, rate: 16_000 };
  const made: [name: string, bytes: Uint8Array, hint?: AudioHint][] = [
    ['omi opus', omiFile(packets), opusHint(320)],
    ['omi opus of 10 ms', omiFile(short), opusHint(160)],
    ['omi pcm16', pcm, pcmHint('pcm16', 16_000)],
    ['omi pcm8', pcm, pcmHint('pcm8', 8_000)],
    ['wav', wavFile(pcm16Bytes(tone), plain)],
    ['wav of 24 bits', wavFile(samplesToBytes([...tone], 1, 24), { ...plain, channels: 2, bits: 24 })],
    [
      'wav of floats',
      wavFile(samplesToBytes([...tone], 3, 32), { ...plain, tag: 3, bits: 32, extensible: true }),
    ],
    ['ogg opus', oggFile({ packets, packetGranules: 960, packetsPerPage: 8, preSkip: 312 })],
    ['aiff', aiffFile(tone, 16_000)],
    ['au', auFile(tone, 16_000)],
    ['caf', cafFile(tone, 16_000, true)],
  ];
  return [
    ...fixtures,
    ...made.map(([name, bytes, hint = null]) => ({ name, kind: 'ours' as const, bytes, hint })),
  ];
}

/** @throws whatever is not an honest refusal, or a count that cannot be */
export async function framed(kind: Kind, bytes: Uint8Array, hint: AudioHint | null = null): Promise<void> {
  const report = emptyReport();
  const reader = new ByteReader(inParts(bytes));
  let given = 0;
  recognise(bytes.subarray(0, 65_536));
  try {
    if (kind === 'ours') {
      for await (const block of decode(inParts(bytes), hint, report)) given += block.length;
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
      for (const { type, whole } of boxesIn(bytes)) {
        if (type === 'moof') fragmentTime(whole, 1);
        if (type !== 'moov') continue;
        const sound = soundOf(whole, 0, false);
        if (sound !== null && sound.sizesAt + 4 * sound.frames > whole.length)
          throw new Error('there are more lengths than the index holds');
        if (withoutEdits(whole).length !== whole.length) throw new Error('the index changed its length');
      }
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
