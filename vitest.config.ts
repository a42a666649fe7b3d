import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/postgres.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers: the speech tests load a model of 400 MB each, and CI has two cores.
    maxWorkers: 2,
  },
});
