/** The package as strangers get it: built, judged by publint, packed, and installed in a folder that holds nothing else. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { buildClient } from '../../packages/client/build.ts';
import { createKey } from '../../src/sign-in/keys.ts';
import type { Scope } from '../../src/sign-in/scopes.ts';
import { secret, startApi } from '../support/api.ts';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('../../packages/client/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The page's own example, at this server and key, with a file that it says at once not to hear. */
async function exampleOf(url: string, token: string): Promise<string> {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(await readFile(join(PACKAGE, 'README.md'), 'utf8')) ?? [];
  return code
    .replace('http://127.0.0.1:4747', url)
    .replace('an API key', token)
    .replace('memo_1774000000.wav', 'noted.wav');
}

it('is clean by publint, and the example of its page compiles and works with its tarball in an empty folder', async () => {
  const dist = await buildClient();
  const { stdout: verdict } = await run('npm', ['run', 'judge', '-w', 'packages/client'], { cwd: ROOT });
  expect(verdict).toContain('All good!');

  const folder = await mkdtemp(join(tmpdir(), 'afterword-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const npm = (...words: string[]) => run('npm', [...words, '--loglevel=error'], { cwd: folder });
  const { stdout: tarball } = await npm('pack', dist, '--pack-destination', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm('install', `./${tarball.trim()}`, '--prefer-offline', '--no-audit', '--no-fund');
  const api = await startApi({ modes: ['keys'], singleUser: false });
  const keys = secret.keyFor('api keys');
  const named = { userId: 'anna', name: 'x', scopes: ['read', 'upload'] as Scope[], expiresAtMs: null };
  const { token } = await createKey(api.db, keys, named, 'UTC');
  await writeFile(join(folder, 'program.ts'), await exampleOf(api.url, token));
  await writeFile(join(folder, 'noted.wav'), 'when was it?');
  const compiler = join(PACKAGE, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  await run(
    process.execPath,
    [compiler, '--strict', '--module', 'nodenext', '--target', 'es2023', ...types, 'program.ts'],
    {
      cwd: folder,
    },
  );

  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
  expect(stdout).toMatch(/^snapshot \{/);
  expect(stdout).toMatch(/^not_found .*\n$/m);
});

it('the OpenAPI document has no error by Redocly and by Spectral', async () => {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off' };
  const { stdout } = await run('npm', ['run', 'lint:api'], { cwd: ROOT, env });
  expect(stdout).toContain('0 errors');
});
