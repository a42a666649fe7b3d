/**
 * Runs before each unit test file and fails its tests when they leave their own process: a unit test has no database,
 * no server, no process and no thread of its own. Node announces each of them on a channel.
 */
import { subscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeEach } from 'vitest';

const FORBIDDEN = {
  'net.client.socket': 'a network connection',
  'net.server.socket': 'a server',
  child_process: 'a process',
  worker_threads: 'a thread',
};

const used = new Set<string>();
for (const [channel, what] of Object.entries(FORBIDDEN)) subscribe(channel, () => used.add(what));

function refuse(): void {
  if (used.size === 0) return;
  const list = [...used].join(' and ');
  used.clear();
  throw new Error(
    `A unit test used ${list}. Name the file *.test.ts, or *.process.test.ts where it starts processes.`,
  );
}

beforeEach(refuse);
afterEach(refuse);
afterAll(refuse);
