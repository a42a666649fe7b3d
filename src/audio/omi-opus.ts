import type { ByteReader } from './byte-reader.ts';
import { frames, MAX_FRAME_BYTES } from './framing.ts';
import { SAMPLE_RATE } from './hint.ts';
import { type OpusPacket, parseOpusPacket } from './opus-packet.ts';
import { OpusVoice } from './opus-voice.ts';
import { PacketJudge } from './packet-judge.ts';
import { AudioError, type DecodeReport } from './report.ts';

/** The packets that decide what the file is: about a second of 20 ms packets, and never more than a frame of bytes. */
const WINDOW_PACKETS = 64;
const MIN_PACKETS_BEFORE_DAMAGE = 3;
/** A decoder that starts in the middle sounds right after some 80 ms. */
const RUN_UP_SAMPLES = SAMPLE_RATE;

interface Candidate {
  bytes: Uint8Array;
  packet: OpusPacket | null;
}

/**
 * One Opus packet per frame. Every frame takes the same time whether it can be decoded or not, so that what is said
 * after a bad packet stays at its moment.
 */
export async function* decodeOmiOpus(
  reader: ByteReader,
  claim: number | null,
  report: DecodeReport,
  soundFrom = 0,
): AsyncGenerator<Float32Array> {
  const rest = frames(reader, report);
  const window = await firstCandidates(rest);
  if (window.length === 0) throw new AudioError('no_frames', 'The file ends before its first frame does.');
  const judge = PacketJudge.learn(
    window.map((candidate) => candidate.packet),
    claim,
  );
  // Noise has a legal first length once in 65,536 times, and a random packet is often legal: one or two say nothing.
  const isChance = window.length < MIN_PACKETS_BEFORE_DAMAGE && report.damage !== null;
  if (judge === null || isChance) {
    throw new AudioError(
      'not_audio',
      `Its first ${window.length} frames do not read as the Opus packets of one recording.`,
    );
  }
  report.format = 'omi-opus';
  const voice = await OpusVoice.open();
  // Decoding takes ten times as long as reading the packets.
  let unheard = soundFrom - RUN_UP_SAMPLES;
  const silence = new Float32Array(judge.nominalSamples);
  try {
    let before: OpusPacket | null = null;
    for await (const [current, after] of withFollower(window, rest)) {
      const { bytes, packet } = current;
      const accepted = packet !== null && judge.accepts(before, packet, after?.packet ?? null);
      if (accepted) before = packet;
      unheard -= judge.nominalSamples;
      if (unheard >= 0) {
        report.frames += 1;
        if (!accepted) report.concealedFrames += 1;
        yield silence;
        continue;
      }
      const pcm = accepted ? voice.decode(bytes, judge.nominalSamples) : null;
      report.frames += 1;
      if (pcm === null) report.concealedFrames += 1;
      yield pcm ?? voice.conceal(judge.nominalSamples);
    }
  } finally {
    voice.free();
  }
}

async function firstCandidates(source: AsyncGenerator<Uint8Array>): Promise<Candidate[]> {
  const window: Candidate[] = [];
  let bytes = 0;
  while (window.length < WINDOW_PACKETS && bytes < MAX_FRAME_BYTES) {
    const step = await source.next();
    if (step.done) break;
    window.push(candidate(step.value));
    bytes += step.value.length;
  }
  return window;
}

/** Each candidate with the one that follows it: the window first, then the rest of the file. */
async function* withFollower(
  window: readonly Candidate[],
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<[Candidate, Candidate | null]> {
  let current: Candidate | null = null;
  for (const next of window) {
    if (current !== null) yield [current, next];
    current = next;
  }
  for await (const payload of rest) {
    const next = candidate(payload);
    if (current !== null) yield [current, next];
    current = next;
  }
  if (current !== null) yield [current, null];
}

function candidate(payload: Uint8Array): Candidate {
  // Copied, because a payload is only lent until the next one is read. (Not slice(): a Buffer's does not copy.)
  const bytes = new Uint8Array(payload);
  return { bytes, packet: parseOpusPacket(bytes) };
}
