/**
 * What accepting costs: the time from the last byte of a 32 MB body to the 202 on an idle server, its speed beside that of
 * writing the same bytes with fsync, how much the server's memory grows while ten such bodies arrive at once, and how long
 * bodies of 1.9 MB take while nothing else is done and while the worker hears as much as it can.
 *
 *   npm run bench:accept
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { quantile } from '../torture/pace.ts';
import { startBareServer } from './bare-server.ts';
import { BodySender } from './body-sender.ts';
import { omiCase } from './omi-case/recording.ts';
import { residentMemory } from './process-memory.ts';
import { judgeGoals } from './report/goals.ts';
import { startServing } from './serving.ts';

new Command('bench:accept')
  .description('time to the 202, speed beside writing the same bytes, and memory while large bodies arrive')
  .parse();

const MB = 1024 * 1024;
const BODY_BYTES = 32 * MB;
/** Whole chunks of what is sent, 1.9 MB. */
const SMALL_BYTES = 30 * 64 * 1024;
const SMALL_RUNS = 100;
const MOST_OF_IDLE = 2;
const LEAST_OF_WRITING = 0.7;
/** Eight minutes of speech each: the worker is busy with them for longer than the measurement takes. */
const BUSY_WITH = 4;
const TOGETHER = 10;
const RUNS = 10;

const server = await startServing();
const bare = await startBareServer();
const sender = new BodySender();
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
  const acceptingMs: number[] = [];
  const writingMs: number[] = [];
  const bareMs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    // One of each in turn, so that both meet the same disk.
    writingMs.push(await writeDurably(BODY_BYTES));
    acceptingMs.push(await sender.send({ url: server.url, by: 'form', bytes: BODY_BYTES, content: run }));
    bareMs.push(await sender.send({ url: bare.url, by: 'raw', bytes: BODY_BYTES, content: run }));
    answerMs.push(await post(url, BODY_BYTES));
  }
  const speed = quantile(writingMs, 0.5) / quantile(acceptingMs, 0.5);
  console.log('a 32 MB body from its first byte to the 202, beside writing the same bytes with fsync:');
  console.table({
    'accept (median)': ms(quantile(acceptingMs, 0.5)),
    'write (median)': ms(quantile(writingMs, 0.5)),
    'a bare server that receives, hashes and writes (median)': ms(quantile(bareMs, 0.5)),
    'speed of accepting over a bare server': (quantile(bareMs, 0.5) / quantile(acceptingMs, 0.5)).toFixed(2),
    'speed of accepting over writing': `${speed.toFixed(2)}, goal >= ${LEAST_OF_WRITING}`,
  });
  answerMs.sort((a, b) => a - b);
  console.log(`202 after the last byte of a 32 MB body, ${RUNS} runs one after the other:`);
  console.table({ min: ms(answerMs[0]), median: ms(answerMs[RUNS / 2]), max: ms(answerMs.at(-1)) });

  await delay(2000);
  const idleMs = await small(url);
  for (let n = 0; n < BUSY_WITH; n++) await sendSpeech(n);
  await delay(3000);
  const busyMs = await small(url);
  const ratio = quantile(busyMs, 0.99) / quantile(idleMs, 0.99);
  console.log(`a 1.9 MB body from its first byte to the 202, ${SMALL_RUNS} one after the other:`);
  console.table({
    idle: { p50: ms(quantile(idleMs, 0.5)), p99: ms(quantile(idleMs, 0.99)) },
    saturated: { p50: ms(quantile(busyMs, 0.5)), p99: ms(quantile(busyMs, 0.99)) },
    'p99, ratio': { p50: '', p99: `${ratio.toFixed(2)}, goal <= ${MOST_OF_IDLE}` },
  });
  judgeGoals([
    { what: 'speed of accepting 32 MB over writing them', is: speed, atLeast: LEAST_OF_WRITING },
    { what: 'p99 of 1.9 MB, saturated over idle,', is: ratio, atMost: MOST_OF_IDLE },
  ]);
} finally {
  sender.close();
  bare.close();
  await server.close();
}

async function small(url: URL): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < SMALL_RUNS; run++) {
    const since = performance.now();
    await post(url, SMALL_BYTES);
    times.push(performance.now() - since);
    await delay(20);
  }
  return times;
}

async function sendSpeech(run: number): Promise<void> {
  const startedAtMs = Date.now() - 3_600_000 * (run + 1);
  const sent = await fetch(
    `${server.url}/api/v1/recordings?name=busy-${run}.wav&startedAtMs=${startedAtMs}`,
    {
      method: 'POST',
      headers: { 'content-type': 'audio/wav' },
      body: new Blob([omiCase(run)]),
    },
  );
  if (sent.status !== 202) throw new Error(`${sent.status}: ${await sent.text()}`);
}

/** @returns the milliseconds until as many bytes are on the disk that the server writes to */
async function writeDurably(bytes: number): Promise<number> {
  const chunk = randomBytes(64 * 1024);
  const path = join(tmpdir(), `afterword-bench-write-${process.pid}`);
  const since = performance.now();
  const file = await open(path, 'w');
  for (let sent = 0; sent < bytes; sent += chunk.length) await file.write(chunk);
  await file.sync();
  await file.close();
  const tookMs = performance.now() - since;
  await rm(path);
  return tookMs;
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
  if (!String(answer).startsWith('HTTP/1.1 20')) throw new Error(String(answer));
  socket.destroy();
  return tookMs;
}

function row(idle: number, peak: number) {
  return { 'idle MB': Math.round(idle), 'peak MB': Math.round(peak), 'grown MB': Math.round(peak - idle) };
}

function ms(value = Number.NaN): string {
  return `${value.toFixed(1)} ms`;
}
