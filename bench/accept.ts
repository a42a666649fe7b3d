/**
 * What accepting costs: the time from the last byte of a 32 MB body to the 202 on an idle server, and how much the
 * server's memory grows while ten such bodies arrive at once.
 *
 *   npm run bench:accept
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMemory } from './process-memory.ts';
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
  const idle = await residentMemory(Number(server.process.pid));
  let peak = idle;
  const watching = setInterval(async () => {
    const now = await residentMemory(Number(server.process.pid));
    peak = { ...now, api: Math.max(peak.api, now.api), tree: Math.max(peak.tree, now.tree) };
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

function row(idle: number, peak: number) {
  return { 'idle MB': Math.round(idle), 'peak MB': Math.round(peak), 'grown MB': Math.round(peak - idle) };
}

function ms(value = Number.NaN): string {
  return `${value.toFixed(1)} ms`;
}
