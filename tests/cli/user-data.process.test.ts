import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { Person } from '../pipeline/person.ts';
import { plainEnvironment, useServer } from '../support/server.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const server = useServer({ AFTERWORD_MODEL: 'tiny' });

async function users(...command: string[]): Promise<string> {
  const env = { ...plainEnvironment(), AFTERWORD_DATA_DIR: server.dataDir };
  const { stdout } = await run(process.execPath, [MAIN, 'users', ...command], { env });
  return stdout.trim();
}

test('what is a person’s is exported into a file and deleted from the command line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-users-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ada = new Person(server, 'ada');
  const file = { name: 'memo_1774000000.wav', bytes: new TextEncoder().encode('no audio') };
  await ada.uploadDone((await ada.upload([file])).id);
  const to = join(folder, 'ada.tar');
  expect(await users('export', 'ada', '--to', to)).toBe(`Everything of ada is in ${to}.`);
  expect((await stat(to)).mode & 0o777).toBe(0o600);
  const { stdout: names } = await run('tar', ['-tf', to]);
  expect(names).toMatch(/^audio\/rec_[\w-]+-memo_1774000000\.wav$/m);
  expect((await run('tar', ['-xOf', to, '--wildcards', 'audio/*'])).stdout).toBe('no audio');

  await expect(users('export', 'eve', '--to', join(folder, 'eve.tar'))).rejects.toThrow(
    'There is nobody with the id "eve".',
  );
  expect(await readdir(folder)).toEqual(['ada.tar']);
  await expect(users('delete', 'ada')).rejects.toThrow('say --yes');
  expect(await users('delete', 'ada', '--yes')).toContain('Everything of ada was deleted.');
  expect(await server.query((db) => db.selectFrom('recordings').select('id').execute())).toEqual([]);
  await expect(users('export', 'ada', '--to', to)).rejects.toThrow('There is nobody');
}, 120_000);
