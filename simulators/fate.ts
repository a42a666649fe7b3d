/**
 * What happens to a call, decided by the seed, the audio and how often that audio was sent. Not by the order in which
 * calls arrive, which differs from run to run: with the same seed the same piece meets the same trouble.
 */
import { createHash } from 'node:crypto';
import type { Behaviour, Faults, Latency } from './behaviour.ts';

export type Fault = keyof Faults;

export interface Fate {
  fault: Fault | null;
  latencyMs: number;
  /** One of several ways in which the fault shows. */
  variant(count: number): number;
  /** At which of several requests of the same call it strikes. */
  request(count: number): number;
}

export function fateOf(
  call: { seed: number; sha256: string; nth: number; seconds?: number },
  { faults, latency }: Behaviour,
  inFlight: number,
): Fate {
  const chance = (of: string) => chanceOf(`${call.seed}/${call.sha256}/${call.nth}/${of}`);
  return {
    fault: faultBy(chance('fault'), faults),
    latencyMs: latencyOf(latency, {
      inFlight,
      seconds: call.seconds ?? 0,
      deviation: () => normal(chance('radius'), chance('angle')),
      slow: () => chance('slow'),
    }),
    variant: (count) => Math.floor(chance('variant') * count),
    request: (count) => Math.floor(chance('request') * count),
  };
}

function faultBy(chance: number, faults: Faults): Fault | null {
  let upTo = 0;
  for (const [fault, rate] of Object.entries(faults)) {
    upTo += rate;
    if (chance < upTo) return fault as Fault;
  }
  return null;
}

function latencyOf(
  latency: Latency,
  {
    inFlight,
    seconds,
    deviation,
    slow,
  }: { inFlight: number; seconds: number; deviation: () => number; slow: () => number },
): number {
  switch (latency.kind) {
    case 'fixed':
      return latency.ms;
    case 'lognormal':
      return latency.medianMs * Math.exp(latency.sigma * deviation());
    case 'load-dependent':
      return (
        latency.ms * Math.max(1, inFlight / latency.capacity) * Math.exp((latency.sigma ?? 0) * deviation())
      );
    case 'by-length':
      return (latency.ms + latency.msPerSecond * seconds) * (slow() < (latency.twice ?? 0) ? 2 : 1);
  }
}

/** In [0, 1). */
function chanceOf(what: string): number {
  return createHash('sha256').update(what).digest().readUInt32BE() / 2 ** 32;
}

/** Box and Muller's: two even chances make one of the bell curve. */
function normal(radius: number, angle: number): number {
  return Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
}
