#!/usr/bin/env node
/**
 * The blob store against an S3 that is not ours: its conformance suite, and uploads through a proxy that loses, delays
 * and repeats.
 *
 *   npm run test:s3                      starts Ceph's RGW, where Debian's packages are installed
 *   S3_TEST_ENDPOINT=https://… AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… npm run test:s3
 *                                        on a server of yours, in buckets of their own, which are made and removed
 *   npm run test:s3 -- -t quota          whatever Vitest takes
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ADMIN, type Ceph, missingPackages, startCeph } from './ceph.ts';

const VITEST = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));
const CONFIG = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));

async function runSuites(environment: Record<string, string>): Promise<number> {
  const suites = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, ...process.argv.slice(2)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  const [status] = (await once(suites, 'exit')) as [number | null];
  return status ?? 1;
}

const missing = missingPackages();
if (process.env.S3_TEST_ENDPOINT) process.exitCode = await runSuites({});
else if (missing) console.log(`Skipped: Ceph is not installed. ${missing}`);
else {
  const ceph: Ceph = await startCeph();
  console.log(`${ceph.version}\nat ${ceph.endpoint}`);
  try {
    process.exitCode = await runSuites({
      S3_TEST_ENDPOINT: ceph.endpoint,
      S3_TEST_CEPH: ceph.folder,
      AWS_ACCESS_KEY_ID: ADMIN.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ADMIN.secretAccessKey,
    });
  } finally {
    await ceph.stop();
  }
}
