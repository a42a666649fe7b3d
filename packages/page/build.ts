/**
 * Builds the page into the folder of its sources' digest, unless that is there already. `npm ci` starts it, and so does a
 * server whose sources have changed since. With --quiet it prints nothing and its exit status stays 0, because an
 * installation is of use without the page, and the server says at its address why there is none.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import { DIST, findPage } from './built.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
/** What is smaller than a packet gains nothing, and sound and pictures are compressed already. */
const WORTH_COMPRESSING = /\.(html|js|css|svg|json|webmanifest|txt)$/;
const SMALLEST_BYTES = 1000;
/** A server that runs on may serve the page that it has begun with, and an older one beside it another. */
const BUILDS_KEPT = 3;

export async function buildPage(): Promise<string> {
  const { folder, isBuilt } = await findPage();
  if (isBuilt) return folder;
  const underWay = `${folder}.${process.pid}`;
  try {
    // Under a test it is `test`, and React would come with all of its warnings, half as large again.
    process.env.NODE_ENV = 'production';
    const { build } = await import('vite');
    await build({
      root: HERE,
      configFile: join(HERE, 'vite.config.ts'),
      logLevel: 'error',
      mode: 'production',
      build: { outDir: underWay, emptyOutDir: true },
    });
    await compressAll(underWay);
    await rename(underWay, folder).catch(async (error) => {
      // Another process was quicker, and built the same.
      if (!(await findPage()).isBuilt) throw error;
    });
  } finally {
    await rm(underWay, { recursive: true, force: true });
  }
  await removeOlder(folder);
  return folder;
}

async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && WORTH_COMPRESSING.test(entry.name));
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      const content = await readFile(file);
      // A nonce is written into this one for each answer.
      if (content.length < SMALLEST_BYTES || name === 'index.html') return;
      const params = { [zlib.BROTLI_PARAM_QUALITY]: 11, [zlib.BROTLI_PARAM_SIZE_HINT]: content.length };
      await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
      await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
    }),
  );
}

async function removeOlder(present: string): Promise<void> {
  const folders = await Promise.all(
    (await readdir(DIST)).map(async (name) => {
      const path = join(DIST, name);
      return { path, atMs: (await stat(path)).mtimeMs };
    }),
  );
  const older = folders.filter(({ path }) => path !== present).sort((a, b) => b.atMs - a.atMs);
  for (const { path } of older.slice(BUILDS_KEPT - 1)) await rm(path, { recursive: true, force: true });
}

if (import.meta.main) {
  const isQuiet = process.argv.includes('--quiet');
  try {
    await mkdir(DIST, { recursive: true });
    const folder = await buildPage();
    if (!isQuiet) console.log(folder);
  } catch (error) {
    if (!isQuiet) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
