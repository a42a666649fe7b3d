/** Gives the sound of a layout, part by part: reads what is needed of the store and has a thread decode it. */
import { excerptOf, packetsOf, type Wanted } from '../audio/excerpt.ts';
import { LOOKAHEAD_SAMPLES, PACKET_SAMPLES, RUN_UP_PACKETS } from '../audio/opus-encoder.ts';
import type { SoundMap } from '../audio/sound-map.ts';
import { AfterwordError } from '../errors.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Reader } from '../store/database.ts';
import type { Layout, Stretch, Voice } from './layout.ts';
import type { Preparer } from './prepare.ts';
import type { RecentBlocks } from './recent-blocks.ts';
import type { CopySegments } from './segments.ts';
import type { KeptMap, SoundMaps } from './sounds.ts';
import { STILL_DELETED } from './takes.ts';
import type { ExcerptTask } from './thread.ts';
import type { PlaybackThreads } from './threads.ts';

/** As much as one read of an encrypted object opens at least, and a quarter of a minute of Opus. */
const BLOCK_BYTES = 64 * 1024;
/** Of one recording: where it goes on, and where it began. */
const BLOCKS_HELD = 2;
/** Of one listener: those that sound together, and the one before. */
const RECORDINGS_HELD = 4;

export interface PlayerParts {
  db: Reader;
  blobs: BlobStore;
  maps: SoundMaps;
  threads: PlaybackThreads;
  preparer: Preparer;
  blocks: RecentBlocks;
  segments: CopySegments;
  /** How many spans of each recording were deleted when the sound was laid out. */
  deletedSpans: ReadonlyMap<string, number>;
  /** The sound is not any more as it was laid out. */
  onChanged(): void;
}

/** The sound is not any more as it was laid out: what is asked for anew is. */
export class SoundChanged extends AfterwordError {
  constructor() {
    super('audio_not_ready');
  }
}

/** Of one answer. Memory: some blocks of 64 KiB and the maps of some recordings, however long the sound is. */
export class Player {
  readonly #parts: PlayerParts;
  readonly #layout: Layout;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Promise<OpenRecording>>();
  #stretch = 0;

  constructor(parts: PlayerParts, layout: Layout, signal: AbortSignal) {
    this.#parts = parts;
    this.#layout = layout;
    this.#signal = signal;
  }

  /** @returns 16-bit samples of a part of the sound */
  async pcm(from: number, to: number): Promise<Uint8Array> {
    return await this.#render(from, to, null);
  }

  /** @returns packets of 20 ms, encoded; `from` and `to` are whole packets */
  async encoded(from: number, to: number): Promise<Uint8Array> {
    const runUp = RUN_UP_PACKETS * PACKET_SAMPLES;
    return await this.#render(from - runUp + LOOKAHEAD_SAMPLES, to + LOOKAHEAD_SAMPLES, runUp);
  }

  /** @returns the stored packets of a recording, one behind the other */
  async stored(recordingId: string, first: number, last: number): Promise<Uint8Array[]> {
    const recording = await this.#recording(recordingId);
    const { map } = recording;
    if (map.kind !== 'opus') throw new Error('a recording without Opus packets has none to copy');
    const { bytes, packets } = packetsOf(map, first, last);
    const read = await recording.read(bytes);
    return packets.map(([at, size]) => read.subarray(at, at + size));
  }

  async #render(from: number, to: number, opusRunUp: number | null): Promise<Uint8Array> {
    const sources: ExcerptTask['sources'][number][] = [];
    for (const stretch of this.#between(from, to)) {
      const start = Math.max(from, stretch.at);
      const end = Math.min(to, stretch.at + stretch.samples);
      for (const voice of stretch.voices)
        sources.push(await this.#source(voice, start - stretch.at, end - start, start - from));
    }
    return await this.#parts.threads.excerpt({ kind: 'excerpt', sources, samples: to - from, opusRunUp });
  }

