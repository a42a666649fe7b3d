import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder, makeFolderSync } from '../src/folders.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-folders-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('makes what is missing, and leaves what is there', async () => {
  const folder = await scratch();
  for (const path of [join(folder, 'a', 'b', 'c'), join(folder, 'a', 'b', 'c'), join(folder, 'a')]) {
    await makeFolder(path, 0o700);
    makeFolderSync(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  }
});

it('says that a file stands in the way', async () => {
  const folder = await scratch();
  await writeFile(join(folder, 'file'), '');
  await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST', syscall: 'mkdir' });
  await expect(makeFolder(join(folder, 'file', 'in'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(() => makeFolderSync(join(folder, 'file', 'in'))).toThrow('ENOTDIR');
});

it.runIf(existsSync('/proc/self'))('ends where the system takes no folder', async () => {
  await expect(makeFolder('/proc/afterword/data')).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'mkdir',
  });
  expect(() => makeFolderSync('/proc/afterword/data')).toThrow('ENOENT');
});
