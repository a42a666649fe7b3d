import { defineConfig } from 'vitest/config';

// CI reads the counts from a file; the runner's own summary goes to the terminal as ever.
const report = process.env.AFTERWORD_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/postgres.ts',
    // A shared machine may be several times slower than this one; what hangs is found all the same.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // Two workers: the speech tests load a model of 400 MB each, and CI has two cores.
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
  },
});
