import { SAMPLE_RATE } from './hint.ts';
import type { OggPage } from './ogg-page.ts';
import { OggPackets } from './ogg-page.ts';
import { OpusVoice } from './opus-decoder.ts';
import type { OpusHead } from './opus-head.ts';
import { MAX_PACKET_SAMPLES, type OpusPacket, parseOpusPacket, splitFirst } from './opus-packet.ts';
import { type DecodeReport, noteDamage } from './report.ts';
import type { SoundTrace } from './sound-map.ts';

/** Granule positions count samples at 48 kHz, whatever the encoder was fed with (RFC 7845 section 4). */
const GRANULES_PER_SAMPLE = 48_000 / SAMPLE_RATE;
/** Gaps up to this length are filled. A longer one is a clock that jumped, or an attack on the output's size. */
const MAX_GAP_SAMPLES = 10 * SAMPLE_RATE;
/** Gaps before the first packet are filled in steps of 20 ms, as most encoders use. */
const DEFAULT_PACKET_SAMPLES = 320;
/** So many pages tell at which rate a stream's positions count: half a megabyte at most. */
const LEARN_PAGES = 8;

interface Timed {
  /** One packet for each stream; null if it cannot be read. */
  packets: Uint8Array[] | null;
  /** The length at 16 kHz; a packet that cannot be read has that of the last readable one. */
  samples: number;
  /** Where it lies in the file, if its bytes lie together, and how many they are. */
  at: number | null;
  size: number;
}

/** A page with its packets put together. */
interface TimedPage {
  granule: number | null;
  last: boolean;
  /** Pages are missing in front of it. */
  lost: boolean;
  /** The length at 16 kHz of the packets that end on it. */
  length: number;
  timed: Timed[];
}

/** One logical Opus stream. Granule positions are the truth about time; packets are laid along them. */
export class OggLink {
  readonly serial: number;
  /** The number of samples that were yielded. */
  given = 0;
  readonly #head: OpusHead;
  readonly #voice: OpusVoice;
  readonly #report: DecodeReport;
  readonly #trace: SoundTrace | undefined;
  readonly #packets = new OggPackets();
  /** Pages that wait until the rate of the positions is known; null afterwards. */
  #waiting: TimedPage[] | null = [];
  /** Where the next packet starts, in granules; null before the first one: a stream may start at any position. */
  #position: number | null = null;
  #granulesPerSample = GRANULES_PER_SAMPLE;
  #start: number | null = null;
  #preSkip: number;
  #packetSamples = DEFAULT_PACKET_SAMPLES;
  #headersLeft = 2;
  #decoded = 0;
  #filled = 0;
  #hasAudio = false;

  static async open(
    page: OggPage,
    head: OpusHead,
    report: DecodeReport,
    trace?: SoundTrace,
  ): Promise<OggLink> {
    const link = new OggLink(page.serial, head, await OpusVoice.open(head), report, trace);
    trace?.opus({ channels: head.channels, gainQ8: head.gainQ8, overhead: 0 });
    // Two packets in one cannot be told apart without reading it.
    if (head.streams === 2) trace?.lost();
    link.#take(page);
    return link;
  }

  private constructor(
    serial: number,
    head: OpusHead,
    voice: OpusVoice,
    report: DecodeReport,
    trace: SoundTrace | undefined,
  ) {
    this.serial = serial;
    this.#head = head;
    this.#voice = voice;
    this.#report = report;
    this.#trace = trace;
    this.#preSkip = Math.round(head.preSkip / GRANULES_PER_SAMPLE);
  }

  get hasAudio(): boolean {
    return this.#hasAudio;
  }

  /** The position of its first sample, at 16 kHz; null before its first page with one. */
  get startSample(): number | null {
    return this.#start;
  }

