/** Writes AIFF, AU, Core Audio and Matroska files with plain samples of 16 bits. */
import { concat } from './omi-writer.ts';

function bytesOf(samples: Float32Array, little: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [at, sample] of samples.entries()) view.setInt16(2 * at, Math.round(sample * 32_767), little);
  return bytes;
}

const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

function number(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) & 0xff);
}

export function aiffFile(samples: Float32Array, rate: number): Uint8Array {
  const data = bytesOf(samples, false);
  const exponent = Math.floor(Math.log2(rate));
  const common = concat([
    number(1, 2),
    number(samples.length, 4),
    number(16, 2),
    number(16_383 + exponent, 2),
    number(rate * 2 ** (31 - exponent), 4),
    number(0, 4),
  ]);
  const body = concat([
    ascii('AIFF'),
    concat([ascii('COMM'), number(18, 4), common]),
    concat([ascii('SSND'), number(data.length + 8, 4), number(0, 8), data]),
  ]);
  return concat([ascii('FORM'), number(body.length, 4), body]);
}

export function auFile(samples: Float32Array, rate: number, size?: number): Uint8Array {
  const data = bytesOf(samples, false);
  const fields = [24, size ?? data.length, 3, rate, 1].map((field) => number(field, 4));
  return concat([ascii('.snd'), ...fields, data]);
}

export function cafFile(samples: Float32Array, rate: number, isLittle: boolean): Uint8Array {
  const data = bytesOf(samples, isLittle);
  const description = new Uint8Array(32);
  const view = new DataView(description.buffer);
  view.setFloat64(0, rate);
  description.set(ascii('lpcm'), 8);
  for (const [index, value] of [isLittle ? 2 : 0, 2, 1, 1, 16].entries())
    view.setUint32(12 + 4 * index, value);
  return concat([
    concat([ascii('caff'), number(1, 2), number(0, 2)]),
    concat([ascii('desc'), number(32, 8), description]),
    concat([ascii('free'), number(100, 8), new Uint8Array(100)]),
    concat([ascii('data'), number(data.length + 4, 8), number(0, 4), data]),
  ]);
}

const element = (id: number, body: Uint8Array, isOpen = false) =>
  concat([
    number(id, Math.ceil(Math.log2(id + 1) / 8)),
    isOpen
      ? Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255)
      : concat([Uint8Array.of(0x10), number(body.length, 3)]),
    body,
  ]);

interface MatroskaOptions {
  codec: string;
  rate: number;
  /** Each with its time in ms. */
  blocks: { atMs: number; packet: Uint8Array }[];
  private?: Uint8Array;
  /** As a recorder writes that cannot go back: segment and clusters without sizes. */
  isLive?: boolean;
  blocksPerCluster?: number;
}

export function matroskaFile({
  codec,
  rate,
  blocks,
  isLive = false,
  blocksPerCluster = 10,
  ...rest
}: MatroskaOptions): Uint8Array {
  const frequency = new Uint8Array(8);
  new DataView(frequency.buffer).setFloat64(0, rate);
  const audio = concat([
    element(0xb5, frequency),
    element(0x9f, number(1, 1)),
    element(0x6264, number(16, 1)),
  ]);
  const track = concat([
    element(0xd7, number(1, 1)),
    element(0x83, number(2, 1)),
    element(0x86, ascii(codec)),
    ...(rest.private ? [element(0x63a2, rest.private)] : []),
    element(0xe1, audio),
  ]);
  const clusters: Uint8Array[] = [];
  for (let at = 0; at < blocks.length; at += blocksPerCluster) {
    const part = blocks.slice(at, at + blocksPerCluster);
    const start = part[0]?.atMs ?? 0;
    const body = concat([
      element(0xe7, number(start, 4)),
      ...part.map(({ atMs, packet }) =>
        element(0xa3, concat([Uint8Array.of(0x81), number(atMs - start, 2), Uint8Array.of(0x80), packet])),
      ),
    ]);
    clusters.push(element(0x1f43b675, body, isLive));
  }
  const segment = concat([
    element(0x1549a966, element(0x2ad7b1, number(1_000_000, 3))),
    element(0x1654ae6b, element(0xae, track)),
    ...clusters,
  ]);
  return concat([element(0x1a45dfa3, element(0x4282, ascii('webm'))), element(0x18538067, segment, isLive)]);
}

export { bytesOf as samplesOf16 };
