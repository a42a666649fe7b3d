/**
 * Builds the package as it is published, into packages/client/dist: JavaScript, types and a manifest that names them. Inside
 * this repository everything uses the sources, so nothing has to be built before a start or a test.
 */
import { execFile } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HERE = new URL('./', import.meta.url);
const DIST = new URL('dist/', HERE);

export async function buildClient(): Promise<string> {
  await rm(DIST, { recursive: true, force: true });
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', HERE));
  await run(process.execPath, [tsc, '-p', fileURLToPath(new URL('tsconfig.json', HERE))]);
  const {
    private: _,
    devDependencies: __,
    ...manifest
  } = JSON.parse(await readFile(new URL('package.json', HERE), 'utf8'));
  const published = {
    ...manifest,
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    sideEffects: false,
  };
  await writeFile(new URL('package.json', DIST), `${JSON.stringify(published, null, 2)}\n`);
  await copyFile(new URL('README.md', HERE), new URL('README.md', DIST));
  await copyFile(new URL('../../LICENSE', HERE), new URL('LICENSE', DIST));
  return fileURLToPath(DIST);
}

if (import.meta.main) console.log(await buildClient());
