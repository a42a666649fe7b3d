/** Turns raw sample frames into floats. */
import { endianness } from 'node:os';

/** Little-endian, unless the name says otherwise. */
export type PcmEncoding =
  | ('u8' | 's8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'mulaw')
  | ('s16be' | 's24be' | 's32be' | 'f32be' | 'f64be');

export const BYTES_PER_SAMPLE: Readonly<Record<PcmEncoding, number>> = {
  u8: 1,
  s8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  s16be: 2,
  s24be: 3,
  s32be: 4,
  f32be: 4,
  f64be: 8,
  alaw: 1,
  mulaw: 1,
};

const IS_LITTLE_ENDIAN = endianness() === 'LE';

const READ: Readonly<Record<PcmEncoding, (view: DataView, at: number) => number>> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s8: (view, at) => view.getInt8(at) / 128,
  s16: (view, at) => view.getInt16(at, true) / 0x8000,
  s24: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 0x80_0000,
  s32: (view, at) => view.getInt32(at, true) / 0x8000_0000,
  f32: (view, at) => view.getFloat32(at, true),
  f64: (view, at) => view.getFloat64(at, true),
  s16be: (view, at) => view.getInt16(at) / 0x8000,
  s24be: (view, at) => ((view.getInt8(at) << 16) | view.getUint16(at + 1)) / 0x80_0000,
  s32be: (view, at) => view.getInt32(at) / 0x8000_0000,
  f32be: (view, at) => view.getFloat32(at),
  f64be: (view, at) => view.getFloat64(at),
  alaw: (view, at) => alaw(view.getUint8(at)),
  mulaw: (view, at) => mulaw(view.getUint8(at)),
};

/** Converts whole sample frames; bytes left over at the end are ignored. Channels stay interleaved, and NaN becomes silence. */
export function toFloats(bytes: Uint8Array, encoding: PcmEncoding, channels = 1): Float32Array {
  const width = BYTES_PER_SAMPLE[encoding];
  const floats = new Float32Array(Math.floor(bytes.length / (width * channels)) * channels);
  if (encoding === 's16' && IS_LITTLE_ENDIAN) {
    // Most files are of this kind, and calling a function for each sample takes ten times as long.
    const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
    const integers = new Int16Array(aligned.buffer, aligned.byteOffset, floats.length);
    for (let index = 0; index < floats.length; index += 1)
      floats[index] = (integers[index] as number) / 0x8000;
    return floats;
  }
  const read = READ[encoding];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < floats.length; index += 1) floats[index] = read(view, index * width) || 0;
  return floats;
}

/** ITU-T G.711: 13-bit magnitudes, even bits inverted, sign bit set for positive values. */
function alaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return ((bits & 0x80) !== 0 ? magnitude : -magnitude) / 0x8000;
}

/** ITU-T G.711: 14-bit magnitudes with a bias of 33 (132 at 16 bits), all bits inverted. */
function mulaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return ((bits & 0x80) !== 0 ? -magnitude : magnitude) / 0x8000;
}
