import { defineConfig } from 'vitest/config';

// CI reads the counts from a file; the runner's own summary goes to the terminal as ever.
const report = process.env.AFTERWORD_TEST_REPORT;

// A shared machine may be several times slower than this one; what hangs is found all the same.
const limits = { testTimeout: 180_000, hookTimeout: 300_000, expect: { poll: { timeout: 20_000 } } };

/** The name of a file says what it may use; one that says nothing may use the database. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['tests/**/*.unit.test.ts'],
          setupFiles: 'tests/support/unit-guard.ts',
          provide: { postgresDesk: '' },
        },
      },
      {
        test: {
          ...limits,
          name: 'database',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.{unit,process}.test.ts'],
        },
      },
      { test: { ...limits, name: 'process', include: ['tests/**/*.process.test.ts'] } },
    ],
    globalSetup: 'tests/support/postgres.ts',
    // Two workers: the speech tests load a model of 400 MB each, and CI has two cores.
    maxWorkers: 2,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
  },
});
