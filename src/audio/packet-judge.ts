import type { OpusPacket } from './opus-packet.ts';

/** A shape that so many packets of the file had is one that its encoder uses. */
const FAMILIAR = 3;
/** Measured on random packets: from 8 on a majority, and from 32 on a third, comes about by chance in 0.1 %. */
const FEW = 8;
const MANY = 32;
const SHAPES = 64;

/**
 * Tells the packets of an encoder from random bytes, which libopus decodes without complaint. Two properties are used,
 * because random bytes have neither: every packet of a file lasts the same time, and an encoder changes its mode or
 * bandwidth for a stretch of packets, not for a lone one. (About 16 % of random packets have the right duration by
 * chance; that and a familiar shape have 1 to 2 %.)
 */
export class PacketJudge {
  /** The length of every packet of the file, in samples at 16 kHz. */
  readonly nominalSamples: number;
  readonly #seen = new Uint32Array(SHAPES);

  /**
   * Learns from the first packets. A majority decides, whatever the name claims. Without one, the claim holds when a
   * third of many packets agree (chance would give a sixth): so a file that is damaged at its start is still read.
   * A few packets have to agree in everything, for among a few chance makes majorities. Null: these are not Opus.
   */
  static learn(first: readonly (OpusPacket | null)[], claim: number | null): PacketJudge | null {
    const votes = new Map<number, number>();
    for (const packet of first) {
      if (packet !== null) votes.set(packet.samples, (votes.get(packet.samples) ?? 0) + 1);
    }
    const [winner] = [...votes].sort((a, b) => b[1] - a[1]);
    if (winner === undefined) return null;
    const [samples, count] = winner;
    if (first.length < FEW) {
      const isUnanimous = count === first.length && new Set(first.map((packet) => packet?.shape)).size === 1;
      return isUnanimous ? new PacketJudge(samples, first) : null;
    }
    if (count * 2 > first.length) return new PacketJudge(samples, first);
    if (claim === null || first.length < MANY) return null;
    return (votes.get(claim) ?? 0) * 3 >= first.length ? new PacketJudge(claim, first) : null;
  }

  private constructor(nominalSamples: number, first: readonly (OpusPacket | null)[]) {
    this.nominalSamples = nominalSamples;
    for (const packet of first) {
      if (packet?.samples === nominalSamples) this.#count(packet);
    }
  }

  /** `before` is the last packet that was accepted, `after` the one that follows, whatever it is. */
  accepts(before: OpusPacket | null, packet: OpusPacket, after: OpusPacket | null): boolean {
    if (packet.samples !== this.nominalSamples) return false;
    const next = after?.samples === this.nominalSamples ? after : null;
    const fits =
      (this.#seen[packet.shape] ?? 0) >= FAMILIAR ||
      packet.shape === before?.shape ||
      packet.shape === next?.shape ||
      // libopus may start in CELT and go over to SILK after a single packet, so the first is not measured by the rest.
      before === null ||
      (next !== null && isStepBetween(before, packet, next));
    if (fits) this.#count(packet);
    return fits;
  }

  #count(packet: OpusPacket): void {
    this.#seen[packet.shape] = (this.#seen[packet.shape] ?? 0) + 1;
  }
}

/** libopus narrows from full band to wide band through a single super-wide packet: lone, and right. */
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
