import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { framed, SEEDS } from './format-seeds.ts';
import { mutate, mutation } from './mutations.ts';

/** Ten thousand inputs in all; `npm run fuzz` takes a million. */
const RUNS = Math.ceil(10_000 / SEEDS.length);

describe('whatever happens to a file, its container is walked to the end or refused', () => {
  test.each(SEEDS)('$name', async ({ name, kind }) => {
    const seed = new Uint8Array(readFileSync(new URL(`../fixtures/formats/${name}`, import.meta.url)));
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
        await framed(kind, mutations.reduce(mutate, seed));
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 4_000 },
    );
  });
});
