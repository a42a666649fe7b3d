/** Notes with which frames of plain AAC a decoder can begin, while the file passes on its way to ffmpeg. */
import { ADTS_HEADER_BYTES, parseAdtsHeader } from '../audio/adts.ts';
import type { ByteReader } from '../audio/byte-reader.ts';
import { SeekNotes, type SeekPoints } from '../audio/seek-index.ts';

const RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const FRAME_SAMPLES = 1_024;
/** A frame needs the one before it. */
const WARM_UP_FRAMES = 3;
/** It does not say how long its encoder took to begin: one frame at least. */
export const PLAIN_AAC_DELAY = FRAME_SAMPLES;
const CHUNK_BYTES = 64 * 1024;

export class AdtsNotes {
  readonly #notes = new SeekNotes();
  #frames = 0;

  lost(): void {
    this.#notes.lost();
  }

  /** Passes the file on unchanged. */
  async *passing(reader: ByteReader): AsyncGenerator<Uint8Array> {
    let known = 0;
    while (await reader.fill(known + ADTS_HEADER_BYTES)) {
      const frame = frameAt(reader.peek(known + ADTS_HEADER_BYTES).subarray(known));
      if (frame === null) {
        this.lost();
        break;
      }
      this.#pass(reader.position + known, frame);
      known += frame.bytes;
      if (known < CHUNK_BYTES) continue;
      await reader.fill(known);
      yield new Uint8Array(reader.take(known));
      known = 0;
    }
    while (await reader.fill(1)) yield new Uint8Array(reader.take(Math.min(reader.available, CHUNK_BYTES)));
  }

  /** @returns null where a decoder begins nowhere but at the beginning */
  end(): (SeekPoints & { format: 'adts' }) | null {
    const points = this.#notes.end(new Uint8Array(0));
    return points && { ...points, format: 'adts' };
  }

  #pass(at: number, { blocks, rate }: { blocks: number; rate: number }): void {
    const frame = this.#frames * FRAME_SAMPLES - PLAIN_AAC_DELAY;
    const warmUp = this.#frames === 0 ? 0 : WARM_UP_FRAMES * FRAME_SAMPLES;
    this.#notes.pass({ at, frame }, frame + warmUp, rate);
    this.#frames += blocks;
  }
}

function frameAt(head: Uint8Array): { bytes: number; blocks: number; rate: number } | null {
  const header = parseAdtsHeader(head, 0);
  const rate = header === null ? undefined : RATES[header.rateIndex];
  return header === null || header.bytes < ADTS_HEADER_BYTES || rate === undefined
    ? null
    : { ...header, rate };
}
