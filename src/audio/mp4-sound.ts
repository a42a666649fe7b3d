/** Reads in the index of an MP4 where the frames of its sound lie. Pure. */
import { boxesIn, viewOf } from './mp4-index.ts';

/** Frames of these follow from themselves and the one before; others need all that came before them. */
const DESCRIBED = new Set(['mp4a', 'alac']);
/** An encoder's delay that ffmpeg believes. */
const LONGEST_DELAY = 16_384;
/** What a description has of an honest encoder is some hundred bytes. */
const LONGEST_DESCRIPTION = 4_096;

/** A track of sound, as the index tells of it. */
export interface Mp4Track {
  id: number;
  /** Units of its time in a second, which are sample frames. */
  rate: number;
  /** Sample frames that are cut off at the start, in which the encoder settled. */
  skip: number;
  /** The tables of its frames: a view of the index. */
  table: Uint8Array;
}

/** Sound whose frames lie one behind the other without anything between them. */
export interface Mp4Sound {
  /** QuickTime's own files describe their sound otherwise. */
  isQuickTime: boolean;
  /** The box that a decoder is set up by. */
  description: Uint8Array;
  rate: number;
  skip: number;
  frameSamples: number;
  frames: number;
  /** Offsets in the file: of the length of the first frame (each has 4 bytes), and of that frame. */
  sizesAt: number;
  soundAt: number;
}

/** @param index the whole box `moov` @returns the first track of sound; null if there is none, or its time is not simple */
export function soundTrack(index: Uint8Array): Mp4Track | null {
  for (const { type, body } of boxesIn(inside(index, 'moov') ?? NOTHING)) {
    const handler = type === 'trak' ? inside(body, 'mdia', 'hdlr') : null;
    if (handler === null || latin1(handler, 8, 12) !== 'soun') continue;
    const [head, media] = [inside(body, 'tkhd'), inside(body, 'mdia', 'mdhd')];
    const skip = skipOf(inside(body, 'edts', 'elst'), index);
    const table = inside(body, 'mdia', 'minf', 'stbl');
    if (head === null || media === null || skip === null || table === null) return null;
    const id = uint32(head, head[0] === 1 ? 20 : 12);
    const rate = uint32(media, media[0] === 1 ? 20 : 12);
    return id === null || !rate || !isDescribed(table) ? null : { id, rate, skip, table };
  }
  return null;
}

/** @param at the offset of the index in the file @returns null where its frames do not lie one behind the other */
export function soundOf(index: Uint8Array, at: number, isQuickTime: boolean): Mp4Sound | null {
  const track = soundTrack(index);
  if (track === null) return null;
  const { table, rate, skip } = track;
  const [sizes, description] = [inside(table, 'stsz'), wholeBox(table, 'stsd')];
  const frameSamples = usualStep(inside(table, 'stts'));
  // A length that all of them share needs no table, and packed sound has none.
  if (sizes === null || description === null || frameSamples === 0 || uint32(sizes, 4) !== 0) return null;
  const frames = uint32(sizes, 8) ?? 0;
  if (frames === 0 || 12 + 4 * frames > sizes.length) return null;
  const sizesAt = at + sizes.byteOffset - index.byteOffset + 12;
  const soundAt = beginOf(table, sizes, frames);
  if (soundAt === null) return null;
  return {
    isQuickTime,
    description: new Uint8Array(description),
    rate,
    skip,
    frameSamples,
    frames,
    sizesAt,
    soundAt,
  };
}

/** The length of each frame, of a table as it lies in the file. */
export function* sizesIn(table: Uint8Array): Generator<number> {
  const view = viewOf(table);
  for (let at = 0; at + 4 <= table.length; at += 4) yield view.getUint32(at);
}

export function soundToBytes({ description, ...sound }: Mp4Sound): Uint8Array {
  return Buffer.from(JSON.stringify({ ...sound, description: Buffer.from(description).toString('base64') }));
}

/** @returns null where these are none that were written here */
export function soundFromBytes(bytes: Uint8Array): Mp4Sound | null {
  try {
    const sound = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    const { isQuickTime, description, rate, skip, frameSamples, frames, sizesAt, soundAt } = sound;
    const numbers = [rate, skip, frameSamples, frames, sizesAt, soundAt];
    if (typeof description !== 'string' || typeof isQuickTime !== 'boolean') return null;
    if (!numbers.every((value) => Number.isSafeInteger(value) && Number(value) >= 0)) return null;
    return {
      ...(sound as unknown as Mp4Sound),
      description: new Uint8Array(Buffer.from(description, 'base64')),
    };
  } catch {
    return null;
  }
}

