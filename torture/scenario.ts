/** What a scenario is given, and what it says when it is over. */

export interface Scenario {
  name: string;
  /** The guarantee, in words. */
  promises: string;
  run(ground: Ground): Promise<Findings>;
}

export interface Ground {
  /** A shorter run of the same. */
  short: boolean;
  seed: number;
  /** The commit of the earlier version, where one is needed. */
  from: string;
  /** A folder of its own, removed when all went well. */
  folder: string;
  say(text: string): void;
}

export type Row = Record<string, string | number>;

export interface Findings {
  table: Row[];
  /** What it was made up of. */
  particulars?: Row[];
  /** Each is a guarantee that does not hold. */
  broken: string[];
  /** Worth knowing, and no fault. */
  notes: string[];
}

export function sizeOf(ground: Ground, sizes: { full: number; short: number }): number {
  return ground.short ? sizes.short : sizes.full;
}
