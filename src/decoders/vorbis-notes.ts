/** Notes with which pages of an Ogg Vorbis stream a decoder can begin, and finds out where one has begun. */
import { beginOfPage, type OggPage } from '../audio/ogg-page.ts';
import type { Planar } from '../audio/planar.ts';
import { SeekNotes, type SeekPoints } from '../audio/seek-index.ts';

/** A stream's heads have some kilobytes. One with a picture in its notes waits for its copy. */
const LONGEST_HEAD = 64 * 1024;
/** The longest block: with its second one all that a decoder gives is right. */
const LONGEST_BLOCK = 8_192;

export class VorbisNotes {
  readonly #notes = new SeekNotes();
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  /** Where the sound of the last page ends; null before the first one with sound. */
  #position: number | null = null;
  #given = 0;
  #rate = 0;
  /** Pages that came before the rate was known. */
  #waiting: { at: number; frame: number }[] = [];

  lost(): void {
    this.#notes.lost();
  }

  page(page: OggPage): void {
    const at = beginOfPage(page);
    // Its heads have pages of their own, whose position is 0.
    if (this.#position === null && page.granule === 0) {
      this.#head.push(new Uint8Array(page.bytes));
      this.#headBytes += page.bytes.length;
      if (this.#headBytes > LONGEST_HEAD) this.lost();
      return;
    }
    const frame = this.#position ?? 0;
    if (at !== null) this.#waiting.push({ at, frame });
    if (this.#rate > 0) this.#pass();
    if (page.granule !== null) this.#position = page.granule;
    // A page within one packet says nothing of where it is.
    else if (at !== null) this.lost();
  }

  given({ channels, rate }: Planar): void {
    if (this.#rate !== 0 && this.#rate !== rate) this.lost();
    this.#rate = rate;
    this.#given += channels[0]?.length ?? 0;
  }

  /** @returns null where positions are not those of the sound: a stream that was cut out of another one */
  end(): SeekPoints | null {
    if (this.#given !== this.#position || this.#headBytes > LONGEST_HEAD) return null;
    this.#pass();
    return this.#notes.end(Buffer.concat(this.#head));
  }

  #pass(): void {
    for (const { at, frame } of this.#waiting)
      this.#notes.pass({ at, frame }, frame === 0 ? 0 : frame + LONGEST_BLOCK, this.#rate);
    this.#waiting = [];
  }
}

/**
 * Where the first sound lies that a decoder gives which began in the middle: a first packet gives none by itself, and the decoder
 * gives each page when it has the next one.
 */
export class VorbisBegin {
  /** Of its first sample. */
  frame = Number.NaN;
  #position = 0;

  page({ granule }: OggPage): void {
    this.#position = granule ?? Number.NaN;
  }

  given({ channels }: Planar): void {
    if (Number.isNaN(this.frame)) this.frame = this.#position - (channels[0]?.length ?? 0);
  }

  lost(): void {}
}
