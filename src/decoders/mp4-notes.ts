/** Notes where the sound of an MP4 can be decoded from, while the file passes on its way to ffmpeg. */
import { fragmentTime, withoutEdits } from '../audio/mp4-fragment.ts';
import { type Mp4Track, sizesIn, soundOf, soundToBytes, soundTrack } from '../audio/mp4-sound.ts';
import { SeekNotes, type SeekPoints } from '../audio/seek-index.ts';

/** A frame of AAC needs the one before it; where its high tones are described, some more. */
const WARM_UP_FRAMES = 8;
const WARM_UP_SECONDS = 0.2;
/** Of what stands in front of all fragments. */
const LONGEST_HEAD = 64 * 1024;

export type Mp4Seek = SeekPoints & { format: 'mp4' | 'mp4-fragments' };

export class Mp4Notes {
  readonly #notes = new SeekNotes();
  #format: Mp4Seek['format'] | null = null;
  #head: Uint8Array = new Uint8Array(0);
  #track: Mp4Track | null = null;
  /** The time of the first fragment. */
  #begin: number | null = null;

  /** Offsets do not hold for this file, or another one follows it. */
  lost(): void {
    this.#notes.lost();
  }

  /** @param front the boxes in front of it @param at its offset */
  index(front: readonly Uint8Array[], index: Uint8Array, at: number): void {
    const isQuickTime = front.some((box) => Buffer.from(box).toString('latin1', 4, 12) === 'ftypqt  ');
    const sound = soundOf(index, at, isQuickTime);
    this.#track = soundTrack(index);
    if (sound === null) {
      const length = front.reduce((sum, box) => sum + box.length, index.length);
      if (length <= LONGEST_HEAD) this.#head = Buffer.concat([...front, withoutEdits(index)]);
      return;
    }
    const { rate, skip, frameSamples, soundAt, frames, sizesAt } = sound;
    this.#format = 'mp4';
    this.#head = soundToBytes(sound);
    const table = index.subarray(sizesAt - at, sizesAt - at + 4 * frames);
    let [place, frame] = [soundAt, -skip];
    for (const size of sizesIn(table)) {
      const warmUp = place === soundAt ? 0 : WARM_UP_FRAMES * frameSamples;
      this.#notes.pass({ at: place, frame }, frame + warmUp, rate);
      place += size;
      frame += frameSamples;
    }
  }

  /** @param fragment the whole box `moof` @param at its offset */
  fragment(fragment: Uint8Array, at: number): void {
    if (this.#format === 'mp4' || this.#track === null || this.#head.length === 0) {
      this.#notes.lost();
      return;
    }
    this.#format = 'mp4-fragments';
    const { id, rate, skip } = this.#track;
    const time = fragmentTime(fragment, id);
    if (time === null) return;
    if (time === 'unknown') {
      this.#notes.lost();
      return;
    }
    const isFirst = this.#begin === null;
    this.#begin ??= time;
    const frame = time - this.#begin - skip;
    this.#notes.pass({ at, frame }, isFirst ? frame : frame + WARM_UP_SECONDS * rate, rate);
  }

  /** @returns null where a decoder begins nowhere but at the beginning */
  end(): Mp4Seek | null {
    const points = this.#format === null ? null : this.#notes.end(this.#head);
    return points === null || this.#format === null ? null : { ...points, format: this.#format };
  }
}
