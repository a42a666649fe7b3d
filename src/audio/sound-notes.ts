import { OpusCopy, type TakesCopy } from './opus-copy.ts';
import { PeakMeter } from './peaks.ts';
import { type SeekIndex, SegmentChecks } from './seek-index.ts';
import { type OpusMap, type SoundMap, SoundTrace } from './sound-map.ts';

/** What is kept of a decoded file, so that it can be played from any second and drawn. */
export interface Sound {
  samples: number;
  /** null: its parts cannot be decoded by themselves, and no copy was made. */
  map: SoundMap | null;
  /** Whether the map is of the copy that was made, and not of the file. */
  isOfCopy: boolean;
  peaks: Int8Array;
  /** Where the file can be decoded from, if it has no map and its decoder can begin in the middle. */
  seek: SeekIndex | null;
}

interface Copying {
  /** Takes a copy of the sound where the file has no map. What it took is to be thrown away if `isOfCopy` is false. */
  give: TakesCopy;
  /** Makes the copy in any case: an earlier pass has shown that the file has no map. */
  always?: boolean;
}

/** Takes notes of a file while it is decoded for something else. */
export class SoundNotes {
  /** For the decoder. */
  readonly trace = new SoundTrace();
  readonly #copying: Copying | undefined;
  readonly #peaks = new PeakMeter();
  #samples = 0;
  #copy: OpusMap | null = null;
  #isMapped = false;
  readonly #checks = new SegmentChecks();

  constructor(copying?: Copying) {
    this.#copying = copying;
  }

  /** Passes the sound on unchanged. */
  async *passing(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    let copy: OpusCopy | null = null;
    try {
      for await (const block of blocks) {
        // Decoders tell where sound is before they give it: one that has told nothing by now never will.
        const isFirst = this.#samples === 0 && copy === null;
        this.#isMapped ||= isFirst && this.trace.canBecomeMap;
        if (isFirst && this.#copying && (this.#copying.always || !this.#isMapped))
          copy = await OpusCopy.open(this.#copying.give);
        this.#samples += block.length;
        this.#peaks.add(block);
        if (!this.#isMapped) this.#checks.add(block);
        await copy?.add(block);
        yield block;
      }
      this.#copy = (await copy?.end()) ?? null;
    } finally {
      copy?.free();
    }
  }

  /** Call it when the sound has come to its end. */
  end(): Sound {
    const map = this.#copy ?? this.trace.map(this.#samples);
    const points = map === null ? this.trace.seek : null;
    return {
      samples: this.#samples,
      map,
      isOfCopy: this.#copy !== null,
      peaks: this.#peaks.end(),
      seek: points && { ...points, checks: this.#checks.end() },
    };
  }
}
