/**
 * What `afterword push` costs on a bad link: a folder of 500 MB over a link that is cut 50 times, to a server that is killed
 * 5 times; and tus beside writing the same bytes with fsync, with the server's memory while 200 files arrive at once.
 *
 *   npm run bench:push
 *   npm run bench:push -- --s3          the audio in a bucket of s3rver, as a process beside it
 *   npm run bench:push -- --only link --mb 100 --cuts 10 --kills 2
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { ApiProcess } from '../tests/support/api-process.ts';
import { pushOverBadLink } from '../tests/support/bad-link.ts';
import { startBareServer } from './bare-server.ts';
import { BodySender, type SentBy } from './body-sender.ts';
import { startMeasuredPostgres } from './measured-postgres.ts';
import { residentMemory } from './process-memory.ts';

const MB = 1024 * 1024;
const LEAST_OF_WRITING = 0.6;
const SPEED_BYTES = 256 * MB;
const SPEED_RUNS = 3;
const TOGETHER = 200;
const TOGETHER_MB = [1, 4];
/** Of the peak with small files. */
const MOST_OF_SMALL = 1.25;
const PARTS = ['link', 'speed', 'memory'];

const asked = new Command('bench:push')
  .option('--mb <number>', 'size of the folder', Number, 500)
  .option('--cuts <number>', 'how often the link is cut', Number, 50)
  .option('--kills <number>', 'how often the server is killed', Number, 5)
  .option('--s3', 'a bucket in place of a folder', false)
  .option('--only <parts...>', `some of ${PARTS.join(', ')}`, PARTS)
  .parse()
  .opts<{ mb: number; cuts: number; kills: number; s3: boolean; only: string[] }>();
/** A bucket has no objects that grow: a kill costs a whole chunk. */
const mostSent = asked.s3 ? 1.3 : 1.1;

