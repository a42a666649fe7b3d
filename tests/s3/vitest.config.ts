import { defineConfig } from 'vitest/config';

/** What needs an S3 beside ours: not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['tests/s3/**/*.suite.ts'],
    globalSetup: 'tests/support/postgres.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