  async #source(
    voice: Voice,
    offset: number,
    samples: number,
    at: number,
  ): Promise<ExcerptTask['sources'][number]> {
    const recording = await this.#recording(voice.recordingId);
    const start = voice.from + offset;
    const excerpt = excerptOf(recording.map, start, start + samples);
    return { at, excerpt, bytes: await recording.read(excerpt.bytes) };
  }

  /** Goes on from where the last look ended, since sound is asked for in order. */
  *#between(from: number, to: number): Generator<Stretch> {
    const { stretches } = this.#layout;
    const beginsAt = (index: number) => stretches[index]?.at ?? 0;
    while (this.#stretch > 0 && beginsAt(this.#stretch) > from) this.#stretch -= 1;
    while (this.#stretch + 1 < stretches.length && beginsAt(this.#stretch + 1) <= from) this.#stretch += 1;
    for (let index = this.#stretch; index < stretches.length && beginsAt(index) < to; index += 1) {
      const stretch = stretches[index];
      if (stretch && stretch.at + stretch.samples > from) yield stretch;
    }
  }

  #recording(id: string): Promise<OpenRecording> {
    const known = this.#open.get(id);
    if (known) return known;
    const opened = OpenRecording.open(this.#parts, id, this.#signal);
    this.#open.set(id, opened);
    const [oldest] = this.#open.keys();
    if (this.#open.size > RECORDINGS_HELD && oldest !== undefined) this.#open.delete(oldest);
    return opened;
  }
}

class OpenRecording {
  readonly map: SoundMap;
  readonly #parts: PlayerParts;
  readonly #id: string;
  #copyKey: string | null;
  #isToCome: boolean;
  #isReplaced = false;
  readonly #signal: AbortSignal;
  readonly #blocks = new Map<number, Buffer>();

  static async open(parts: PlayerParts, id: string, signal: AbortSignal): Promise<OpenRecording> {
    const found = await parts.maps.of(id);
    if (!found) {
      parts.onChanged();
      throw new SoundChanged();
    }
    return new OpenRecording(parts, id, found, signal);
  }

  private constructor(
    parts: PlayerParts,
    id: string,
    { map, copyKey, isToCome }: KeptMap,
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#id = id;
    this.map = map;
    this.#copyKey = copyKey;
    this.#isToCome = isToCome;
    this.#signal = signal;
  }

  /** The wanted bytes, one behind the other. */
  async read(wanted: readonly Wanted[]): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const { from, to } of wanted) {
      for (let at = from; at < to; ) {
        // The rest of a block would have to be made first.
        const part = this.#isToCome ? await this.#read({ from: at, to }) : await this.#inBlock(at, to);
        if (part.length === 0) {
          await this.#replaceShortCopy();
          continue;
        }
        parts.push(part);
        at += part.length;
      }
    }
    const [only, ...more] = parts;
    return only && more.length === 0 ? only : Buffer.concat(parts);
  }

  /** @returns what one block has of these bytes */
  async #inBlock(from: number, to: number): Promise<Buffer> {
    const number = Math.floor(from / BLOCK_BYTES);
    const block = await this.#block(number);
    const start = from - number * BLOCK_BYTES;
    return block.subarray(start, start + to - from);
  }

  async #block(number: number): Promise<Buffer> {
    const held = this.#blocks.get(number);
    if (held) return held;
    const block = await this.#read({ from: number * BLOCK_BYTES, to: (number + 1) * BLOCK_BYTES });
    this.#blocks.set(number, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > BLOCKS_HELD && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  /** For sound that ends too early. @throws AfterwordError `blob_missing` if it is what was sent, and no copy */
  async #replaceShortCopy(): Promise<void> {
    if (this.#copyKey === null)
      throw new AfterwordError('blob_missing', 'the stored audio is shorter than it was');
    await this.#takeOtherCopy(this.#copyKey);
    this.#blocks.clear();
  }

  /** One that is lost, too, is no accident. */
  async #takeOtherCopy(lostKey: string): Promise<void> {
    if (this.#isReplaced) throw new AfterwordError('blob_missing', 'a copy that was made again is lost, too');
    this.#isReplaced = true;
    this.#take(await this.#parts.maps.copyInstead(this.#id, lostKey));
  }

  #take(kept: KeptMap | null): void {
    if (!kept || lengthOf(kept.map) !== lengthOf(this.map)) this.#endAsChanged();
    this.#copyKey = kept.copyKey;
    this.#isToCome = kept.isToCome;
  }

  /** Whoever asks again gets the sound as it is by then. */
  #endAsChanged(): never {
    this.#parts.onChanged();
    throw new SoundChanged();
  }

  /** Its copy is not coming any more: it is kept, unless the recording has gone meanwhile or is not decoded here. */
  async #takeKept(): Promise<void> {
    const kept = await this.#parts.maps.of(this.#id);
    if (kept?.isToCome) this.#endAsChanged();
    this.#take(kept);
  }

  async #read(range: Wanted): Promise<Buffer> {
    const copyKey = this.#copyKey;
    try {
      return await this.#bytes(range);
    } catch (error) {
      const isMissing = error instanceof AfterwordError && error.code === 'blob_missing';
      if (!isMissing || copyKey === null) throw error;
    }
    await this.#takeOtherCopy(copyKey);
    return await this.#bytes(range);
  }

  async #bytes(range: Wanted): Promise<Buffer> {
    const { sha256, objectKey } = await this.#stillThere();
    if (this.#isToCome) {
      const { segments } = this.#parts;
      const made = await segments.part(this.#id, { sha256, objectKey }, range, this.#signal);
      if (made) return made;
      const coming = await this.#parts.preparer.comingPart(this.#id, range, this.#signal);
      if (coming) return Buffer.from(coming.buffer, coming.byteOffset, coming.length);
      await this.#takeKept();
    }
    const { db, blobs, blocks } = this.#parts;
    const of = this.#copyKey ?? sha256;
    const isBlock = range.to - range.from === BLOCK_BYTES && range.from % BLOCK_BYTES === 0;
    const number = range.from / BLOCK_BYTES;
    const held = isBlock ? blocks.find(of, number) : null;
    if (held) return held;
    const bytes = await joined(
      this.#copyKey === null
        ? openContent({ db, blobs }, sha256, this.#signal, range, objectKey)
        : blobs.open(this.#copyKey, this.#signal, range),
    );
    if (isBlock) blocks.keep(of, number, bytes);
    return bytes;
  }

  /** Asked for each block, so that a listener hears nothing more of what was deleted meanwhile. */
  async #stillThere(): Promise<{ sha256: string; objectKey: string | null }> {
    const recording = await this.#parts.db
      .selectFrom('recordings')
      .leftJoin('blobs', 'blobs.sha256', 'recordings.sha256')
      .select(({ selectFrom }) => [
        'recordings.sha256',
        'blobs.object_key as objectKey',
        'audio_removed_at_ms',
        selectFrom('deleted_spans')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .whereRef('recording_id', '=', 'recordings.id')
          .where(STILL_DELETED)
          .as('deletedSpans'),
      ])
      .where('id', '=', this.#id)
      .where('outcome', '<>', 'deleted')
      .executeTakeFirst();
    // It was deleted, its audio was removed, or words in it were deleted.
    if (!recording || recording.audio_removed_at_ms !== null) this.#endAsChanged();
    if (Number(recording.deletedSpans) > (this.#parts.deletedSpans.get(this.#id) ?? 0)) this.#endAsChanged();
    return recording;
  }
}

function lengthOf(map: SoundMap): number {
  return map.kind === 'opus' ? map.sizes.length : 0;
}

async function joined(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
