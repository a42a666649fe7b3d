/**
 * What `afterword push` costs on a bad link: a folder of 500 MB over a link that is cut 50 times, to a server that is killed
 * 5 times; and tus beside writing the same bytes with fsync, with the server's memory while 200 files arrive at once.
 *
 *   npm run bench:push                  or with MB, cuts and kills: npm run bench:push -- 100 10 2
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiProcess } from '../tests/support/api-process.ts';
import { pushOverBadLink } from '../tests/support/bad-link.ts';
import { startMeasuredPostgres } from './measured-postgres.ts';
import { residentMemory } from './process-memory.ts';

const MB = 1024 * 1024;
const MOST_SENT = 1.1;
const LEAST_OF_WRITING = 0.6;
const SPEED_BYTES = 256 * MB;
const TOGETHER = 200;
const TOGETHER_BYTES = 1 * MB;
const [folderMb = 500, cuts = 50, kills = 5] = process.argv.slice(2).map(Number);

const postgres = await startMeasuredPostgres();
const api = new ApiProcess(postgres.databaseUrl, {
  AFTERWORD_LOG_LEVEL: 'fatal',
  // One person sends all of it here.
  AFTERWORD_PERSON_REQUESTS_PER_MINUTE: '100000',
});
await api.start();
const folder = await mkdtemp(join(tmpdir(), 'afterword-bench-push-'));
try {
  const link = await pushOverBadLink(api, folder, { bytes: folderMb * MB, cuts, kills });
  console.log(
    `${folderMb} MB in ${link.files} files over a link that was cut ${link.cuts} times, the server killed ${link.kills} times:`,
  );
  console.table({
    'sent over the link, of the bytes': `${link.sentShare.toFixed(3)}, goal <= ${MOST_SENT}`,
    'recordings stored': `${link.stored} of ${link.files}`,
    requests: link.requests,
    ...Object.fromEntries(
      Object.entries(link.sentBy).map(([request, share]) => [`of it by ${request}`, share.toFixed(4)]),
    ),
    took: `${(link.tookMs / 1000).toFixed(1)} s`,
  });

  const content = randomBytes(SPEED_BYTES);
  await sendByTus(content.subarray(0, 8 * MB));
  const writing: number[] = [];
  const sending: number[] = [];
  for (let run = 0; run < 3; run++) {
    content.writeUInt32LE(run);
    writing.push(await timed(() => writeDurably(content)));
    sending.push(await timed(() => sendByTus(content)));
  }
  const speed = Math.min(...writing) / Math.min(...sending);
  console.log(
    `a file of ${SPEED_BYTES / MB} MB by tus in one request, beside writing it with fsync, the best of 3:`,
  );
  console.table({
    tus: `${((SPEED_BYTES / MB / Math.min(...sending)) * 1000).toFixed(0)} MB/s`,
    write: `${((SPEED_BYTES / MB / Math.min(...writing)) * 1000).toFixed(0)} MB/s`,
    'tus over writing': `${speed.toFixed(2)}, goal >= ${LEAST_OF_WRITING}`,
  });

  const idle = (await residentMemory(api.pid)).api;
  let peak = idle;
  const watching = setInterval(async () => {
    peak = Math.max(peak, (await residentMemory(api.pid)).api);
  }, 50);
  await Promise.all(Array.from({ length: TOGETHER }, () => sendByTus(randomBytes(TOGETHER_BYTES))));
  clearInterval(watching);
  console.log(`${TOGETHER} files of ${TOGETHER_BYTES / MB} MB by tus at once; the api's resident memory:`);
  console.table({ before: `${idle.toFixed(0)} MB`, peak: `${peak.toFixed(0)} MB` });
  process.exitCode =
    link.sentShare <= MOST_SENT && link.stored === link.files && speed >= LEAST_OF_WRITING ? 0 : 1;
} finally {
  await api.remove();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
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

async function sendByTus(content: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { 'tus-resumable': '1.0.0' };
  const name = Buffer.from('recording.bin').toString('base64');
  const begun = await fetch(`${api.url}/api/v1/resumable`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(content.byteLength),
      'upload-metadata': `filename ${name}`,
    },
  });
  const refusal = await begun.text();
  if (begun.status !== 201) throw new Error(`${begun.status}: ${refusal}`);
  const sent = await fetch(`${api.url}${begun.headers.get('location')}`, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Blob([content]),
  });
  if (sent.status !== 204) throw new Error(`${sent.status}: ${await sent.text()}`);
}
