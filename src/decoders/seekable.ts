/**
 * Brings containers into an order that can be read from a pipe. Phones write the index of an M4A behind the sound, and
 * Core Audio its packet table, because both are known only then.
 */
import type { FileHandle } from 'node:fs/promises';
import type { ByteReader } from '../audio/byte-reader.ts';
import { OUTSIDE, type OutsideFormat } from '../audio/formats.ts';
import { type Box, boxHead, durationMs, hasSoundTrack, shifted } from '../audio/mp4-index.ts';
import { AudioError, type DecodeReport, noteDamage } from '../audio/report.ts';
import { openUnnamed } from '../unnamed-file.ts';
import { AdtsNotes } from './adts-notes.ts';
import { Mp4Notes } from './mp4-notes.ts';

const CHUNK_BYTES = 64 * 1024;
/** The index of a hundred hours of AAC has about 40 MB. */
const LONGEST_INDEX = 64 * 2 ** 20;
/** Boxes in front of the sound other than the index: covers and notes. */
const LONGEST_FRONT = 16 * 2 ** 20;
/** A minute of frames has 20 kB of it. One that is longer passes as it comes. */
const LONGEST_FRAGMENT_HEAD = 2 ** 20;

interface Ordered {
  chunks: AsyncIterable<Uint8Array>;
  /** The length that the index states; 0 if there is none. */
  statedMs: number;
}

/** Takes notes of a file that passes, if it is of a format of which parts can be decoded by themselves. */
export type FileNotes = Mp4Notes | AdtsNotes;

export function notesFor(format: OutsideFormat): FileNotes | null {
  if (format === 'mp4') return new Mp4Notes();
  return format === 'adts' ? new AdtsNotes() : null;
}

export async function seekable(
  format: OutsideFormat,
  reader: ByteReader,
  report: DecodeReport,
  notes: FileNotes | null = null,
): Promise<Ordered> {
  if (notes instanceof AdtsNotes) return { chunks: notes.passing(reader), statedMs: 0 };
  if (format === 'mp4') return await mp4(reader, report, notes);
  if (format === 'caf-packed') return await caf(reader, report);
  return { chunks: rest(reader), statedMs: 0 };
}

/** A stream's chunks; a destroyed stream ends instead of failing. */
export async function* chunksOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* rest(reader: ByteReader): AsyncGenerator<Uint8Array> {
  while (await reader.fill(1)) yield new Uint8Array(reader.take(Math.min(reader.available, CHUNK_BYTES)));
}

async function* atMost(reader: ByteReader, bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0 && (await reader.fill(1)); ) {
    const chunk = new Uint8Array(reader.take(Math.min(reader.available, CHUNK_BYTES, left)));
    left -= chunk.length;
    yield chunk;
  }
}

async function* joined(...parts: (AsyncIterable<Uint8Array> | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part;
  }
}

/** Says whether another MP4 begins here: recordings are joined by putting their files one behind the other. */
export async function isNextMp4(reader: ByteReader): Promise<boolean> {
  return (await nextBox(reader))?.type === 'ftyp';
}

/**
 * Says what is wrong with an MP4 that nothing here can decode: a video without sound is none that ffmpeg would help with.
 * @throws AudioError `not_audio`
 */
export async function requireSoundTrack(reader: ByteReader): Promise<void> {
  for (let box = await nextBox(reader); box !== null; box = await nextBox(reader)) {
    if (
      box.type === 'moov' &&
      box.bytes !== null &&
      box.bytes <= LONGEST_INDEX &&
      (await reader.fill(box.bytes))
    ) {
      if (!hasSoundTrack(reader.peek(box.bytes)))
        throw new AudioError('not_audio', `The file is ${OUTSIDE.mp4}, and has no sound track.`);
      return;
    }
    await reader.skip(box.bytes ?? Number.MAX_SAFE_INTEGER);
  }
}

