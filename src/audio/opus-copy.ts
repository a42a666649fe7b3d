/** A copy of a recording's sound that can be played from any second, for a file whose own parts cannot be. */
import {
  LOOKAHEAD_SAMPLES,
  openEncoder,
  PACKET_BYTES,
  PACKET_SAMPLES,
  RUN_UP_PACKETS,
} from './opus-encoder.ts';
import { SEGMENT_PACKETS } from './seek-index.ts';
import type { OpusMap } from './sound-map.ts';

/** The copy is given away in parts of at most this size, about half a minute each. */
const PART_BYTES = 96 * 1024;
/** The first part is a second, and each is twice as long as the one before: somebody may wait for it. */
const FIRST_PART_BYTES = 50 * PACKET_BYTES;

/** Takes the next part of a copy, in memory of its own that the taker may keep or hand to another thread. */
export type TakesCopy = (part: Uint8Array<ArrayBuffer>) => void;

/** Where everything will lie in the copy of so many samples: known before it is made. */
export function mapOfCopy(samples: number): OpusMap {
  const packets = Math.ceil((samples + LOOKAHEAD_SAMPLES) / PACKET_SAMPLES);
  return {
    kind: 'opus',
    packetSamples: PACKET_SAMPLES,
    skip: LOOKAHEAD_SAMPLES,
    channels: 1,
    gainQ8: 0,
    overhead: 0,
    sizes: new Uint16Array(packets).fill(PACKET_BYTES),
    jumps: [[0, 0]],
  };
}

/**
 * Encodes sound as it comes: packets one behind the other, without anything between them. Each segment has an encoder of its own,
 * so that it can be made without the others. Free it at the end.
 */
export class OpusCopy {
  #encoder: Awaited<ReturnType<typeof openEncoder>>;
  readonly #give: TakesCopy;
  #frame: Float32Array = new Float32Array(PACKET_SAMPLES);
  /** The last ones, for the next encoder to settle. */
  readonly #frames: Float32Array[] = [];
  #filled = 0;
  #packets = 0;
  #samples = 0;
  #part = new Uint8Array(PART_BYTES);
  #used = 0;
  #partBytes = FIRST_PART_BYTES;

  static async open(give: TakesCopy): Promise<OpusCopy> {
    return new OpusCopy(await openEncoder(), give);
  }

  private constructor(encoder: Awaited<ReturnType<typeof openEncoder>>, give: TakesCopy) {
    this.#encoder = encoder;
    this.#give = give;
  }

  async add(block: Float32Array): Promise<void> {
    this.#samples += block.length;
    for (let at = 0; at < block.length; ) {
      const some = block.subarray(at, at + PACKET_SAMPLES - this.#filled);
      this.#frame.set(some, this.#filled);
      this.#filled += some.length;
      at += some.length;
      if (this.#filled === PACKET_SAMPLES) await this.#encode();
    }
  }

  async end(): Promise<OpusMap> {
    while (this.#packets * PACKET_SAMPLES < this.#samples + LOOKAHEAD_SAMPLES) {
      this.#frame.fill(0, this.#filled);
      await this.#encode();
    }
    if (this.#used > 0) this.#give(this.#part.slice(0, this.#used));
    return mapOfCopy(this.#samples);
  }

  free(): void {
    this.#encoder.free();
  }

  async #encode(): Promise<void> {
    if (this.#packets > 0 && this.#packets % SEGMENT_PACKETS === 0) await this.#nextSegment();
    this.#part.set(this.#encoder.encodeFloat(this.#frame), this.#used);
    this.#used += PACKET_BYTES;
    this.#packets += 1;
    this.#filled = 0;
    this.#frames.push(this.#frame);
    this.#frame =
      (this.#frames.length > RUN_UP_PACKETS && this.#frames.shift()) || new Float32Array(PACKET_SAMPLES);
    if (this.#used + PACKET_BYTES <= this.#partBytes) return;
    this.#give(this.#part.slice(0, this.#used));
    this.#used = 0;
    this.#partBytes = Math.min(PART_BYTES, 2 * this.#partBytes);
  }

  async #nextSegment(): Promise<void> {
    const next = await openEncoder();
    this.#encoder.free();
    this.#encoder = next;
    for (const frame of this.#frames) next.encodeFloat(frame);
  }
}
