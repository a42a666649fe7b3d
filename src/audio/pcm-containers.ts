/** AIFF, AU and Core Audio files with plain samples: a header, and then samples to the end of the data. */
import type { ByteReader } from './byte-reader.ts';
import { BYTES_PER_SAMPLE, type PcmEncoding, toFloats } from './pcm.ts';
import { monoFrom, type Planar } from './planar.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';

interface Sound {
  encoding: PcmEncoding;
  channels: number;
  rate: number;
  /** Infinity if the header does not say. */
  dataBytes: number;
}

const FRAMES_AT_ONCE = 8_192;
/** A header has fewer chunks than this; each costs a step. */
const MAX_CHUNKS = 10_000;
const MAX_CHUNK_HEAD = 1_024;
const UNKNOWN = 0xffff_ffff;

export async function* decodePcmContainer(
  kind: 'aiff' | 'au' | 'caf',
  reader: ByteReader,
  report: DecodeReport,
): AsyncGenerator<Float32Array> {
  report.format = kind;
  const header = await { aiff, au, caf }[kind](reader);
  if (header === null)
    throw new AudioError(
      'no_frames',
      'The file ends before its audio data starts, or its header is damaged.',
    );
  yield* monoFrom(samples(reader, header, report), report);
}

async function* samples(reader: ByteReader, sound: Sound, report: DecodeReport): AsyncGenerator<Planar> {
  const { encoding, channels, rate } = sound;
  const frameBytes = Math.max(1, channels) * BYTES_PER_SAMPLE[encoding];
  let left = sound.dataBytes;
  while (left >= frameBytes) {
    const wanted = Math.min(FRAMES_AT_ONCE * frameBytes, left - (left % frameBytes || 0));
    await reader.fill(wanted);
    const there = Math.min(wanted, reader.available);
    const bytes = reader.take(there - (there % frameBytes));
    left -= bytes.length;
    report.frames += bytes.length / frameBytes;
    if (bytes.length > 0) yield { channels: separated(toFloats(bytes, encoding, channels), channels), rate };
    if (there === wanted) continue;
    report.bytesLost += reader.take(there % frameBytes).length;
    if (!Number.isFinite(left)) return;
    noteDamage(report, 'data_cut_short');
    report.lostMs += (left / frameBytes / rate) * 1000;
    return;
  }
  // What follows the sound are notes about it.
  await reader.skip(Number.POSITIVE_INFINITY);
}

function separated(interleaved: Float32Array, channels: number): Float32Array[] {
  if (channels === 1) return [interleaved];
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: interleaved.length / channels },
      (__, frame) => interleaved[frame * channels + channel] ?? 0,
    ),
  );
}

async function au(reader: ByteReader): Promise<Sound | null> {
  if (!(await reader.fill(24))) return null;
  const view = viewOf(reader.peek(24));
  const [offset, size, code, rate, channels] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at));
  const encoding = (['mulaw', 's8', 's16be', 's24be', 's32be', 'f32be', 'f64be'] as const)[(code ?? 0) - 1];
  const found = code === 27 ? 'alaw' : encoding;
  if (found === undefined) throw new AudioError('unsupported_format', `The AU file has encoding ${code}.`);
  await reader.skip(Math.max(24, offset ?? 24));
  const dataBytes = size === UNKNOWN || size === 0 ? Number.POSITIVE_INFINITY : (size ?? 0);
  return { encoding: found, channels: channels ?? 0, rate: rate ?? 0, dataBytes };
}

const AIFC: Readonly<Record<string, PcmEncoding>> = {
  sowt: 's16',
  fl32: 'f32be',
  FL32: 'f32be',
  fl64: 'f64be',
  FL64: 'f64be',
  ulaw: 'mulaw',
  ULAW: 'mulaw',
  alaw: 'alaw',
  ALAW: 'alaw',
  'raw ': 'u8',
};
const BIG_ENDIAN = ['s8', 's16be', 's24be', 's32be'] as const;

