import type { ByteReader } from './byte-reader.ts';
import { type Frame, type FrameKind, frames, MAX_FRAME_BYTES } from './framing.ts';
import { SAMPLE_RATE } from './hint.ts';
import { joined } from './joined.ts';
import { OpusVoice } from './opus-decoder.ts';
import { MAX_PACKET_SAMPLES, type OpusPacket, parseOpusPacket } from './opus-packet.ts';
import { CONFIRMING, PacketJudge } from './opus-plausibility.ts';
import { AudioError, type DecodeReport } from './report.ts';
import type { SoundTrace } from './sound-map.ts';

/** So many packets decide what the file is: about a second of 20 ms packets, and never more than a frame of bytes. */
const WINDOW_PACKETS = 64;
const MIN_PACKETS_BEFORE_DAMAGE = 3;
/** A decoder that starts in the middle is right after about 80 ms; this is far more. */
const RUN_UP_SAMPLES = SAMPLE_RATE;
const LENGTH_BYTES = 4;

/** Encoders of speech stay far below this length; the longest possible packet has 7,663 bytes. */
const OPUS_FRAMES: FrameKind = {
  longest: 2_000,
  fits(payloads) {
    const packets = payloads.map(parseOpusPacket);
    return packets.every((packet) => packet !== null && packet.samples === packets[0]?.samples);
  },
};

interface Candidate {
  /** Empty where a frame is missing. */
  bytes: Uint8Array;
  /** Their offset in the file. */
  at: number;
  packet: OpusPacket | null;
  /** The gap in its place; null for a frame that is there. */
  missing: { emptyFrames: number; lostBytes: number } | null;
}

/**
 * Decodes one Opus packet per frame. A frame that cannot be decoded, or is missing, is filled in with the length of its
 * neighbours, so that later speech keeps its time.
 */
export async function* decodeOmiOpus(
  reader: ByteReader,
  claim: number | null,
  report: DecodeReport,
  soundFrom = 0,
  trace?: SoundTrace,
): AsyncGenerator<Float32Array> {
  const rest = frames(reader, report, OPUS_FRAMES);
  const { window, behind } = await firstCandidates(rest);
  const present = window.filter(({ missing }) => missing === null);
  if (present.length === 0) throw new AudioError('no_frames', 'The file ends before its first frame does.');
  const judge = PacketJudge.learn(
    present.map((candidate) => candidate.packet),
    claim,
  );
  // Noise has a legal first length once in 65,536 times, and random packets are often legal: one or two prove nothing.
  const isChance = present.length < MIN_PACKETS_BEFORE_DAMAGE && report.damage !== null;
  if (judge === null || isChance) {
    throw new AudioError(
      'not_audio',
      `Its first ${present.length} frames do not read as the Opus packets of one recording.`,
    );
  }
  report.format = 'omi-opus';
  const sizes = new Sizes(present);
  const channels = present.some(({ packet }) => packet?.stereo) ? 2 : 1;
  trace?.opus({ channels, gainQ8: 0, overhead: LENGTH_BYTES });
  const voice = await OpusVoice.open({ channels });
  // Decoding takes ten times as long as reading the packets.
  let unheard = soundFrom - RUN_UP_SAMPLES;
  let before: OpusPacket | null = null;
  const sound = function* (packets: Iterable<WithFollowers>): Generator<Float32Array> {
    for (const [current, after] of packets) {
      const { bytes, at, packet, missing } = current;
      if (missing !== null) {
        const count = missing.emptyFrames || Math.max(1, Math.round(missing.lostBytes / sizes.mean));
        // Nothing follows, so no sound can be at a wrong time.
        if (after.length === 0) report.lostMs += (count * judge.samples * 1000) / SAMPLE_RATE;
        if (after.length === 0) return;
        for (let frame = 0; frame < count; frame += 1) yield concealed(voice, judge.samples, report, trace);
        unheard -= count * judge.samples;
        continue;
      }
      sizes.add(bytes.length);
      const accepted = packet !== null && judge.accepts(before, packet, after);
      if (accepted) before = packet;
      const samples = accepted ? packet.samples : judge.samples;
      unheard -= samples;
      if (unheard >= 0) {
        report.frames += 1;
        if (accepted) trace?.packet(at, bytes.length, samples);
        else noteConcealed(report, samples, trace);
        yield new Float32Array(samples);
        continue;
      }
      const pcm = accepted ? voice.decode([bytes], packet.samples) : null;
      if (pcm === null) yield concealed(voice, judge.samples, report, trace);
      else {
        report.frames += 1;
        trace?.packet(at, bytes.length, pcm.length);
        yield pcm;
      }
    }
  };
  try {
    for await (const packets of withFollowers([...window, ...behind], rest)) yield* joined(sound(packets));
  } finally {
    voice.free();
  }
}

