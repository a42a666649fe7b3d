import { defineConfig } from 'vitest/config';

// CI reads the counts from a file; the runner's own summary goes to the terminal as ever.
const report = process.env.AFTERWORD_TEST_REPORT;

// Node itself loads the tests and the source, as it does in a server: Vite's own loader costs each file half a second.
const native = { viteModuleRunner: false, nodeLoader: false };

const common = {
  // A shared machine may be several times slower than this one; what hangs is found all the same.
  testTimeout: 180_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 20_000 } },
  experimental: native,
};

/** The name of a file says what it may use; one that says nothing may use the database. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['tests/**/*.unit.test.ts'],
          setupFiles: 'tests/support/unit-guard.ts',
          provide: { postgresDesk: '' },
        },
      },
      {
        test: {
          ...common,
          name: 'database',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.{unit,process}.test.ts'],
        },
      },
      { test: { ...common, name: 'process', include: ['tests/**/*.process.test.ts'] } },
    ],
    experimental: native,
    globalSetup: 'tests/support/postgres.ts',
    // One more than CI has cores, because tests that start and kill processes wait for much of their time. Each of them
    // may hold a speech model of 400 MB.
    maxWorkers: 3,
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
  },
});
