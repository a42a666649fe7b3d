/** Damages files, and makes checksums right again, without which most damage would end before the decoder that it is meant for. */
import { oggChecksum } from '../src/audio/ogg-page.ts';
import type { Chance } from './chance.ts';

const OGG_HEADER_BYTES = 27;
const FLAC_LEAST_FRAME_BYTES = 10;

export function damaged(file: Uint8Array, chance: Chance): Uint8Array {
  let bytes = file.slice();
  for (let left = 1 + chance.below(6); left > 0; left -= 1) {
    // One in four lies where the headers are.
    const at = chance.below(chance.below(4) === 0 ? Math.min(200, bytes.length + 1) : bytes.length + 1);
    const kind = chance.below(5);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    else if (kind === 1) for (let i = 0; i < 1 + chance.below(40); i += 1) bytes[at + i] = chance.below(256);
    else if (kind === 2) bytes = joined(bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(300)));
    else if (kind === 3) {
      const more = Uint8Array.from({ length: 1 + chance.below(40) }, () => chance.below(256));
      bytes = joined(bytes.subarray(0, at), more, bytes.subarray(at));
    } else if (chance.below(4) === 0) bytes = bytes.slice(0, at);
  }
  return bytes;
}

/** Bits and bytes change inside of one to three of these parts, and nothing moves. */
export function damagedWithin(file: Uint8Array, parts: readonly Part[], chance: Chance): Uint8Array {
  const bytes = file.slice();
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    const { from, to } = chance.one(parts);
    for (let more = 1 + chance.below(8); more > 0; more -= 1) {
      const at = from + chance.below(to - from);
      if (chance.below(2) === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
      else bytes[at] = chance.below(256);
    }
  }
  return bytes;
}

export interface Part {
  from: number;
  to: number;
}

/** The pages of an Ogg file, each without the pattern, the checksum and the lengths by which it is found. */
export function oggBodies(file: Uint8Array): Part[] {
  return oggParts(file).map(({ from, to }) => ({ from: from + headerBytes(file, from), to }));
}

/** Makes the checksum of each page right that can still be recognised. */
export function withOggChecksums(bytes: Uint8Array): Uint8Array {
  for (const { from, to } of oggParts(bytes)) {
    const page = bytes.subarray(from, to);
    new DataView(page.buffer, page.byteOffset).setUint32(22, oggChecksum(page), true);
  }
  return bytes;
}

function oggParts(file: Uint8Array): Part[] {
  const found = Buffer.from(file.buffer, file.byteOffset, file.length);
  const parts: Part[] = [];
  for (let from = found.indexOf('OggS'); from >= 0; from = found.indexOf('OggS', from + 4)) {
    const header = headerBytes(file, from);
    const lacing = file.subarray(from + OGG_HEADER_BYTES, from + header);
    const to = from + header + lacing.reduce((sum, length) => sum + length, 0);
    if (to <= file.length && to > from + header) parts.push({ from, to });
  }
  return parts;
}

function headerBytes(file: Uint8Array, from: number): number {
  return OGG_HEADER_BYTES + (file[from + OGG_HEADER_BYTES - 1] ?? 0);
}

/** The frames of a FLAC file, each behind its header, which has a checksum of its own, and before its checksum. */
export function withFlacChecksums(bytes: Uint8Array, frames: readonly Part[]): Uint8Array {
  for (const { from, to } of frames) {
    if (to - from < FLAC_LEAST_FRAME_BYTES) continue;
    let crc = 0;
    for (let at = from; at < to - 2; at += 1) {
      crc ^= (bytes[at] ?? 0) << 8;
      for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
    }
    bytes[to - 2] = crc >> 8;
    bytes[to - 1] = crc & 0xff;
  }
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
