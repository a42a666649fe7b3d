/** Starting one process as an operator does, to see what it says when it may not, or that it can. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustCome } from './pace.ts';
import { freePort } from './servers/debian-postgres.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const ENDS_WITHIN_MS = 60_000;

type Role = 'api' | 'worker';

/** @returns what it said when it ended by itself; '' when it did not */
export async function refusalOfStart(
  role: Role,
  settings: Record<string, string>,
  folder: string,
): Promise<string> {
  const { child, output } = await start(role, settings, folder);
  const inTime = AbortSignal.timeout(ENDS_WITHIN_MS);
  const ended = await once(child, 'exit', { signal: inTime }).catch(() => null);
  if (ended) return output();
  child.kill('SIGKILL');
  return '';
}

/** Until it is ready, and no longer. */
export async function startsAndStops(
  role: Role,
  settings: Record<string, string>,
  folder: string,
): Promise<void> {
  const { child, url, output } = await start(role, settings, folder);
  await mustCome(
    `a start of the ${role} (${output()})`,
    async () => child.exitCode !== null || (await fetch(`${url}/health/ready`)).ok,
    ENDS_WITHIN_MS,
  );
  if (child.exitCode !== null) throw new Error(`the ${role} ended: ${output()}`);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function start(role: Role, settings: Record<string, string>, folder: string) {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN, 'serve', '--role', role], {
    env: {
      PATH: process.env.PATH,
      AFTERWORD_DATA_DIR: folder,
      AFTERWORD_BLOBS: join(folder, 'blobs'),
      AFTERWORD_LOG_FILE: join(folder, 'log'),
      AFTERWORD_PORT: String(port),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const output = () => text.trim();
  return { child, url: `http://127.0.0.1:${port}`, output, log: () => readFile(join(folder, 'log'), 'utf8') };
}
