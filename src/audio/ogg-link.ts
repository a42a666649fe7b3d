import { SAMPLE_RATE } from './hint.ts';
import { OggPackets } from './ogg-packets.ts';
import type { OggPage } from './ogg-page.ts';
import type { OpusHead } from './opus-head.ts';
import { MAX_PACKET_SAMPLES, type OpusPacket, parseOpusPacket } from './opus-packet.ts';
import { OpusVoice } from './opus-voice.ts';
import { type DecodeReport, noteDamage } from './report.ts';

/** Granule positions count samples at 48 kHz, whatever the encoder was fed with (RFC 7845 section 4). */
const GRANULES_PER_SAMPLE = 48_000 / SAMPLE_RATE;
/** A gap up to this is filled. A longer one is no lost page but a clock that jumped, or an attack on the output's size. */
const MAX_GAP_SAMPLES = 10 * SAMPLE_RATE;
/** 20 ms, what most encoders use, for gaps before the first packet. */
const DEFAULT_PACKET_SAMPLES = 320;

interface Timed {
  bytes: Uint8Array;
  packet: OpusPacket | null;
  /** At 16 kHz; for a packet that cannot be read, that of the last one that could. */
  samples: number;
}

/** One logical Opus stream. Granule positions are the truth about time; packets are laid along them. */
export class OggLink {
  readonly serial: number;
  readonly #voice: OpusVoice;
  readonly #report: DecodeReport;
  readonly #packets = new OggPackets();
  /** Where the next packet starts, in granules; null before the first one: a stream may start at any position. */
  #position: number | null = null;
  #preSkip: number;
  #packetSamples = DEFAULT_PACKET_SAMPLES;
  #headersLeft = 2;
  #decoded = 0;
  #filled = 0;

  static async open(page: OggPage, head: OpusHead, report: DecodeReport): Promise<OggLink> {
    const link = new OggLink(page.serial, head, await OpusVoice.open(head.gainQ8), report);
    link.#take(page);
    return link;
  }

  private constructor(serial: number, head: OpusHead, voice: OpusVoice, report: DecodeReport) {
    this.serial = serial;
    this.#voice = voice;
    this.#report = report;
    this.#preSkip = Math.round(head.preSkip / GRANULES_PER_SAMPLE);
  }

  get hasAudio(): boolean {
    return this.#decoded > 0;
  }

  *play(page: OggPage): Generator<Float32Array> {
    const { granule, last } = page;
    const timed = this.#take(page);
    if (timed.length === 0) return;
    const length = timed.reduce((sum, { samples }) => sum + samples, 0);
    // The last page may end before its packets do: the encoder's padding is cut off (section 4.4). The position of
    // such a page says where it ends, not where it starts.
    const start = granule === null ? null : granule - length * GRANULES_PER_SAMPLE;
    this.#position ??= Math.max(0, start ?? 0);
    const gap = start === null ? 0 : Math.round((start - this.#position) / GRANULES_PER_SAMPLE);
    if (gap > 0) yield* this.#fill(gap);
    let keep = length;
    if (last && gap < 0) keep = Math.max(0, length + gap);
    for (const one of timed) {
      const pcm = this.#decode(one);
      yield* this.#afterPreSkip(pcm.subarray(0, keep));
      keep = Math.max(0, keep - pcm.length);
    }
    this.#position = granule ?? this.#position + length * GRANULES_PER_SAMPLE;
  }

  free(): void {
    this.#voice.free();
  }

  #take(page: OggPage): Timed[] {
    const { packets, lost } = this.#packets.from(page);
    if (lost) noteDamage(this.#report, 'pages_missing');
    const timed: Timed[] = [];
    for (const bytes of packets) {
      // The two headers come first, each on pages of its own. OpusTags is told by its name: when damage took it away,
      // the packet in its place is sound.
      if (this.#headersLeft > 0) {
        this.#headersLeft = isHeader(bytes) ? this.#headersLeft - 1 : 0;
        if (isHeader(bytes)) continue;
      }
      const packet = parseOpusPacket(bytes);
      if (packet !== null) this.#packetSamples = packet.samples;
      timed.push({ bytes, packet, samples: this.#packetSamples });
    }
    return timed;
  }

  #decode({ bytes, packet, samples }: Timed): Float32Array {
    const pcm = packet === null ? null : this.#voice.decode(bytes, samples);
    this.#report.frames += 1;
    if (pcm === null) this.#report.concealedFrames += 1;
    this.#decoded += samples;
    return pcm ?? this.#voice.conceal(samples);
  }

  /**
   * Silence and extrapolation where the positions say that something is missing. In all no more than was decoded
   * (and ten seconds): thirty bytes of page could otherwise ask for ten seconds of output each.
   */
  *#fill(gap: number): Generator<Float32Array> {
    const frames = Math.max(1, Math.round(gap / this.#packetSamples));
    if (gap > MAX_GAP_SAMPLES || this.#filled + gap > this.#decoded + MAX_GAP_SAMPLES) {
      noteDamage(this.#report, 'gap_too_long');
      this.#report.skippedFrames += frames;
      return;
    }
    this.#filled += gap;
    this.#report.frames += frames;
    this.#report.concealedFrames += frames;
    for (let left = gap; left > 0; ) {
      const pcm = this.#voice.conceal(Math.min(left, MAX_PACKET_SAMPLES));
      yield* this.#afterPreSkip(pcm);
      left -= pcm.length;
    }
  }

  *#afterPreSkip(pcm: Float32Array): Generator<Float32Array> {
    const dropped = Math.min(this.#preSkip, pcm.length);
    this.#preSkip -= dropped;
    if (dropped < pcm.length) yield pcm.subarray(dropped);
  }
}

function isHeader(packet: Uint8Array): boolean {
  const name = Buffer.from(packet.buffer, packet.byteOffset, packet.length).toString('latin1', 0, 8);
  return name === 'OpusHead' || name === 'OpusTags';
}
