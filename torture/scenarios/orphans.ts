/** What uploads leave that were refused, broke off or died, on both stores; and uploads that look as old as it does. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startS3Server } from '../../tests/support/s3-server.ts';
import { eventually, seconds } from '../pace.ts';
import { type Findings, type Ground, type Scenario, sizeOf } from '../scenario.ts';
import { Senders, StoredContents, smallFile } from '../senders.ts';
import { openWorld, type World } from '../world.ts';

const MAX_FILE_BYTES = 8_000_000;
/** Between two rounds of the search is a minute. */
const FOUND_WITHIN_MS = 180_000;
/** Four senders of two files each. */
const UNDER_WAY = 8;

export const orphans: Scenario = {
  name: 'orphans',
  promises:
    'what is refused or breaks off leaves nothing, and what a killed process leaves is found; nothing else goes',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const folder = join(ground.folder, 'audio');
    await mkdir(folder);
    await search(ground, findings, { store: 'folder', folder, settings: { AFTERWORD_BLOBS: folder } });
    const s3 = await startS3Server();
    try {
      await search(ground, findings, {
        store: 'S3',
        folder: s3.folder,
        settings: {
          AFTERWORD_BLOBS: `s3://torture/audio?endpoint=${s3.endpoint}`,
          AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        },
      });
    } finally {
      await s3.close();
    }
    return findings;
  },
};

interface Store {
  store: string;
  folder: string;
  settings: Record<string, string>;
}

async function search(ground: Ground, findings: Findings, { store, folder, settings }: Store): Promise<void> {
  const world = await openWorld(ground, {
    apis: 2,
    workers: 0,
    behaviour: {},
    settings: { ...settings, AFTERWORD_MAX_FILE_BYTES: String(MAX_FILE_BYTES) },
  });
  try {
    const senders = new Senders(world);
    const contents = new StoredContents(folder, world);
    const rounds = sizeOf(ground, { full: 60, short: 12 });
    await refused(senders, rounds);
    await brokenOff(world, rounds);
    await eventually(async () => (await contents.compare()).left === 0, 10_000);
    const { left: leftByRefusals } = await contents.compare();
    await killedInUploads(world, senders, contents, sizeOf(ground, { full: 12, short: 3 }));
    const { left: leftByKills } = await contents.compare();

    // Uploads go on, and all that they store looks as old as what was left.
    let isOver = false;
    const since = performance.now();
    const uploading = Promise.all(
      Array.from({ length: 4 }, async (_, sender) => {
        for (let at = 0; !isOver; at++) {
          await senders.uploadSurely(`steady-${sender}`, [smallFile(at), smallFile(at + 50_000)]);
        }
      }),
    );
    const aging = (async () => {
      while (!isOver) {
        await contents.age();
        if (ground.short) await hurry(world);
        await delay(100);
      }
    })();
    const found = await eventually(
      async () => (await contents.compare()).left <= UNDER_WAY,
      ground.short ? 60_000 : FOUND_WITHIN_MS,
      1_000,
    );
    const tookMs = performance.now() - since;
    isOver = true;
    await Promise.all([uploading, aging]);
    await contents.age();
    const cleaned = await eventually(
      async () => {
        if (ground.short) await hurry(world);
        return (await contents.compare()).left === 0;
      },
      found ? FOUND_WITHIN_MS : 5_000,
      500,
    );
    const { lost, left } = await contents.compare();
    findings.table.push({
      store,
      'left by refusals': leftByRefusals,
      'left by kills': leftByKills,
      'first all found': found ? seconds(tookMs) : 'never',
      'left at last': left,
      lost,
      'uploads meanwhile': senders.said(),
    });
    if (leftByRefusals > 0)
      findings.broken.push(`${store}: refused and broken uploads left ${leftByRefusals} objects`);
    if (!cleaned) findings.broken.push(`${store}: ${left} objects stay that nothing refers to`);
    if (lost > 0) findings.broken.push(`${store}: ${lost} contents are lost that recordings need`);
    if ((senders.answers.get(500) ?? 0) > 0) findings.broken.push(`${store}: an upload was answered 500`);
  } finally {
    await world.close();
  }
}

/** A short run does not wait for the pauses between two rounds. */
async function hurry(world: World): Promise<void> {
  await world.ask('UPDATE orphan_search SET next_at_ms = 0').catch(() => {});
}

async function refused(senders: Senders, rounds: number): Promise<void> {
  const large = smallFile(1, randomBytes(MAX_FILE_BYTES + 1));
  for (let round = 0; round < rounds; round++) {
    await senders.upload('refused', [smallFile(round), smallFile(round + 1_000), large]);
  }
  await senders.uploadSurely('gone', [smallFile(2)]);
  await senders.delete('gone', '/api/v1/me');
  for (let round = 0; round < rounds; round++) await senders.upload('gone', [smallFile(round)]);
}

/** A phone that loses its network in the middle of its second file. */
async function brokenOff({ fleet }: World, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { hostname, port } = new URL(fleet.apis[round % fleet.apis.length]?.url ?? '');
    const part = (at: number) =>
      Buffer.concat([
        Buffer.from(
          `--B\r\ncontent-disposition: form-data; name="files"; filename="${smallFile(at).name}"\r\n\r\n`,
        ),
        randomBytes(300_000),
        Buffer.from('\r\n'),
      ]);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(
      `POST /api/v1/recordings HTTP/1.1\r\nhost: localhost\r\nx-afterword-user: broken\r\ncontent-type: multipart/form-data; boundary=B\r\ncontent-length: 9000000\r\n\r\n`,
    );
    socket.write(part(0));
    await new Promise<void>((resolve) => socket.write(part(1).subarray(0, 200_000), () => resolve()));
    await delay(50);
    socket.destroy();
  }
}

/** Both apis die while large and small files arrive. */
async function killedInUploads(
  { fleet }: World,
  senders: Senders,
  contents: StoredContents,
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const before = (await contents.files()).length;
    const uploads = Array.from({ length: 8 }, (_, at) =>
      senders.upload(`killed-${at}`, [
        ...Array.from({ length: 6 }, (_, index) => smallFile(at * 100 + index)),
        smallFile(at, randomBytes(MAX_FILE_BYTES - 1)),
      ]),
    );
    await eventually(async () => (await contents.files()).length >= before + 6 + round * 3, 5_000, 5);
    for (const api of fleet.apis) api.killNow();
    await Promise.all(uploads);
    for (const api of fleet.apis) {
      await api.kill();
      api.start();
    }
    await fleet.ready();
  }
}