function concealed(
  voice: OpusVoice,
  samples: number,
  report: DecodeReport,
  trace: SoundTrace | undefined,
): Float32Array {
  report.frames += 1;
  noteConcealed(report, samples, trace);
  return voice.conceal(Math.min(samples, MAX_PACKET_SAMPLES));
}

function noteConcealed(report: DecodeReport, samples: number, trace: SoundTrace | undefined): void {
  trace?.madeUp(samples);
  report.concealedFrames += 1;
  report.lostMs += (samples * 1000) / SAMPLE_RATE;
}

/** Learns how many bytes a frame takes, its length included, to estimate how many frames the lost bytes were. */
class Sizes {
  #bytes = 0;
  #count = 0;

  constructor(first: readonly Candidate[]) {
    for (const { bytes } of first) this.add(bytes.length);
  }

  get mean(): number {
    return this.#bytes / this.#count;
  }

  add(bytes: number): void {
    this.#bytes += LENGTH_BYTES + bytes;
    this.#count += 1;
  }
}

/** @returns the packets that decide, and those that were read with them */
async function firstCandidates(
  source: AsyncGenerator<Frame[]>,
): Promise<{ window: Candidate[]; behind: Candidate[] }> {
  const read: Candidate[] = [];
  let bytes = 0;
  let deciding = 0;
  const isOver = () => deciding === WINDOW_PACKETS || bytes >= MAX_FRAME_BYTES;
  while (!isOver()) {
    const step = await source.next();
    if (step.done) break;
    read.push(...step.value.map(candidate));
    for (; deciding < read.length && !isOver(); deciding += 1) bytes += read[deciding]?.bytes.length ?? 0;
  }
  return { window: read.slice(0, deciding), behind: read.slice(deciding) };
}

type WithFollowers = [Candidate, (OpusPacket | null)[]];

/** Yields each packet with those that follow it, several at once: those that were read first, then the rest of the file. */
async function* withFollowers(
  first: readonly Candidate[],
  rest: AsyncGenerator<Frame[]>,
): AsyncGenerator<Iterable<WithFollowers>> {
  const held = [...first];
  function* released(keep: number): Generator<WithFollowers> {
    while (held.length > keep) {
      const current = held.shift();
      if (current) yield [current, held.slice(0, CONFIRMING).map(({ packet }) => packet)];
    }
  }
  yield released(CONFIRMING);
  for await (const several of rest) {
    for (const frame of several) held.push(candidate(frame));
    yield released(CONFIRMING);
  }
  yield released(0);
}

function candidate(frame: Frame): Candidate {
  if (frame.payload === null) return { bytes: new Uint8Array(0), at: 0, packet: null, missing: frame };
  // The payload is copied, because its view is valid only until the next one is read. (Not slice(): a Buffer's does not copy.)
  const bytes = new Uint8Array(frame.payload);
  return { bytes, at: frame.at, packet: parseOpusPacket(bytes), missing: null };
}
