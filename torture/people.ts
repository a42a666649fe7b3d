/** Who recorded what, when: people with conversations of several recordings and silences between them. */
import { shuffled } from '../tests/pipeline/chance.ts';
import type { Kind, Recording } from './recordings.ts';
import type { World } from './world.ts';

export interface Mix {
  people: number;
  recordings: number;
  /** In so many of a hundred; the rest is speech. */
  percent?: Partial<Record<Exclude<Kind, 'speech'>, number>>;
  longestSeconds?: number;
  /** Whose days begin with it. */
  prefix?: string;
}

const HOUR_MS = 3_600_000;

/** In the order in which a careless phone would send them: none. */
export function scatter({ voices, random, ground }: World, mix: Mix): Recording[] {
  const { people, recordings, percent = {}, longestSeconds = 8, prefix = 'person' } = mix;
  const kinds = Object.entries(percent).flatMap(([kind, share]) =>
    Array<Kind>(Math.ceil((recordings * share) / 100)).fill(kind as Kind),
  );
  while (kinds.length < recordings) kinds.push('speech');
  // Half of them talk today and half have a backlog, so that both lanes are busy.
  const clocks = Array.from(
    { length: people },
    (_, person) =>
      Date.now() - (person % 2 === 0 ? 5 * HOUR_MS : 48 * HOUR_MS) + Math.floor(random() * HOUR_MS),
  );
  const made = shuffled(kinds, ground.seed).map((kind, index) => {
    const person = index % people;
    const startedAtMs = clocks[person] ?? 0;
    // Mostly within a conversation, and every so often a silence that ends it.
    clocks[person] =
      startedAtMs + (random() < 0.75 ? 20_000 + random() * 60_000 : 150_000 + random() * 200_000);
    return voices.record(`${prefix}-${person}`, startedAtMs, kind, longestSeconds);
  });
  return shuffled(made, ground.seed + 7);
}

/** Uploads of one to `most` files, each of one person, in the order given. */
export function bundled(recordings: readonly Recording[], random: () => number, most: number): Recording[][] {
  const open = new Map<string, Recording[]>();
  const uploads: Recording[][] = [];
  for (const recording of recordings) {
    const bundle = open.get(recording.userId) ?? [];
    if (bundle.length === 0) {
      open.set(recording.userId, bundle);
      uploads.push(bundle);
    }
    bundle.push(recording);
    if (bundle.length >= 1 + Math.floor(random() * most)) open.delete(recording.userId);
  }
  return uploads;
}
