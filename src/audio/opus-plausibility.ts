import type { OpusPacket } from './opus-packet.ts';

/** A shape counts as one that the encoder uses once so many packets of the file had it. */
const FAMILIAR = 3;
/** Measured on random packets: by chance, 8 or more have a majority, and 32 or more agree by a third, in 0.1 % of cases. */
const FEW = 8;
const MANY = 32;
const SHAPES = 64;
/** So many packets must confirm another duration. Four in a row agree by chance once in 8,000 times. */
export const CONFIRMING = 3;

/**
 * Tells the packets of an encoder from random bytes, which libopus decodes without complaint. Two properties are used,
 * because random bytes have neither: an encoder changes the duration of its packets for good and not for a lone one, and
 * its mode or bandwidth for a stretch of packets. (About 16 % of random packets have the right duration by chance; that
 * and a familiar shape have 1 to 2 %.)
 */
export class PacketJudge {
  /** The current length of a packet in samples at 16 kHz, used for packets that cannot be read. */
  samples: number;
  readonly #durations: Set<number>;
  readonly #seen = new Uint32Array(SHAPES);

  /**
   * Learns from the first packets. A majority decides, whatever the name claims: of durations, or of shapes, where an
   * encoder puts now one frame into a packet and now three. Without one, the claim holds when a third of many packets
   * agree (chance would give a sixth): so a file that is damaged at its start is still read.
   * A few packets have to agree in everything, for among a few chance makes majorities. Null: these are not Opus.
   */
  static learn(first: readonly (OpusPacket | null)[], claim: number | null): PacketJudge | null {
    const durations = votes(first.map((packet) => packet?.samples));
    const [winner] = durations;
    if (winner === undefined) return null;
    const [samples, count] = winner;
    if (first.length < FEW) {
      const isUnanimous = count === first.length && new Set(first.map((packet) => packet?.shape)).size === 1;
      return isUnanimous ? new PacketJudge(samples, first, [samples]) : null;
    }
    if (count * 2 > first.length) return new PacketJudge(samples, first, [samples]);
    const [common] = votes(first.map((packet) => packet?.shape));
    if (common !== undefined && common[1] * 2 > first.length) {
      const same = votes(first.map((packet) => (packet?.shape === common[0] ? packet.samples : undefined)));
      const used = same.filter(([, times]) => times >= FAMILIAR).map(([duration]) => duration);
      return new PacketJudge(same[0]?.[0] ?? samples, first, used);
    }
    if (claim === null || first.length < MANY) return null;
    const claimed = durations.find(([duration]) => duration === claim)?.[1] ?? 0;
    return claimed * 3 >= first.length ? new PacketJudge(claim, first, [claim]) : null;
  }

  private constructor(samples: number, first: readonly (OpusPacket | null)[], durations: readonly number[]) {
    this.samples = samples;
    this.#durations = new Set(durations);
    for (const packet of first) {
      if (packet !== null && this.#durations.has(packet.samples)) this.#count(packet);
    }
  }

  /** `before` is the last packet that was accepted, `after` those that follow, whatever they are. */
  accepts(before: OpusPacket | null, packet: OpusPacket, after: readonly (OpusPacket | null)[]): boolean {
    if (!this.#durations.has(packet.samples)) {
      if (!isConfirmed(packet, after)) return false;
      this.#durations.add(packet.samples);
    } else if (packet.samples !== this.samples && !this.#isFamiliar(packet) && !isConfirmed(packet, after)) {
      return false;
    }
    const [following] = after;
    const next = following && this.#durations.has(following.samples) ? following : null;
    const fits =
      this.#isFamiliar(packet) ||
      packet.shape === before?.shape ||
      packet.shape === next?.shape ||
      // libopus may start in CELT and change to SILK after a single packet, so the first is not compared with the rest.
      before === null ||
      (next !== null && isStepBetween(before, packet, next));
    if (!fits) return false;
    this.samples = packet.samples;
    this.#count(packet);
    return true;
  }

  #isFamiliar(packet: OpusPacket): boolean {
    return (this.#seen[packet.shape] ?? 0) >= FAMILIAR;
  }

  #count(packet: OpusPacket): void {
    this.#seen[packet.shape] = (this.#seen[packet.shape] ?? 0) + 1;
  }
}

/** The most frequent first. */
function votes(values: readonly (number | undefined)[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function isConfirmed(packet: OpusPacket, after: readonly (OpusPacket | null)[]): boolean {
  return (
    after.length === CONFIRMING &&
    after[0]?.shape === packet.shape &&
    after.every((next) => next?.samples === packet.samples)
  );
}

/** libopus narrows from full band to wide band through a single super-wide packet, which is right although it is alone. */
function isStepBetween(before: OpusPacket, packet: OpusPacket, after: OpusPacket): boolean {
  const low = Math.min(before.bandwidth, after.bandwidth);
  const high = Math.max(before.bandwidth, after.bandwidth);
  return (
    (packet.mode === before.mode || packet.mode === after.mode) &&
    packet.stereo === before.stereo &&
    packet.stereo === after.stereo &&
    packet.bandwidth >= low &&
    packet.bandwidth <= high
  );
}