async function mp4(reader: ByteReader, report: DecodeReport, notes: Mp4Notes | null): Promise<Ordered> {
  const front: Uint8Array[] = [];
  let frontBytes = 0;
  // The places that an index names are those of a file that begins with it.
  if (reader.position > 0) notes?.lost();
  for (let box = await nextBox(reader); box !== null; box = await nextBox(reader)) {
    if (box.type === 'moov') {
      const at = reader.position;
      const index = await whole(reader, box, LONGEST_INDEX);
      notes?.index(front, index, at);
      return { chunks: joined(...front, index, toNextMp4(reader, notes)), statedMs: durationMs(index) };
    }
    if (box.type === 'moof') return { chunks: joined(...front, toNextMp4(reader, null)), statedMs: 0 };
    if (box.type === 'mdat') return await behindSound(reader, box, { front, frontBytes, report, notes });
    const body = await whole(reader, box, LONGEST_FRONT);
    frontBytes += body.length;
    if (frontBytes > LONGEST_FRONT) break;
    front.push(body);
  }
  throw new AudioError('no_frames', 'The MP4 file has no sound, or its first box is damaged.');
}

/** Everything up to where another MP4 begins. Where no box is recognised any more, that is the end of the file. */
async function* toNextMp4(reader: ByteReader, notes: Mp4Notes | null): AsyncGenerator<Uint8Array> {
  for (let box = await nextBox(reader); box !== null && box.type !== 'ftyp'; box = await nextBox(reader)) {
    if (box.bytes === null) break;
    if (notes !== null && box.type === 'moof') {
      const isWhole = box.bytes <= LONGEST_FRAGMENT_HEAD && (await reader.fill(box.bytes));
      if (isWhole) notes.fragment(reader.peek(box.bytes), reader.position);
      else notes.lost();
    }
    yield* atMost(reader, box.bytes);
  }
  if (!(await isNextMp4(reader))) yield* rest(reader);
}

interface BehindSound {
  front: readonly Uint8Array[];
  frontBytes: number;
  report: DecodeReport;
  notes: Mp4Notes | null;
}

/** The sound comes first, so it is kept in a file without a name until the index has come. */
async function behindSound(
  reader: ByteReader,
  sound: Box,
  { front, frontBytes, report, notes }: BehindSound,
): Promise<Ordered> {
  const spool = await Spool.from(reader, sound.bytes);
  const inOrder = (index: Uint8Array): Ordered => {
    const moved = shifted(index, frontBytes, index.length);
    const others = toNextMp4(reader, notes);
    return { chunks: joined(...front, moved, spool.chunks(others)), statedMs: durationMs(index) };
  };
  try {
    for (let box = await nextBox(reader); box !== null; box = await nextBox(reader)) {
      // Another file begins, and this one has no index.
      if (box.type === 'ftyp') break;
      if (box.type !== 'moov') {
        await reader.skip(box.bytes ?? Number.MAX_SAFE_INTEGER);
        continue;
      }
      const at = reader.position;
      const index = await whole(reader, box, LONGEST_INDEX);
      notes?.index(front, index, at);
      return inOrder(index);
    }
    // The length of the sound is wrong: it goes to the end, and has swallowed the index.
    const swallowed = await spool.indexAtEnd();
    if (swallowed !== null) return inOrder(swallowed);
  } catch (error) {
    await spool.close();
    throw error;
  }
  await spool.close();
  noteDamage(report, 'data_cut_short');
  report.bytesLost += reader.bytesRead;
  throw new AudioError(
    'no_frames',
    'The MP4 file has no index: the recorder was cut off before it wrote it, or the transfer was.',
  );
}

async function caf(reader: ByteReader, report: DecodeReport): Promise<Ordered> {
  await reader.fill(8);
  const front: Uint8Array[] = [new Uint8Array(reader.take(8))];
  let hasTable = false;
  while (await reader.fill(12)) {
    const head = new Uint8Array(reader.peek(12));
    const type = Buffer.from(head.subarray(0, 4)).toString('latin1');
    const size = Number(new DataView(head.buffer).getBigInt64(4));
    if (type === 'data') {
      if (hasTable || size < 0) return { chunks: joined(...front, rest(reader)), statedMs: 0 };
      const spool = await Spool.from(reader, 12 + size);
      const table = await packetTable(reader).catch(async (error: unknown) => {
        await spool.close();
        throw error;
      });
      if (table === null) noteDamage(report, 'data_cut_short');
      return {
        chunks: joined(...front, table ?? new Uint8Array(0), spool.chunks(rest(reader))),
        statedMs: 0,
      };
    }
    if (size < 0 || size > LONGEST_INDEX) break;
    hasTable ||= type === 'pakt';
    front.push(await whole(reader, { type, bytes: 12 + size }, LONGEST_INDEX));
  }
  throw new AudioError('no_frames', 'The Core Audio file ends before its sound begins.');
}

