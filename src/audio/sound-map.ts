/**
 * Where in a file each part of its sound is: noted while the file is decoded once, so that later any second of it can be
 * decoded by itself. It holds for what a decoder made of the file, damage included: times in it are those of the words.
 */
import type { PcmEncoding } from './pcm.ts';
import type { SeekPoints } from './seek-index.ts';

/** A run of Opus packets of one length. A packet whose sound was made up has no bytes. */
export interface OpusMap {
  kind: 'opus';
  /** At 16 kHz, as all samples here. */
  packetSamples: number;
  /** Samples that were dropped from the start, in which the encoder settled. */
  skip: number;
  channels: 1 | 2;
  gainQ8: number;
  /** Bytes in front of each packet that belong to it, as Omi's length. */
  overhead: number;
  /** The length of each packet; 0: made up. */
  sizes: Uint16Array;
  /** `[packet, byte]`: the packet lies there, and not right behind the one before it. */
  jumps: readonly (readonly [number, number])[];
}

/** Sample frames at one rate, which were brought to 16 kHz in one go. */
export interface PcmRun {
  encoding: PcmEncoding;
  channels: number;
  rate: number;
  parts: PcmPart[];
}

/** Frames that lie in the file one behind the other. */
interface PcmPart {
  /** -1: these were missing, and are silence. */
  at: number;
  frames: number;
  /** So many lie together; the next ones begin 4 bytes further. 0: all lie together. */
  packetFrames: number;
}

export interface PcmMap {
  kind: 'pcm';
  runs: readonly PcmRun[];
}

export type SoundMap = OpusMap | PcmMap;

export const PCM_LENGTH_BYTES = 4;
/** 65,536 frames of damage are no recording any more; such a file has no map. */
const MOST_PARTS = 10_000;
/** A file of 48 hours in packets of 20 ms has 8.6 million. */
const MOST_PACKETS = 20_000_000;
/** Of packets that do not lie behind the one before them: a page of Ogg begins with one. More than one in two is no map. */
const JUMPS_AT_START = 1_000;
const PACKETS_A_JUMP = 2;

/**
 * What decoders tell while they give sound, right before they give it. Whatever cannot be told so leaves the file without
 * a map, and never with a wrong one.
 */
export class SoundTrace {
  #isLost = false;
  #stream: Pick<OpusMap, 'channels' | 'gainQ8' | 'overhead'> | null = null;
  #packetSamples = 0;
  #sizes = new Uint16Array(4_096);
  #count = 0;
  #jumps: [number, number][] = [];
  #next = 0;
  #skip = 0;
  #isTrimmed = false;
  #runs: PcmRun[] = [];
  #parts = 0;
  /** Where a decoder can begin, of a file that has no map. */
  seek: (SeekPoints & { format: string }) | null = null;

  seekable(format: string, points: SeekPoints): void {
    this.seek = { ...points, format };
  }

  /** An Opus stream begins. */
  opus(stream: Pick<OpusMap, 'channels' | 'gainQ8' | 'overhead'>): void {
    const before = this.#stream;
    if (before && (before.channels !== stream.channels || before.gainQ8 !== stream.gainQ8)) this.lost();
    this.#stream ??= stream;
  }