  /** @param lead the silence in front of its first sample, asked for when that is played */
  *play(page: OggPage, lead: () => number): Generator<Float32Array> {
    const taken = this.#take(page);
    if (taken.timed.length === 0) return;
    this.#hasAudio = true;
    if (taken.granule !== null)
      this.#start ??= Math.max(0, Math.round(taken.granule / GRANULES_PER_SAMPLE) - taken.length);
    if (this.#waiting === null) {
      yield* this.#counted(this.#playPage(taken));
      return;
    }
    this.#waiting.push(taken);
    if (this.#waiting.length === LEARN_PAGES) yield* this.finish(lead);
  }

  /** Plays the pages that waited. */
  *finish(lead: () => number): Generator<Float32Array> {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    this.#granulesPerSample *= clockOf(waiting, GRANULES_PER_SAMPLE);
    const silence = waiting.length > 0 ? lead() : 0;
    if (silence > 0) this.#trace?.lost();
    for (let left = silence; left > 0; left -= SAMPLE_RATE)
      yield* this.#counted([new Float32Array(Math.min(left, SAMPLE_RATE))]);
    for (const page of waiting) yield* this.#counted(this.#playPage(page));
  }

  free(): void {
    this.#voice.free();
  }

  *#counted(pieces: Iterable<Float32Array>): Generator<Float32Array> {
    for (const piece of pieces) {
      this.given += piece.length;
      yield piece;
    }
  }

