/** Decodes any part of a file by its map, without what comes before it. Pure: the caller reads the bytes. */
import { SAMPLE_RATE } from './hint.ts';
import { MIX_BLOCK_SECONDS, MixDown } from './mix-down.ts';
import { OpusVoice } from './opus-decoder.ts';
import { BYTES_PER_SAMPLE, toFloats } from './pcm.ts';
import { resampled } from './resample.ts';
import {
  type OpusMap,
  PCM_LENGTH_BYTES,
  type PcmMap,
  type PcmRun,
  type SoundMap,
  samplesOfRun,
} from './sound-map.ts';

/**
 * RFC 7845 says that a decoder that starts in the middle is right after 80 ms. In loud voices it is wrong by as much as the
 * sound itself then; after 320 ms it differs by 30 dB less than the sound at most, and by 70 mostly.
 */
const RUN_UP_SAMPLES = 0.32 * SAMPLE_RATE;
/** The choice of a channel remembers about ten blocks of 20 ms, and a filter 2 ms. */
const PCM_RUN_UP_SECONDS = 0.2;

/** Bytes of the file that are wanted, in their order. */
export interface Wanted {
  from: number;
  to: number;
}

/** What is to be done with these bytes. It can be sent to a thread. */
export interface Excerpt {
  bytes: readonly Wanted[];
  parts: readonly (OpusPart | PcmPartOfRun)[];
}

interface OpusPart {
  kind: 'opus';
  packetSamples: number;
  channels: 1 | 2;
  gainQ8: number;
  packets: Packets['packets'];
  drop: number;
  samples: number;
}

interface PcmPartOfRun {
  kind: 'pcm';
  encoding: PcmRun['encoding'];
  channels: number;
  rate: number;
  /** For each piece its offset in the bytes that were read (-1: silence), and its frames. */
  pieces: readonly (readonly [number, number])[];
  drop: number;
  samples: number;
}

/** @param from in samples at 16 kHz, as `to` */
export function excerptOf(map: SoundMap, from: number, to: number): Excerpt {
  return map.kind === 'opus' ? opusExcerpt(map, from, to) : pcmExcerpt(map, from, to);
}

function opusExcerpt(map: OpusMap, from: number, to: number): Excerpt {
  const { packetSamples, skip, channels, gainQ8 } = map;
  const first = Math.max(0, Math.floor((from + skip - RUN_UP_SAMPLES) / packetSamples));
  const last = Math.min(map.sizes.length, Math.ceil((to + skip) / packetSamples));
  const { bytes, packets } = packetsOf(map, first, last);
  const drop = from + skip - first * packetSamples;
  return {
    bytes,
    parts: [{ kind: 'opus', packetSamples, channels, gainQ8, packets, drop, samples: to - from }],
  };
}

export interface Packets {
  bytes: readonly Wanted[];
  /** For each packet its offset in the bytes that were read, and its length; 0: made up. */
  packets: readonly (readonly [number, number])[];
}

/** @param last not one of them */
export function packetsOf(map: OpusMap, first: number, last: number): Packets {
  const bytes: Wanted[] = [];
  const packets: [number, number][] = [];
  let read = 0;
  for (const [at, size] of placesOf(map, first, last)) {
    const wanted = bytes.at(-1);
    // What lies between packets is read too where it is little: one read of a store costs more.
    if (size > 0 && wanted && at >= wanted.to && at - wanted.to < 1_024) {
      read += at + size - wanted.to;
      wanted.to = at + size;
    } else if (size > 0) {
      bytes.push({ from: at, to: at + size });
      read += size;
    }
    packets.push([read - size, size]);
  }
  return { bytes, packets };
}

/** The offset and length of each packet; a length of 0 has no offset. */
function* placesOf(map: OpusMap, first: number, last: number): Generator<[at: number, size: number]> {
  const { jumps, sizes, overhead } = map;
  let jump = lastJumpBefore(jumps, first);
  let packet = jumps[jump]?.[0] ?? 0;
  let at = jumps[jump]?.[1] ?? 0;
  const known = Math.floor(first / KNOWN_EVERY);
  if (known * KNOWN_EVERY > packet) {
    packet = known * KNOWN_EVERY;
    at = knownOffsets(map)[known] ?? 0;
    jump += 1;
  }
  for (; packet < last; packet += 1) {
    if (jumps[jump]?.[0] === packet) {
      at = jumps[jump]?.[1] ?? 0;
      jump += 1;
    }
    const size = sizes[packet] ?? 0;
    if (packet >= first) yield [at, size];
    if (size > 0) at += size + overhead;
  }
}

/** So many packets are counted through at most to find one. */
const KNOWN_EVERY = 1_024;
const KNOWN = new WeakMap<OpusMap, Float64Array>();

function knownOffsets(map: OpusMap): Float64Array {
  const before = KNOWN.get(map);
  if (before) return before;
  const { jumps, sizes, overhead } = map;
  const offsets = new Float64Array(Math.ceil(sizes.length / KNOWN_EVERY));
  let at = 0;
  let jump = 0;
  for (let packet = 0; packet < sizes.length; packet += 1) {
    if (jumps[jump]?.[0] === packet) {
      at = jumps[jump]?.[1] ?? 0;
      jump += 1;
    }
    if (packet % KNOWN_EVERY === 0) offsets[packet / KNOWN_EVERY] = at;
    const size = sizes[packet] ?? 0;
    if (size > 0) at += size + overhead;
  }
  KNOWN.set(map, offsets);
  return offsets;
}