async function packetTable(reader: ByteReader): Promise<Uint8Array | null> {
  while (await reader.fill(12)) {
    const head = new Uint8Array(reader.peek(12));
    const size = Number(new DataView(head.buffer).getBigInt64(4));
    if (size < 0 || !Number.isSafeInteger(size)) return null;
    if (Buffer.from(head.subarray(0, 4)).toString('latin1') === 'pakt')
      return await whole(reader, { type: 'pakt', bytes: 12 + size }, LONGEST_INDEX);
    await reader.skip(12 + size);
  }
  return null;
}

async function nextBox(reader: ByteReader): Promise<Box | null> {
  await reader.fill(16);
  return boxHead(reader.peek(16));
}

/** Takes all of a box. A length that nothing honest has would fill the memory. */
async function whole(reader: ByteReader, box: Box, most: number): Promise<Uint8Array> {
  if (box.bytes === null || box.bytes > most || !(await reader.fill(box.bytes)))
    throw new AudioError(
      'no_frames',
      `The part "${box.type}" of the file is cut short, or its length is wrong.`,
    );
  return new Uint8Array(reader.take(box.bytes));
}

/** Keeps the sound of one file until its index has come. Its bytes count as read only once they are given. */
class Spool {
  readonly #reader: ByteReader;
  readonly #file: FileHandle;
  #bytes = 0;
  #given = 0;

  /** @param bytes how many of the reader's it keeps; null: all */
  static async from(reader: ByteReader, bytes: number | null): Promise<Spool> {
    const file = await openUnnamed();
    const spool = new Spool(reader, file);
    try {
      for await (const chunk of bytes === null ? rest(reader) : atMost(reader, bytes)) {
        // A bare write may be short, and what is missing would be silence.
        await file.writeFile(chunk);
        spool.#bytes += chunk.length;
        reader.putAside(chunk.length);
      }
    } catch (error) {
      await spool.close();
      throw error;
    }
    return spool;
  }

  private constructor(reader: ByteReader, file: FileHandle) {
    this.#reader = reader;
    this.#file = file;
  }

  /** Gives its bytes once and closes it. What is left of the file is read before, so that it counts as read. */
  async *chunks(others: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const _ of others);
      while (this.#given < this.#bytes) {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, this.#bytes - this.#given));
        const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, this.#given);
        if (bytesRead === 0) return;
        this.#takeBack(bytesRead);
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await this.close();
    }
  }

  /** Finds the index of an MP4 in the last of its bytes; no more are read than the longest index has. */
  async indexAtEnd(): Promise<Uint8Array | null> {
    const end = Buffer.alloc(Math.min(this.#bytes, LONGEST_INDEX));
    await this.#file.read(end, 0, end.length, this.#bytes - end.length);
    for (let at = end.lastIndexOf('moov'); at >= 4; at = end.lastIndexOf('moov', at - 1)) {
      const from = at - 4;
      const bytes = boxHead(end.subarray(from, from + 16))?.bytes ?? 0;
      if (bytes >= 16 && from + bytes <= end.length && end.toString('latin1', at + 8, at + 12) === 'mvhd')
        return new Uint8Array(end.subarray(from, from + bytes));
    }
    return null;
  }

  async close(): Promise<void> {
    this.#takeBack(this.#bytes - this.#given);
    await this.#file.close();
  }

  #takeBack(bytes: number): void {
    this.#given += bytes;
    this.#reader.putAside(-bytes);
  }
}