async function aiff(reader: ByteReader): Promise<Sound | null> {
  await reader.skip(12);
  let common: Omit<Sound, 'dataBytes'> | null = null;
  for (let chunk = 0; chunk < MAX_CHUNKS && (await reader.fill(8)); chunk += 1) {
    const head = reader.take(8);
    const [id, size] = [textOf(head, 0, 4), viewOf(head).getUint32(4)];
    if (id === 'SSND' && common !== null) {
      await reader.fill(8);
      const offset = viewOf(reader.peek(8).length === 8 ? reader.take(8) : new Uint8Array(8)).getUint32(0);
      await reader.skip(Math.min(offset, size));
      const isOpen = size === 0 || size === UNKNOWN;
      return { ...common, dataBytes: isOpen ? Number.POSITIVE_INFINITY : Math.max(0, size - 8 - offset) };
    }
    if (id === 'COMM' && size >= 18 && (await reader.fill(Math.min(size, MAX_CHUNK_HEAD)))) {
      const body = reader.peek(Math.min(size, MAX_CHUNK_HEAD));
      const view = viewOf(body);
      const bits = view.getInt16(6);
      const codec = textOf(body, 18, 22);
      const plain = BIG_ENDIAN[Math.ceil(bits / 8) - 1];
      const encoding = AIFC[codec] ?? plain;
      if (encoding === undefined) throw new AudioError('unsupported_format', `AIFF with ${bits} bits.`);
      common = {
        encoding:
          codec === 'sowt' && bits <= 8 ? 's8' : codec === 'sowt' && bits > 16 ? little(bits) : encoding,
        channels: view.getUint16(0),
        rate: extended(view, 8),
      };
    }
    await reader.skip(size + (size % 2));
  }
  return null;
}

function little(bits: number): PcmEncoding {
  return bits > 24 ? 's32' : 's24';
}

/** The 80-bit float of AIFF's sample rate. */
function extended(view: DataView, at: number): number {
  const exponent = (view.getUint16(at) & 0x7fff) - 16_383;
  return Math.round(view.getUint32(at + 2) * 2 ** (exponent - 31));
}

async function caf(reader: ByteReader): Promise<Sound | null> {
  await reader.skip(8);
  let common: Omit<Sound, 'dataBytes'> | null = null;
  for (let chunk = 0; chunk < MAX_CHUNKS && (await reader.fill(12)); chunk += 1) {
    const head = reader.take(12);
    const size = Number(viewOf(head).getBigInt64(4));
    const id = textOf(head, 0, 4);
    if (id === 'data' && common !== null) {
      // Four bytes count the edits of the data.
      await reader.skip(4);
      return { ...common, dataBytes: size < 0 ? Number.POSITIVE_INFINITY : Math.max(0, size - 4) };
    }
    if (size < 0 || !Number.isSafeInteger(size)) return null;
    if (id === 'desc' && size >= 32 && (await reader.fill(32))) common = cafDescription(reader.peek(32));
    await reader.skip(size);
  }
  return null;
}

function cafDescription(body: Uint8Array): Omit<Sound, 'dataBytes'> {
  const view = viewOf(body);
  const codec = textOf(body, 8, 12);
  const [flags, channels, bits] = [view.getUint32(12), view.getUint32(24), view.getUint32(28)];
  const rate = view.getFloat64(0);
  if (codec !== 'lpcm') return { encoding: codec === 'ulaw' ? 'mulaw' : 'alaw', channels, rate };
  const [isFloat, isLittle] = [(flags & 1) !== 0, (flags & 2) !== 0];
  const key = `${isFloat ? 'f' : 's'}${8 * Math.ceil(bits / 8)}${isLittle || bits <= 8 ? '' : 'be'}`;
  if (!Object.hasOwn(BYTES_PER_SAMPLE, key))
    throw new AudioError('unsupported_format', `A Core Audio file with ${bits} bits per sample.`);
  return { encoding: key as PcmEncoding, channels, rate };
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
