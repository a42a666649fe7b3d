/** The package as strangers get it: built, judged by publint, packed, and installed in a folder that holds nothing else. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { buildClient } from '../../packages/client/build.ts';
import { startApi } from '../support/api.ts';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('../../packages/client/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PROGRAM = `
import { type Conversation, createClient, orThrow } from '@afterword/client';

const afterword = createClient({ baseUrl: process.argv[2] ?? '', headers: { 'x-afterword-user': 'anna' } });
const page = orThrow(await afterword.GET('/api/v1/conversations', { params: { query: { limit: 5 } } }));
const titles: (Conversation['title'])[] = page.conversations.map(({ title }) => title);
console.log(JSON.stringify({ count: page.conversations.length, titles }));
`;

it('is clean by publint, and its tarball compiles and works in an empty folder', async () => {
  const dist = await buildClient();
  const { stdout: verdict } = await run('npm', ['run', 'judge', '-w', 'packages/client'], { cwd: ROOT });
  expect(verdict).toContain('All good!');

  const folder = await mkdtemp(join(tmpdir(), 'afterword-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const npm = (...words: string[]) => run('npm', [...words, '--loglevel=error'], { cwd: folder });
  const { stdout: tarball } = await npm('pack', dist, '--pack-destination', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm('install', `./${tarball.trim()}`, '--prefer-offline', '--no-audit', '--no-fund');
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  const compiler = join(PACKAGE, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  await run(
    process.execPath,
    [compiler, '--strict', '--module', 'nodenext', '--target', 'es2023', ...types, 'program.ts'],
    {
      cwd: folder,
    },
  );

  const { url } = await startApi();
  const { stdout } = await run(process.execPath, ['program.js', url], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({ count: 0, titles: [] });
});

it('the OpenAPI document has no error by Redocly and by Spectral', async () => {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off' };
  const { stdout } = await run('npm', ['run', 'lint:api'], { cwd: ROOT, env });
  expect(stdout).toContain('0 errors');
});
