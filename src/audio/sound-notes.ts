import { PeakMeter } from './peaks.ts';
import { type SoundMap, SoundTrace } from './sound-map.ts';

/** What is kept of a decoded file, so that it can be played from any second and drawn. */
export interface Sound {
  samples: number;
  /** null: its parts cannot be decoded by themselves. */
  map: SoundMap | null;
  peaks: Int8Array;
}

/** Takes notes of a file while it is decoded for something else. */
export class SoundNotes {
  /** For the decoder. */
  readonly trace = new SoundTrace();
  readonly #peaks = new PeakMeter();
  #samples = 0;

  /** Passes the sound on unchanged. */
  async *passing(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    for await (const block of blocks) {
      this.#samples += block.length;
      this.#peaks.add(block);
      yield block;
    }
  }

  /** Call it when the sound has come to its end. */
  end(): Sound {
    return { samples: this.#samples, map: this.trace.map(this.#samples), peaks: this.#peaks.end() };
  }
}
