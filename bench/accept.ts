/**
 * What accepting costs: the time from the last byte of a 32 MB body to the 202 on an idle server, and how much the
 * server's memory grows while ten such bodies arrive at once.
 *
 *   npm run bench:accept
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startServing } from './serving.ts';

const MB = 1024 * 1024;
const BODY_BYTES = 32 * MB;
const TOGETHER = 10;
const RUNS = 10;

const server = await startServing();
try {
  const url = new URL(server.url);
  await post(url, 0); // The first request compiles what the others use.

  // Memory first: what the server holds before it ever saw a large body is the harder measure of idle.
  await delay(3000);
  const idle = await memory();
  let peak = idle;
  const watching = setInterval(async () => {
    const now = await memory();
    peak = { api: Math.max(peak.api, now.api), tree: Math.max(peak.tree, now.tree) };
  }, 20);
  const together = await Promise.all(Array.from({ length: TOGETHER }, () => post(url, BODY_BYTES)));
  clearInterval(watching);
  console.log(`${TOGETHER} bodies of 32 MB at once; resident memory:`);
  console.table({
    'api process': row(idle.api, peak.api),
    'whole tree (api, worker, PostgreSQL)': row(idle.tree, peak.tree),
  });
  console.log(`slowest 202 after its last byte, of the ${TOGETHER}: ${ms(Math.max(...together))}`);

  await delay(2000);
  const answerMs: number[] = [];
  for (let run = 0; run < RUNS; run++) answerMs.push(await post(url, BODY_BYTES));
  answerMs.sort((a, b) => a - b);
  console.log(`202 after the last byte of a 32 MB body, ${RUNS} runs one after the other:`);
  console.table({ min: ms(answerMs[0]), median: ms(answerMs[RUNS / 2]), max: ms(answerMs.at(-1)) });
} finally {
  await server.close();
}

/** Sends a body over a bare socket, as fast as it is taken. @returns the milliseconds from its last byte to the answer */
async function post(url: URL, bytes: number): Promise<number> {
  // A name without a time: kept, and not worked on, so that only accepting is measured.
  const name = 'recording.bin';
  const head = `--B\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\n\r\n`;
  const tail = '\r\n--B--\r\n';
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/recordings HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=B\r\n` +
      `content-length: ${head.length + bytes + tail.length}\r\n\r\n${head}`,
  );
  const chunk = randomBytes(64 * 1024);
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  const answered = once(socket, 'data');
  await new Promise((resolve) => socket.write(tail, resolve));
  const lastByteAt = performance.now();
  const [answer] = await answered;
  const tookMs = performance.now() - lastByteAt;
  if (!String(answer).startsWith('HTTP/1.1 202')) throw new Error(String(answer));
  socket.destroy();
  return tookMs;
}

/** Resident megabytes of the api process and of it with all its descendants. */
async function memory(): Promise<{ api: number; tree: number }> {
  let api = 0;
  let tree = 0;
  for (const pid of await descendants(Number(server.process.pid))) {
    const mb = await residentMb(pid);
    tree += mb;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes('api')) api = mb;
  }
  return { api, tree };
}

async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(
    children
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((child) => descendants(Number(child))),
  );
  return [pid, ...below.flat()];
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function row(idle: number, peak: number) {
  return { 'idle MB': Math.round(idle), 'peak MB': Math.round(peak), 'grown MB': Math.round(peak - idle) };
}

function ms(value = Number.NaN): string {
  return `${value.toFixed(1)} ms`;
}
