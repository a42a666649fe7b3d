/** How a process ends, or goes on after it stood still, while its threads are inside native code. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PROCESS = fileURLToPath(new URL('./fixtures/native-process.ts', import.meta.url));

function start(env: NodeJS.ProcessEnv = {}): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, [PROCESS], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('a process that exits while a thread is inside native code has its own exit status', async () => {
  // By itself Node ends such a process by SIGABRT, nearly every time.
  for (let time = 0; time < 3; time++) {
    const child = start();
    const said = text(child.stdout);
    expect(await once(child, 'exit')).toEqual([75, null]);
    expect(await said).toBe('mark\n');
  }
});

test('a thread has not stalled when the process stood still for longer than that takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const until = join(folder, 'on');
  const child = start({ AFTERWORD_TEST_UNTIL: until });
  const said = text(child.stdout.on('data', () => begun.resolve()));
  const begun = Promise.withResolvers<void>();
  await begun.promise;
  child.kill('SIGSTOP');
  await delay(2_000);
  child.kill('SIGCONT');
  await writeFile(until, '');
  await once(child, 'exit');
  expect(await said).toBe('mark\ndone\n');
});