  /** @param at null: its bytes do not lie together */
  packet(at: number | null, bytes: number, samples: number): void {
    if (at === null || bytes === 0 || bytes > 0xffff) {
      this.lost();
      return;
    }
    if (at !== this.#next) this.#jumps.push([this.#count, at]);
    if (this.#jumps.length > JUMPS_AT_START + this.#count / PACKETS_A_JUMP) this.lost();
    this.#slot(bytes, samples);
    this.#next = at + bytes + (this.#stream?.overhead ?? 0);
  }

  madeUp(samples: number): void {
    // A gap that packets of silence do not fill exactly would move all sound behind it.
    if (this.#packetSamples === 0 || samples % this.#packetSamples !== 0) this.lost();
    else for (let left = samples; left > 0; left -= this.#packetSamples) this.#slot(0, this.#packetSamples);
  }

  /** Samples were dropped from the start. */
  skipped(samples: number): void {
    this.#skip += samples;
    if (this.#skip < (this.#count - 1) * this.#packetSamples) this.lost();
  }

  /** Samples were dropped from the end. */
  trimmed(): void {
    this.#isTrimmed = true;
  }

  /** Sample frames begin that are brought to 16 kHz together. */
  pcmRun(format: Omit<PcmRun, 'parts'>): void {
    this.#runs.push({ ...format, parts: [] });
  }

  /** @param at -1: they are missing */
  pcm(at: number, frames: number, bytesPerFrame: number, isPacket = false): void {
    const parts = this.#runs.at(-1)?.parts;
    const last = parts?.at(-1);
    if (frames === 0) return;
    if (!parts || this.#parts > MOST_PARTS) this.lost();
    else if (last && at === -1 && last.at === -1) last.frames += frames;
    else if (last && continues(last, { at, frames, isPacket }, bytesPerFrame)) last.frames += frames;
    else {
      parts.push({ at, frames, packetFrames: isPacket ? frames : 0 });
      this.#parts += 1;
    }
  }

  /** This file cannot be described. */
  lost(): void {
    this.#isLost = true;
  }

  /** Whether anything was told, and nothing that cannot be described. */
  get canBecomeMap(): boolean {
    return !this.#isLost && (this.#stream !== null || this.#runs.length > 0);
  }

  /** @param samples that the file gave in all */
  map(samples: number): SoundMap | null {
    if (this.#isLost) return null;
    const isOpus = this.#stream !== null && this.#count > 0;
    if (isOpus === this.#runs.length > 0) return null;
    if (!isOpus) {
      const map: PcmMap = { kind: 'pcm', runs: this.#runs };
      return samplesOf(map) === samples ? map : null;
    }
    const { channels, gainQ8, overhead } = this.#stream ?? { channels: 1, gainQ8: 0, overhead: 0 };
    const map: OpusMap = {
      kind: 'opus',
      packetSamples: this.#packetSamples,
      skip: this.#skip,
      channels,
      gainQ8,
      overhead,
      sizes: this.#sizes.slice(0, this.#count),
      jumps: this.#jumps,
    };
    const beyond = samplesOf(map) - samples;
    return beyond === 0 || (this.#isTrimmed && beyond > 0) ? map : null;
  }

  #slot(bytes: number, samples: number): void {
    if (this.#packetSamples === 0) this.#packetSamples = samples;
    // The rest of the last page is cut off too. If anything else follows, the file is longer than this says.
    if (this.#isTrimmed || this.#isLost) return;
    if (samples !== this.#packetSamples || this.#count === MOST_PACKETS) {
      this.lost();
      return;
    }
    if (this.#count === this.#sizes.length) {
      const larger = new Uint16Array(2 * this.#sizes.length);
      larger.set(this.#sizes);
      this.#sizes = larger;
    }
    this.#sizes[this.#count] = bytes;
    this.#count += 1;
  }
}

function continues(
  last: PcmPart,
  next: { at: number; frames: number; isPacket: boolean },
  bytesPerFrame: number,
): boolean {
  if (last.at === -1 || next.at === -1) return false;
  if (!next.isPacket) return last.packetFrames === 0 && next.at === last.at + last.frames * bytesPerFrame;
  const packets = last.frames / last.packetFrames;
  const end = last.at + last.frames * bytesPerFrame + packets * PCM_LENGTH_BYTES;
  return next.frames === last.packetFrames && next.at === end;
}

/** At 16 kHz; of Opus before its end was trimmed. */
function samplesOf(map: SoundMap): number {
  if (map.kind === 'opus') return map.sizes.length * map.packetSamples - map.skip;
  return map.runs.reduce((sum, run) => sum + samplesOfRun(run), 0);
}

/** There is an output for every moment before the end of the input. */
export function samplesOfRun({ rate, parts }: PcmRun): number {
  const frames = parts.reduce((sum, part) => sum + part.frames, 0);
  return Math.ceil((frames * 16_000) / rate);
}