function lastJumpBefore(jumps: OpusMap['jumps'], packet: number): number {
  let [low, high] = [0, jumps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((jumps[middle]?.[0] ?? 0) <= packet) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function pcmExcerpt({ runs }: PcmMap, from: number, to: number): Excerpt {
  const bytes: Wanted[] = [];
  const parts: PcmPartOfRun[] = [];
  let start = 0;
  let read = 0;
  for (const run of runs) {
    const end = start + samplesOfRun(run);
    if (from < end && to > start) {
      const part = ofRun(run, Math.max(from, start) - start, Math.min(to, end) - start, bytes, read);
      read = bytes.reduce((sum, wanted) => sum + wanted.to - wanted.from, 0);
      parts.push(part);
    }
    start = end;
  }
  return { bytes, parts };
}

/** A second of output and of input begin together, whatever the rate. */
function ofRun(run: PcmRun, from: number, to: number, bytes: Wanted[], before: number): PcmPartOfRun {
  const { encoding, channels, rate } = run;
  const isPlain = rate === SAMPLE_RATE && channels === 1;
  // Tenths of a second where the rate has whole frames in them.
  const grid = rate % 10 === 0 ? SAMPLE_RATE / 10 : SAMPLE_RATE;
  const runUp = isPlain ? 0 : PCM_RUN_UP_SECONDS * SAMPLE_RATE;
  const firstOut = isPlain ? from : Math.max(0, Math.floor((from - runUp) / grid) * grid);
  const firstFrame = Math.round((firstOut * rate) / SAMPLE_RATE);
  const total = run.parts.reduce((sum, { frames }) => sum + frames, 0);
  const ahead = isPlain ? 0 : Math.ceil(rate / 100);
  const lastFrame = Math.min(total, Math.ceil((to * rate) / SAMPLE_RATE) + ahead);
  const frameBytes = channels * BYTES_PER_SAMPLE[encoding];
  const pieces: [number, number][] = [];
  let read = before;
  let start = 0;
  for (const { at, frames, packetFrames } of run.parts) {
    const end = start + frames;
    let frame = Math.max(start, firstFrame);
    const stop = Math.min(end, lastFrame);
    while (frame < stop) {
      const inside = frame - start;
      // In packets the length of the next one lies between the samples.
      const packet = packetFrames > 0 ? Math.floor(inside / packetFrames) : 0;
      const until = packetFrames > 0 ? Math.min(stop, start + (packet + 1) * packetFrames) : stop;
      const count = until - frame;
      if (at === -1) pieces.push([-1, count]);
      else {
        const offset = at + inside * frameBytes + packet * PCM_LENGTH_BYTES;
        const wanted = bytes.at(-1);
        const isNext = wanted && offset >= wanted.to && offset - wanted.to <= PCM_LENGTH_BYTES;
        if (isNext) read += offset - wanted.to;
        pieces.push([read, count]);
        read += count * frameBytes;
        if (isNext) wanted.to = offset + count * frameBytes;
        else bytes.push({ from: offset, to: offset + count * frameBytes });
      }
      frame = until;
    }
    start = end;
  }
  return {
    kind: 'pcm',
    encoding,
    channels,
    rate,
    pieces,
    drop: from - firstOut,
    samples: to - from,
  };
}

/** @returns exactly the samples that were asked for: what bytes do not give is silence */
export async function decodeExcerpt({ parts }: Excerpt, bytes: Uint8Array): Promise<Float32Array> {
  const sound = new Float32Array(parts.reduce((sum, { samples }) => sum + samples, 0));
  let at = 0;
  for (const part of parts) {
    let drop = part.drop;
    const end = at + part.samples;
    const pieces = part.kind === 'opus' ? opusPieces(part, bytes) : pcmPieces(part, bytes);
    for await (const piece of pieces) {
      const kept = piece.subarray(Math.min(drop, piece.length));
      drop -= piece.length - kept.length;
      sound.set(kept.subarray(0, Math.max(0, end - at)), at);
      at = Math.min(end, at + kept.length);
      if (at === end) break;
    }
    at = end;
  }
  for (let index = 0; index < sound.length; index += 1) {
    const sample = sound[index] ?? 0;
    if (!(sample >= -1 && sample <= 1)) sound[index] = Number.isNaN(sample) ? 0 : Math.sign(sample);
  }
  return sound;
}

async function* opusPieces(part: OpusPart, bytes: Uint8Array): AsyncGenerator<Float32Array> {
  const voice = await OpusVoice.open(part);
  try {
    for (const [at, size] of part.packets) {
      const pcm = size > 0 ? voice.decode([bytes.subarray(at, at + size)], part.packetSamples) : null;
      yield pcm ?? voice.conceal(part.packetSamples);
    }
  } finally {
    voice.free();
  }
}

async function* pcmPieces(part: PcmPartOfRun, bytes: Uint8Array): AsyncGenerator<Float32Array> {
  const { channels, encoding, pieces, rate } = part;
  const frameBytes = channels * BYTES_PER_SAMPLE[encoding];
  const mixDown = new MixDown(channels);
  const blockFrames = Math.round(rate * MIX_BLOCK_SECONDS);
  async function* mono(): AsyncGenerator<Float32Array> {
    for (const [at, frames] of pieces) {
      if (at === -1) {
        yield new Float32Array(frames);
        continue;
      }
      const floats = toFloats(bytes.subarray(at, at + frames * frameBytes), encoding, channels);
      yield mixDown.mixAll(floats, blockFrames);
    }
  }
  yield* resampled(mono(), rate);
}
