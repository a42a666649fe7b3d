/**
 * What open event streams cost, and how long an event takes from its commit to the client while a worker is busy.
 * 1,000 streams of 20 people at one api process; each person sends recordings, which a worker transcribes at a simulated
 * provider. The delay is the time from just before the commit, as the event tells it, to its arrival.
 *
 *   npm run bench:events               about 60 s
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { startServing } from './serving.ts';

new Command('bench:events')
  .description('memory and CPU of 1,000 event streams, and the delay of an event')
  .parse();

const SPEECH = new URL('../tests/fixtures/speech/two-cities.wav', import.meta.url);
const PEOPLE = 20;
const STREAMS_EACH = 50;
const ROUNDS = 10;
const KB = 1024;
const TICKS_PER_SECOND = 100;
const SETTLE_MS = 3_000;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 200 } });
const server = await startServing({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
});
try {
  const api = apiOf(server.process.pid ?? 0);
  const delays: number[] = [];
  const before = costOf(api);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  let open = 0;
  for (let n = 0; n < PEOPLE * STREAMS_EACH; n++) {
    const headers = { 'x-afterword-user': `person-${n % PEOPLE}` };
    get(`${server.url}/api/v1/events`, { agent, headers }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.once('data', () => {
        open += 1;
      });
      response
        .on('error', () => {})
        .on('data', (chunk: string) => {
          const nowMs = Date.now();
          text += chunk;
          const lines = text.split('\n');
          text = lines.pop() ?? '';
          for (const line of lines) {
            const [, atMs] = /^data: .*"atMs":(\d+),"data"/.exec(line) ?? [];
            if (atMs) delays.push(nowMs - Number(atMs));
          }
        });
    }).on('error', () => {});
    if (n % 50 === 49) await delay(20);
  }
  while (open < PEOPLE * STREAMS_EACH) await delay(50);
  await delay(SETTLE_MS);
  const opened = costOf(api);
  const idleFrom = costOf(api);
  await delay(SETTLE_MS);
  const idle = costOf(api).cpuSeconds - idleFrom.cpuSeconds;
  const audio = readFileSync(SPEECH);
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: PEOPLE }, async (_, n) => {
        const startedAtMs = Date.UTC(2026, 2, 3) + round * 600_000;
        const bytes = new Uint8Array(audio);
        // Other bytes each time, so that each is another recording.
        new DataView(bytes.buffer).setUint16(bytes.byteLength - 2, round * PEOPLE + n);
        const path = `/api/v1/recordings?name=a.wav&startedAtMs=${startedAtMs}`;
        const headers = { 'x-afterword-user': `person-${n}`, 'content-type': 'application/octet-stream' };
        await (await fetch(`${server.url}${path}`, { method: 'POST', headers, body: bytes })).text();
      }),
    );
    await delay(500);
  }
  await delay(SETTLE_MS);
  delays.sort((a, b) => a - b);
  const quantile = (share: number) => delays[Math.floor(delays.length * share)] ?? 0;
  console.log(`| open streams | api memory | CPU while idle |\n|---|---|---|`);
  console.log(`| 0 | ${mb(before.bytes)} | |`);
  console.log(`| ${open} | ${mb(opened.bytes)} | ${((idle / SETTLE_MS) * 100_000).toFixed(1)} % |`);
  console.log(
    `\n${delays.length} events: p50 ${quantile(0.5)} ms, p90 ${quantile(0.9)} ms, p99 ${quantile(0.99)} ms`,
  );
  agent.destroy();
} finally {
  await server.close();
  await providers.close();
}

/** The child of the server that runs the api. */
function apiOf(parent: number): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const isApi = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('api');
  const api = children.find(isApi);
  if (api === undefined) throw new Error('the server runs no api');
  return api;
}

function costOf(pid: number): { bytes: number; cpuSeconds: number } {
  const [, pages] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { bytes: Number(pages) * KB, cpuSeconds: ticks / TICKS_PER_SECOND };
}

function mb(bytes: number): string {
  return `${(bytes / KB / KB).toFixed(0)} MB`;
}