const NOTHING = new Uint8Array(0);

function isDescribed(table: Uint8Array): boolean {
  const description = inside(table, 'stsd') ?? NOTHING;
  return (
    description.length <= LONGEST_DESCRIPTION &&
    uint32(description, 4) === 1 &&
    DESCRIBED.has(latin1(description, 12, 16))
  );
}

/** @returns null where the file is more than one part of its sound */
function skipOf(edits: Uint8Array | null, index: Uint8Array): number | null {
  if (edits === null) return appleDelay(index);
  const isLong = edits[0] === 1;
  const step = isLong ? 20 : 12;
  const view = viewOf(edits);
  const begins: number[] = [];
  const count = Math.min(uint32(edits, 4) ?? 0, Math.floor((edits.length - 8) / step));
  for (let edit = 0, at = 8; edit < count; edit += 1, at += step) {
    const begin = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    // One of -1 is time without sound, which no decoder gives.
    if (begin >= 0) begins.push(begin);
  }
  return begins.length > 1 ? null : (begins[0] ?? appleDelay(index));
}

/** What Apple's encoders write as text beside the edits, or in their place: zeros, their delay, the padding, the length. */
function appleDelay(index: Uint8Array): number {
  const text = Buffer.from(index.buffer, index.byteOffset, index.length);
  const at = text.indexOf('iTunSMPB', 0, 'latin1');
  const [, delay] = / [0-9A-F]+ ([0-9A-F]{1,8}) /i.exec(at === -1 ? '' : latin1(index, at, at + 64)) ?? [];
  const samples = Number.parseInt(delay ?? '0', 16);
  return samples < LONGEST_DELAY ? samples : 0;
}

/** The step between most frames: some recorders write down their clock, which is a sample early or late. */
function usualStep(steps: Uint8Array | null): number {
  const times = new Map<number, number>();
  if (steps === null) return 0;
  const view = viewOf(steps);
  const count = Math.min(uint32(steps, 4) ?? 0, Math.floor((steps.length - 8) / 8));
  for (let entry = 0, at = 8; entry < count; entry += 1, at += 8) {
    const step = view.getUint32(at + 4);
    times.set(step, (times.get(step) ?? 0) + view.getUint32(at));
  }
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

/** @returns the offset of the first frame; null if anything lies between them */
function beginOf(table: Uint8Array, sizes: Uint8Array, frames: number): number | null {
  const [runs, short] = [inside(table, 'stsc'), inside(table, 'stco')];
  const places = short ?? inside(table, 'co64');
  if (runs === null || places === null) return null;
  const [runView, placeView, sizeView] = [viewOf(runs), viewOf(places), viewOf(sizes)];
  const width = short === null ? 8 : 4;
  const chunks = Math.min(uint32(places, 4) ?? 0, Math.floor((places.length - 8) / width));
  const runCount = Math.min(uint32(runs, 4) ?? 0, Math.floor((runs.length - 8) / 12));
  if (runCount === 0) return null;
  let begin: number | null = null;
  let [next, frame, run] = [0, 0, 0];
  for (let chunk = 0; chunk < chunks && frame < frames; chunk += 1) {
    if (run + 1 < runCount && runView.getUint32(8 + 12 * (run + 1)) === chunk + 1) run += 1;
    const at = 8 + width * chunk;
    const place = short === null ? Number(placeView.getBigUint64(at)) : placeView.getUint32(at);
    if (begin !== null && place !== next) return null;
    begin ??= place;
    next = place;
    const end = Math.min(frames, frame + runView.getUint32(8 + 12 * run + 4));
    for (; frame < end; frame += 1) next += sizeView.getUint32(12 + 4 * frame);
  }
  return frame === frames && Number.isSafeInteger(next) ? begin : null;
}

export function inside(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | null {
  let body: Uint8Array | null = bytes;
  for (const wanted of path) {
    const found: Uint8Array | undefined = firstOf(body, wanted)?.body;
    if (!found) return null;
    body = found;
  }
  return body;
}

function wholeBox(bytes: Uint8Array, wanted: string): Uint8Array | null {
  return firstOf(bytes, wanted)?.whole ?? null;
}

function firstOf(bytes: Uint8Array, wanted: string): { whole: Uint8Array; body: Uint8Array } | null {
  for (const found of boxesIn(bytes)) if (found.type === wanted) return found;
  return null;
}

/** @returns null beyond the end */
export function uint32(bytes: Uint8Array, at: number): number | null {
  return at + 4 <= bytes.length ? viewOf(bytes).getUint32(at) : null;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
}
