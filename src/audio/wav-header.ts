/**
 * Walks the chunks of a WAV around its sound. Recorders that crash, stream or join files leave sizes that are wrong, so a size
 * is believed only where a chunk, the end of the file or the outer size agrees with it.
 */
import type { ByteReader } from './byte-reader.ts';
import { AudioError } from './report.ts';
import { FORMAT_BYTES, LEAST_FORMAT_BYTES, parseFormat, type WavFormat } from './wav-format.ts';

export interface WavSection extends WavFormat {
  /** The size in the header; Infinity if it has none. */
  dataBytes: number;
  /** Whether the outer size agrees, so that missing bytes must have been there once. */
  isConfirmed: boolean;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const DS64_BYTES = 24;
/** Sizes from here on are placeholders of recorders that cannot go back: all ones, or just under the largest signed number. */
const PLACEHOLDER_FROM = 0x7fff_0000;
/** The distance in which a lost chunk, or the end of a doubtful one, is looked for. It bounds the memory. */
const LOOK_BYTES = 64 * 1024;
const LONGEST_FORMAT_BYTES = 1024;
/** Chunks other than the sound are smaller than this. */
const LARGE_CHUNK = 2 ** 24;
const RIFFS = new Set(['RIFF', 'RF64', 'BW64']);
const KNOWN = new Set(
  (
    'RIFF RF64 BW64 ds64 fmt  data LIST INFO fact PEAK JUNK junk PAD  FLLR bext iXML id3  ID3  cue  smpl inst adtl labl ' +
    'note ltxt plst acid strc cart DISP _PMX axml chna umid minf elm1 regn levl wavl slnt CSET R64m afsp SAUR LGWV'
  )
    .match(/.{4}(?: |$)/g)
    ?.map((id) => id.slice(0, 4)) ?? [],
);

/** Walks a file, or several that were joined. The caller reads each section's sound before it asks for the next. */
export class WavWalker {
  readonly #reader: ByteReader;
  #format: WavFormat | null = null;
  /** The end of the file by its outer size; Infinity if that is unknown. */
  #end = Number.POSITIVE_INFINITY;
  #longDataBytes: number | null = null;
  #hasSound = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Goes to the next sound. @returns null at the end of the file */
  async next(): Promise<WavSection | null> {
    const reader = this.#reader;
    while (await reader.fill(CHUNK_HEADER_BYTES)) {
      if (await isRiff(reader, 0)) {
        this.#startFile();
        continue;
      }
      const { id, size } = chunkHeader(reader.peek(CHUNK_HEADER_BYTES), 0);
      if (id === 'fmt ') {
        await this.#readFormat(size);
      } else if (id === 'data' || this.#isNameless(id, size)) {
        reader.take(CHUNK_HEADER_BYTES);
        return this.#section(size);
      } else if (id === 'ds64' && (await reader.fill(CHUNK_HEADER_BYTES + DS64_BYTES))) {
        const body = viewOf(reader.peek(CHUNK_HEADER_BYTES + DS64_BYTES));
        this.#end = Number(body.getBigUint64(CHUNK_HEADER_BYTES, true)) + CHUNK_HEADER_BYTES;
        this.#longDataBytes = Number(body.getBigUint64(CHUNK_HEADER_BYTES + 8, true));
        await this.#skipChunk(size);
      } else if (isReadable(id) && size < PLACEHOLDER_FROM && this.#position + size <= this.#end) {
        await this.#skipChunk(size);
      } else if (!(await this.#findChunk())) {
        // No chunk can be recognised, so what follows the format counts as its sound.
        if (this.#format === null || this.#hasSound) break;
        return this.#section(Number.POSITIVE_INFINITY);
      }
    }
    return null;
  }

  /**
   * Says whether the sound really ends where its header says, `offset` bytes from here: at the end of the file or where a
   * chunk follows. @returns the bytes up to there, or null when the sound goes on
   */
  async endOfSound(offset: number): Promise<number | null> {
    const reader = this.#reader;
    if (!(await reader.fill(offset + CHUNK_HEADER_BYTES))) return reader.available;
    for (const at of [offset, offset + 1]) {
      if (await this.#isChunk(at)) return at;
    }
    return null;
  }

  get #position(): number {
    return this.#reader.position;
  }

  #startFile(): void {
    const outer = viewOf(this.#reader.peek(RIFF_HEADER_BYTES)).getUint32(4, true);
    this.#end =
      outer === 0 || outer >= PLACEHOLDER_FROM
        ? Number.POSITIVE_INFINITY
        : this.#position + CHUNK_HEADER_BYTES + outer;
    this.#reader.take(RIFF_HEADER_BYTES);
    this.#longDataBytes = null;
    this.#format = null;
    this.#hasSound = false;
  }

  #section(size: number): WavSection {
    if (this.#format === null)
      throw new AudioError('unsupported_format', 'The WAV file has no format before its data.');
    this.#hasSound = true;
    const stated = size === 0xffff_ffff && this.#longDataBytes !== null ? this.#longDataBytes : size;
    const dataBytes =
      stated >= PLACEHOLDER_FROM && this.#longDataBytes === null ? Number.POSITIVE_INFINITY : stated;
    const end = this.#position + dataBytes;
    return {
      ...this.#format,
      dataBytes,
      isConfirmed: Number.isFinite(end) && end <= this.#end && this.#end < Number.POSITIVE_INFINITY,
    };
  }

  /** Says whether this unknown chunk, behind the format and up to the end, is the sound with a damaged name. */
  #isNameless(id: string, size: number): boolean {
    return (
      this.#format !== null &&
      !this.#hasSound &&
      !KNOWN.has(id) &&
      this.#position + CHUNK_HEADER_BYTES + size >= this.#end
    );
  }

  async #readFormat(size: number): Promise<void> {
    const reader = this.#reader;
    await reader.fill(CHUNK_HEADER_BYTES + LONGEST_FORMAT_BYTES + CHUNK_HEADER_BYTES);
    const ahead = reader.peek(CHUNK_HEADER_BYTES + LONGEST_FORMAT_BYTES + CHUNK_HEADER_BYTES);
    const body = ahead.subarray(CHUNK_HEADER_BYTES);
    const stated = Math.min(size, body.length);
    // A chunk ends where the next one begins, which is not always where its size says.
    const end = [
      stated,
      stated + 1,
      ...Array.from({ length: FORMAT_BYTES }, (_, n) => LEAST_FORMAT_BYTES + n),
    ].find((at) => at >= LEAST_FORMAT_BYTES && KNOWN.has(idAt(body, at)));
    const length = end ?? Math.max(stated, LEAST_FORMAT_BYTES);
    this.#format = parseFormat(viewOf(body.subarray(0, Math.min(length, FORMAT_BYTES))));
    reader.take(CHUNK_HEADER_BYTES + length);
  }

