import { concat } from './omi-writer.ts';

export interface WavOptions {
  tag: number;
  bits: number;
  channels: number;
  rate: number;
  extensible?: boolean;
  /** What the size fields say; the truth when absent. */
  dataSize?: number;
  riffSize?: number;
  before?: readonly Uint8Array[];
  after?: readonly Uint8Array[];
}

export function chunk(id: string, body: Uint8Array, size = body.length): Uint8Array {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(size, 4);
  return concat([header, body, new Uint8Array(body.length % 2)]);
}

export function wavFile(data: Uint8Array, options: WavOptions): Uint8Array {
  const { tag, bits, channels, rate } = options;
  const fmt = Buffer.alloc(options.extensible ? 40 : 16);
  const blockBytes = (channels * bits) / 8;
  fmt.writeUInt16LE(options.extensible ? 0xfffe : tag, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(rate, 4);
  fmt.writeUInt32LE(rate * blockBytes, 8);
  fmt.writeUInt16LE(blockBytes, 12);
  fmt.writeUInt16LE(bits, 14);
  if (options.extensible) {
    fmt.writeUInt16LE(22, 16);
    fmt.writeUInt16LE(bits, 18);
    fmt.writeUInt16LE(tag, 24);
    fmt.write('000000001000800000aa00389b71', 26, 'hex');
  }
  const body = concat([
    Buffer.from('WAVE'),
    ...(options.before ?? []),
    chunk('fmt ', fmt),
    chunk('data', data, options.dataSize ?? data.length),
    ...(options.after ?? []),
  ]);
  return chunk('RIFF', body, options.riffSize ?? body.length);
}

/** Full scale is 1, as in the decoder. The inverse of it for values that the encoding can hold. */
export function samplesToBytes(samples: readonly number[], tag: number, bits: number): Uint8Array {
  const bytes = Buffer.alloc((samples.length * bits) / 8);
  samples.forEach((sample, i) => {
    const at = (i * bits) / 8;
    const top = 2 ** (bits - 1) - 1;
    const integer = Math.max(-top - 1, Math.min(top, Math.round(sample * (top + 1))));
    if (tag === 3) bytes.writeFloatLE(sample, at);
    else if (bits === 8) bytes.writeUInt8(integer + 128, at);
    else bytes.writeIntLE(integer, at, bits / 8);
  });
  return new Uint8Array(bytes);
}
