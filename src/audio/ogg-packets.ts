import { MAX_FRAME_BYTES } from './framing.ts';
import type { OggPage } from './ogg-page.ts';

/** Puts the packets of one logical stream together from its pages. */
export class OggPackets {
  /** What earlier pages held of a packet that goes on; null: no packet is open, or its beginning is lost. */
  #open: Uint8Array | null = null;
  #nextSequence: number | null = null;
  /** Set while a packet too long to be Opus (a cover picture in OpusTags) runs by unheld. */
  #overlong = false;

  /**
   * The packets that end on this page, as copies. A packet that lost its beginning is left out: the page's granule
   * position still accounts for its time. `lost` says that pages are missing in front of this one.
   */
  from(page: OggPage): { packets: Uint8Array[]; lost: boolean } {
    const lost = this.#nextSequence !== null && page.sequence !== this.#nextSequence;
    this.#nextSequence = (page.sequence + 1) >>> 0;
    if (lost || !page.continued) {
      this.#open = null;
      this.#overlong = false;
    }
    const packets: Uint8Array[] = [];
    let headless = page.continued && this.#open === null && !this.#overlong;
    let start = 0;
    let end = 0;
    for (const value of page.lacing) {
      end += value;
      if (value === 255) continue; // the packet goes on in the next segment
      const packet = headless ? null : this.#close(page.body.subarray(start, end));
      if (packet !== null) packets.push(packet);
      headless = false;
      start = end;
    }
    const goesOn = page.lacing.at(-1) === 255;
    if (goesOn && !headless) this.#extend(page.body.subarray(start, end));
    return { packets, lost };
  }

  #close(tail: Uint8Array): Uint8Array | null {
    this.#extend(tail);
    const packet = this.#overlong ? null : this.#open;
    this.#open = null;
    this.#overlong = false;
    return packet;
  }

  #extend(part: Uint8Array): void {
    const have = this.#open?.length ?? 0;
    if (this.#overlong || have + part.length > MAX_FRAME_BYTES) {
      this.#overlong = true;
      this.#open = null;
      return;
    }
    const joined = new Uint8Array(have + part.length);
    if (this.#open !== null) joined.set(this.#open);
    joined.set(part, have);
    this.#open = joined;
  }
}