  /** Chunks are padded to even lengths, and the pad byte is not in their size. Some writers forget it. */
  async #skipChunk(size: number): Promise<void> {
    const reader = this.#reader;
    await reader.skip(CHUNK_HEADER_BYTES + size);
    if (size % 2 === 0) return;
    await reader.fill(1 + CHUNK_HEADER_BYTES);
    const ahead = reader.peek(1 + CHUNK_HEADER_BYTES);
    if (!(likeness(ahead, 0) > likeness(ahead, 1))) reader.take(1);
  }

  /** Goes to the nearest chunk of a kind that is needed now. */
  async #findChunk(): Promise<boolean> {
    const reader = this.#reader;
    await reader.fill(LOOK_BYTES);
    const ahead = bufferOf(reader.peek(LOOK_BYTES));
    const at = ahead.indexOf(this.#format === null ? 'fmt ' : 'data', 1, 'latin1');
    if (at === -1) return false;
    reader.take(at);
    return true;
  }

  async #isChunk(at: number): Promise<boolean> {
    const reader = this.#reader;
    if (!(await reader.fill(at + CHUNK_HEADER_BYTES))) return false;
    if (await isRiff(reader, at)) return true;
    const { id, size } = chunkHeader(reader.peek(at + CHUNK_HEADER_BYTES), at);
    if (RIFFS.has(id)) return false;
    if (KNOWN.has(id)) return true;
    if (!isReadable(id)) return false;
    const end = at + CHUNK_HEADER_BYTES + size;
    if (this.#end < Number.POSITIVE_INFINITY) return this.#position + end <= this.#end + 1;
    if (end > LOOK_BYTES) return false;
    await reader.fill(end + 1 + CHUNK_HEADER_BYTES);
    const { available } = reader;
    const ahead = reader.peek(end + 1 + CHUNK_HEADER_BYTES);
    return available === end || available === end + 1 || KNOWN.has(idAt(ahead, end + (size % 2)));
  }
}

/** Finds where another file begins in these bytes; -1 if none does. */
export function indexOfRiff(bytes: Uint8Array): number {
  const buffer = bufferOf(bytes);
  for (
    let at = buffer.indexOf('WAVE', 8, 'latin1');
    at !== -1;
    at = buffer.indexOf('WAVE', at + 1, 'latin1')
  ) {
    if (RIFFS.has(idAt(bytes, at - 8))) return at - 8;
  }
  return -1;
}

async function isRiff(reader: ByteReader, at: number): Promise<boolean> {
  if (!(await reader.fill(at + RIFF_HEADER_BYTES))) return false;
  const ahead = reader.peek(at + RIFF_HEADER_BYTES);
  return RIFFS.has(idAt(ahead, at)) && idAt(ahead, at + 8) === 'WAVE';
}

function chunkHeader(bytes: Uint8Array, at: number): { id: string; size: number } {
  return { id: idAt(bytes, at), size: viewOf(bytes).getUint32(at + 4, true) };
}

function idAt(bytes: Uint8Array, at: number): string {
  return bufferOf(bytes).toString('latin1', at, at + 4);
}

function isReadable(id: string): boolean {
  return /^[ -~]{4}$/.test(id);
}

/** Rates how much these bytes look like a chunk's header: 0 is not at all. */
function likeness(bytes: Uint8Array, at: number): number {
  if (bytes.length < at + CHUNK_HEADER_BYTES) return 0;
  const { id, size } = chunkHeader(bytes, at);
  if (KNOWN.has(id)) return 3;
  if (!isReadable(id)) return 0;
  return size < LARGE_CHUNK ? 2 : 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
