import { chance } from '../tests/pipeline/chance.ts';

/** Decides everything that is random, from a seed: the same seed gives the same requests. */
export class Chance {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = chance(seed);
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  under(probability: number): boolean {
    return this.next() < probability;
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }
}