const postgres = await startMeasuredPostgres();
const bucket = asked.s3 ? await startBucket() : null;
const api = new ApiProcess(postgres.databaseUrl, {
  AFTERWORD_LOG_LEVEL: 'fatal',
  AFTERWORD_MAX_FILE_BYTES: String(SPEED_BYTES),
  // One person sends all of it here.
  AFTERWORD_PERSON_REQUESTS_PER_MINUTE: '100000',
  ...bucket?.settings,
});
await api.start();
const folder = await mkdtemp(join(tmpdir(), 'afterword-bench-push-'));
const missed: string[] = [];
try {
  if (asked.only.includes('link')) await overBadLink();
  if (asked.only.includes('speed')) await besideWriting();
  if (asked.only.includes('memory')) await manyAtOnce();
  for (const goal of missed) console.log(`missed: ${goal}`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  await api.remove();
  bucket?.process.disconnect();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function overBadLink(): Promise<void> {
  const { mb, cuts, kills } = asked;
  const link = await pushOverBadLink(api, folder, { bytes: mb * MB, cuts, kills });
  console.log(
    `${mb} MB in ${link.files} files over a link that was cut ${link.cuts} times, the server killed ${link.kills} times:`,
  );
  console.table({
    'sent over the link, of the bytes': `${link.sentShare.toFixed(3)}, goal <= ${mostSent}`,
    'recordings stored': `${link.stored} of ${link.files}`,
    requests: link.requests,
    ...Object.fromEntries(
      Object.entries(link.sentBy).map(([request, share]) => [`of it by ${request}`, share.toFixed(4)]),
    ),
    took: `${(link.tookMs / 1000).toFixed(1)} s`,
  });
  if (link.sentShare > mostSent) missed.push('what is sent');
  if (link.stored !== link.files) missed.push('each file once');
}

/** All of it in one run, each in turn, so that all meet the same disk. */
async function besideWriting(): Promise<void> {
  const content = randomBytes(SPEED_BYTES);
  const sender = new BodySender();
  const [bare, discarding] = [await startBareServer(), await startBareServer({ discards: true })];
  const times = new Map<string, number[]>();
  let count = 0;
  const send = async (url: string | null, by: SentBy, bytes = SPEED_BYTES) =>
    await sender.send({ url: url ?? '', by, bytes, content: ++count });
  const ways: Record<string, () => Promise<number>> = {
    'writing with fsync': () => timed(() => writeDurably(content)),
    'the sender, to a server that discards': () => send(discarding.url, 'raw'),
    'a bare server: receive, hash, write, fsync': () => send(bare.url, 'raw'),
    'an upload in one request': () => send(api.url, 'form'),
    tus: () => send(api.url, 'tus'),
  };
  try {
    await send(api.url, 'tus', 8 * MB);
    for (let run = 0; run < SPEED_RUNS; run++)
      for (const [way, go] of Object.entries(ways)) times.set(way, [...(times.get(way) ?? []), await go()]);
  } finally {
    sender.close();
    bare.close();
    discarding.close();
  }
  const best = (way: string) => Math.min(...(times.get(way) ?? []));
  const [writing, bareMs] = [best('writing with fsync'), best('a bare server: receive, hash, write, fsync')];
  console.log(`a file of ${SPEED_BYTES / MB} MB, the best of ${SPEED_RUNS}:`);
  console.table(
    Object.fromEntries(
      Object.keys(ways).map((way) => [
        way,
        {
          'MB/s': Math.round((SPEED_BYTES / MB / best(way)) * 1000),
          'of writing': (writing / best(way)).toFixed(2),
          'of a bare server': (bareMs / best(way)).toFixed(2),
        },
      ]),
    ),
  );
  const speed = writing / best('tus');
  console.log(`tus over writing: ${speed.toFixed(2)}, goal >= ${LEAST_OF_WRITING}`);
  if (speed < LEAST_OF_WRITING && !asked.s3) missed.push('the speed of tus');
}

/** Flat is what does not grow with the files' size. */
async function manyAtOnce(): Promise<void> {
  const rows: Record<string, string> = { before: `${(await residentMemory(api.pid)).api.toFixed(0)} MB` };
  const peaks: number[] = [];
  for (const mb of TOGETHER_MB) {
    const shared = randomBytes(mb * MB);
    let peak = 0;
    const watching = setInterval(async () => {
      peak = Math.max(peak, (await residentMemory(api.pid)).api);
    }, 50);
    await Promise.all(Array.from({ length: TOGETHER }, () => sendByTus(randomBytes(16), shared)));
    clearInterval(watching);
    rows[`peak, of ${mb} MB each`] = `${peak.toFixed(0)} MB`;
    peaks.push(peak);
  }
  const [small = 0, large = 0] = peaks;
  rows['large over small'] = `${(large / small).toFixed(2)}, goal <= ${MOST_OF_SMALL}`;
  if (large > small * MOST_OF_SMALL) missed.push('memory that does not grow with the files');
  console.log(`${TOGETHER} files by tus at once; the api's resident memory:`);
  console.table(rows);
}

async function startBucket() {
  const child = fork(fileURLToPath(new URL('s3-process.ts', import.meta.url)));
  const [told] = (await once(child, 'message')) as [
    { endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } },
  ];
  const settings = {
    AFTERWORD_BLOBS: `s3://bench/audio?endpoint=${told.endpoint}`,
    AWS_ACCESS_KEY_ID: told.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: told.credentials.secretAccessKey,
  };
  return { process: child, settings };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

async function writeDurably(content: Uint8Array): Promise<void> {
  const file = await open(join(folder, 'written'), 'w');
  for (let at = 0; at < content.byteLength; at += 64 * 1024)
    await file.write(content.subarray(at, at + 64 * 1024));
  await file.sync();
  await file.close();
}

async function sendByTus(...content: Uint8Array<ArrayBuffer>[]): Promise<void> {
  const headers = { 'tus-resumable': '1.0.0' };
  const name = Buffer.from('recording.bin').toString('base64');
  const body = new Blob(content);
  const metadata = { 'upload-length': String(body.size), 'upload-metadata': `filename ${name}` };
  const begun = await whenTaken(201, () =>
    fetch(`${api.url}/api/v1/resumable`, { method: 'POST', headers: { ...headers, ...metadata } }),
  );
  const type = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  await whenTaken(204, () =>
    fetch(`${api.url}${begun.headers.get('location')}`, {
      method: 'PATCH',
      headers: { ...headers, ...type },
      body,
    }),
  );
}

/** With more at once than the server takes, it says when to come again. */
async function whenTaken(status: number, ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await ask();
    const text = await answer.text();
    if (answer.status === status) return answer;
    if (answer.status !== 503) throw new Error(`${answer.status}: ${text}`);
    await delay(1000 * Number(answer.headers.get('retry-after') ?? 1));
  }
}