  *#playPage({ granule, last, lost, length, timed }: TimedPage): Generator<Float32Array> {
    const perSample = this.#granulesPerSample;
    // The last page may end before its packets do: the encoder's padding is cut off (section 4.4). The position of
    // such a page says where it ends, not where it starts.
    const start = granule === null ? null : granule - length * perSample;
    this.#position ??= Math.max(0, start ?? 0);
    const gap = start === null ? 0 : Math.round((start - this.#position) / perSample);
    if (gap > 0) yield* this.#fill(gap, lost);
    let keep = length;
    if (last && gap < 0 && -gap <= this.#longestPadding()) keep = Math.max(0, length + gap);
    for (const one of timed) {
      const pcm = this.#decode(one);
      yield* this.#afterPreSkip(pcm.subarray(0, keep));
      if (keep < pcm.length) this.#trace?.trimmed();
      keep = Math.max(0, keep - pcm.length);
    }
    this.#position = granule ?? this.#position + length * perSample;
  }

  /** Bounds the padding, which fills up the last packet and the encoder's delay. Positions that ask for more are wrong. */
  #longestPadding(): number {
    const delay = Math.round(this.#head.preSkip / GRANULES_PER_SAMPLE);
    return Math.max(2 * this.#packetSamples, MAX_PACKET_SAMPLES) + delay;
  }

  #take(page: OggPage): TimedPage {
    const { packets, lost } = this.#packets.from(page);
    if (lost) noteDamage(this.#report, 'pages_missing');
    const timed: Timed[] = [];
    for (const { bytes, at } of packets) {
      // The two headers come first, each on pages of its own. OpusTags is told by its name: when damage took it away,
      // the packet in its place is sound.
      if (this.#headersLeft > 0) {
        this.#headersLeft = isHeader(bytes) ? this.#headersLeft - 1 : 0;
        if (isHeader(bytes)) continue;
      }
      const read = this.#read(bytes);
      if (read !== null) this.#packetSamples = read.samples;
      timed.push({ packets: read?.packets ?? null, samples: this.#packetSamples, at, size: bytes.length });
    }
    const length = timed.reduce((sum, { samples }) => sum + samples, 0);
    return { granule: page.granule, last: page.last, lost, length, timed };
  }

  #read(bytes: Uint8Array): { packets: Uint8Array[]; samples: number } | null {
    const split = this.#head.streams === 2 ? splitFirst(bytes) : null;
    if (this.#head.streams === 2 && split === null) return null;
    const packets = split ? [split.first, split.rest] : [bytes];
    const parsed: (OpusPacket | null)[] = packets.map(parseOpusPacket);
    const samples = parsed[0]?.samples;
    if (samples === undefined || parsed.some((packet) => packet?.samples !== samples)) return null;
    return { packets, samples };
  }

  #decode({ packets, samples, at, size }: Timed): Float32Array {
    const pcm = packets === null ? null : this.#voice.decode(packets, samples);
    this.#report.frames += 1;
    if (pcm === null) {
      this.#report.concealedFrames += 1;
      this.#report.lostMs += (samples * 1000) / SAMPLE_RATE;
      this.#trace?.madeUp(samples);
    } else this.#trace?.packet(at, size, samples);
    this.#decoded += samples;
    return pcm ?? this.#voice.conceal(samples);
  }

  /**
   * Fills with silence and extrapolation where the positions say that something is missing, or that nothing was sent because
   * nobody spoke. In all no more than was decoded (and ten seconds): thirty bytes of page could otherwise ask for ten
   * seconds of output each.
   */
  *#fill(gap: number, lost: boolean): Generator<Float32Array> {
    const frames = Math.max(1, Math.round(gap / this.#packetSamples));
    if (gap > MAX_GAP_SAMPLES || this.#filled + gap > this.#decoded + MAX_GAP_SAMPLES) {
      noteDamage(this.#report, 'gap_too_long');
      this.#report.skippedFrames += frames;
      return;
    }
    this.#filled += gap;
    this.#report.frames += frames;
    this.#report.concealedFrames += frames;
    if (lost) this.#report.lostMs += (gap * 1000) / SAMPLE_RATE;
    this.#trace?.madeUp(gap);
    for (let left = gap; left > 0; ) {
      const pcm = this.#voice.conceal(Math.min(left, MAX_PACKET_SAMPLES));
      yield* this.#afterPreSkip(pcm);
      left -= pcm.length;
    }
  }

  *#afterPreSkip(pcm: Float32Array): Generator<Float32Array> {
    const dropped = Math.min(this.#preSkip, pcm.length);
    this.#preSkip -= dropped;
    if (dropped > 0) this.#trace?.skipped(dropped);
    if (dropped < pcm.length) yield pcm.subarray(dropped);
  }
}

function isHeader(packet: Uint8Array): boolean {
  const name = Buffer.from(packet.buffer, packet.byteOffset, packet.length).toString('latin1', 0, 8);
  return name === 'OpusHead' || name === 'OpusTags';
}

/** Finds out at which rate the positions of an Ogg Opus stream count. Pure. */

interface Positioned {
  granule: number | null;
  last: boolean;
  lost: boolean;
  /** The length at 16 kHz. */
  length: number;
}

/**
 * How much faster a wrong encoder may count: at 96, 144, 192 kHz, or packets of 10 ms as 20, 40 or 60 ms. Any other
 * factor above 1 is silence that was not sent, which positions may leave out.
 */
const FASTER = [2, 3, 4, 6];
const TOLERANCE = 0.01;

/**
 * The rate at which the positions of these first pages count, in shares of the right one. Packets cannot last longer
 * than the time between their positions, and silence that is left out does not come in the same share everywhere: where
 * nearly all pages agree on another rate, the positions are wrong and the packets right.
 */
function clockOf(pages: readonly Positioned[], granulesPerSample: number): number {
  const factors = pages.flatMap((page, index) => {
    const before = pages[index - 1]?.granule;
    if (page.granule === null || before === null || before === undefined || page.lost || page.length === 0)
      return [];
    const factor = (page.granule - before) / (page.length * granulesPerSample);
    // The last page may end before its packets do, which makes it no evidence of a slow clock.
    return factor > 1 || (factor > 0 && !page.last) ? [factor] : [];
  });
  const middle = factors.toSorted((a, b) => a - b)[Math.floor(factors.length / 2)];
  if (middle === undefined) return 1;
  const agreeing = factors.filter((factor) => Math.abs(factor / middle - 1) < TOLERANCE);
  if (agreeing.length < factors.length - 1 || agreeing.length * 2 <= factors.length) return 1;
  const known = FASTER.find((factor) => Math.abs(middle / factor - 1) < TOLERANCE);
  if (known !== undefined) return known;
  return middle < 1 - TOLERANCE ? middle : 1;
}
