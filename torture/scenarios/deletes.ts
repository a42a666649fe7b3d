/** Deletions in the middle of everything: uploads of the same bytes, kills, a store that fails, holds back or forgets. */
import { setTimeout as delay } from 'node:timers/promises';
import { type S3Server, startS3Server } from '../../tests/support/s3-server.ts';
import { eventually, mustCome, seconds } from '../pace.ts';
import { type Findings, type Ground, type Scenario, sizeOf } from '../scenario.ts';
import { Senders, type SmallFile, StoredContents, smallFile } from '../senders.ts';
import { openWorld, type World } from '../world.ts';

const ME = '/api/v1/me';
/** The first pause of the sweep is 10 s, and the next one 20. */
const FREED_WITHIN_MS = 90_000;

interface Scene {
  ground: Ground;
  world: World;
  s3: S3Server;
  senders: Senders;
  contents: StoredContents;
  findings: Findings;
}

export const deletes: Scenario = {
  name: 'deletes',
  promises: 'what is deleted goes, whatever dies or fails meanwhile, and takes nobody else a byte',
  async run(ground) {
    const s3 = await startS3Server();
    const findings: Findings = { table: [], broken: [], notes: [] };
    const world = await openWorld(ground, {
      apis: 2,
      workers: 0,
      behaviour: {},
      settings: {
        AFTERWORD_BLOBS: `s3://torture/audio?endpoint=${s3.endpoint}`,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      },
    });
    try {
      const contents = new StoredContents(s3.folder, world);
      const scene: Scene = { ground, world, s3, senders: new Senders(world), contents, findings };
      const parts = [secondDeletions, heldBack, sentAgain, besideUploads, killed, storeAway];
      for (const part of parts) await reckon(scene, part);
      return findings;
    } finally {
      await world.close();
      await s3.close();
    }
  },
};

/** Runs one kind, and looks at what it has lost and left. */
async function reckon(scene: Scene, part: (scene: Scene) => Promise<Part>): Promise<void> {
  const { contents, findings, ground, world } = scene;
  const before = await contents.compare();
  const { kind, rounds, answers = {} } = await part(scene);
  const since = performance.now();
  await eventually(async () => (await contents.compare()).left <= before.left, FREED_WITHIN_MS, 500);
  const after = await contents.compare();
  const lost = after.lost - before.lost;
  const left = after.left - before.left;
  const odd = scene.senders.answers.get(500) ?? 0;
  scene.senders.answers.delete(500);
  findings.table.push({
    kind,
    rounds,
    lost,
    'objects left': left,
    'answers 500': odd,
    'freed after': left > 0 ? 'never' : seconds(performance.now() - since),
    ...answers,
  });
  if (lost > 0) findings.broken.push(`${kind}: ${lost} contents are lost that recordings need`);
  if (left > 0) findings.broken.push(`${kind}: ${left} objects are left that nothing needs`);
  if (odd > 0) findings.broken.push(`${kind}: ${odd} answers were 500`);
  ground.say(`${kind}: ${rounds} rounds, lost ${lost}, left ${left}, ${scene.senders.said()}`);
  await forgetEverybody(world, scene);
}

interface Part {
  kind: string;
  rounds: number;
  answers?: Record<string, string | number>;
}

/** What is left by one kind is not to be counted for the next. */
async function forgetEverybody(world: World, { senders }: Scene): Promise<void> {
  const people = await world.ask<{ id: string }>('SELECT id FROM users WHERE deleted_at_ms IS NULL');
  for (const { id } of people) await senders.delete(id, ME);
}

/** Somebody deletes again what they have deleted, while others are being promised the same bytes. */
async function secondDeletions({ ground, senders }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 150, short: 25 });
  for (let round = 0; round < rounds; round++) {
    const file = smallFile(round);
    const { recordingIds } = await senders.uploadSurely('ada', [file]);
    const path = `/api/v1/recordings/${recordingIds[0]}`;
    await senders.delete('ada', path);
    const others = ['bob', 'eve'].map((userId) => senders.upload(userId, [file]));
    const again = [0, 5, 10, 20].map(async (ms) => {
      await delay(ms);
      await senders.delete('ada', path);
    });
    await Promise.all([...others, ...again]);
  }
  return { kind: 'a second deletion beside uploads', rounds };
}

/** A gateway holds a deletion back, for longer than anybody waits, and carries it out when the bytes are restored. */
async function heldBack({ ground, s3, senders }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 2, short: 1 });
  for (let round = 0; round < rounds; round++) {
    const file = smallFile(10_000 + round);
    const { recordingIds } = await senders.uploadSurely('ada-held', [file]);
    const held: string[] = [];
    s3.intercept = ({ method, url = '' }) => method === 'DELETE' && held.push(url) > 0;
    const deleted = senders.delete('ada-held', `/api/v1/recordings/${recordingIds[0]}`);
    await mustCome('a deletion at the gateway', () => held.length > 0, 30_000);
    // Longer than the database lets a transaction sit idle, and shorter than the three attempts.
    await delay(sizeOf(ground, { full: 65_000, short: 1_000 }));
    await senders.uploadSurely('ada-held', [file], { restore: true });
    s3.intercept = null;
    for (const url of held) await fetch(new URL(url, s3.endpoint), { method: 'DELETE' });
    await deleted;
  }
  return { kind: 'a deletion that arrives late', rounds };
}

/** What was deleted is sent again, and so is what belonged to a deleted person. */
async function sentAgain({ ground, senders }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 40, short: 10 });
  const files = Array.from({ length: rounds }, (_, at) => smallFile(20_000 + at));
  const { recordingIds } = await senders.uploadSurely('ada-again', files);
  for (const id of recordingIds) await senders.delete('ada-again', `/api/v1/recordings/${id}`);
  for (const file of files) await senders.upload('ada-again', [file]);
  await senders.uploadSurely('bob-again', files);
  await senders.delete('bob-again', ME);
  for (const file of files) await senders.upload('bob-again', [file]);
  return { kind: 'deleted bytes sent again', rounds: 2 * rounds };
}

/** A person is deleted beside their own uploads: afterwards there is nothing of theirs. */
async function besideUploads({ ground, world, senders, findings }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 25, short: 5 });
  let remained = 0;
  for (let round = 0; round < rounds; round++) {
    const userId = `leaver-${round}`;
    await senders.uploadSurely(userId, [smallFile(0)]);
    const uploads = Array.from({ length: 20 }, (_, at) =>
      senders.upload(userId, [smallFile(at), smallFile(at + 100), smallFile(at + 200)]),
    );
    await delay(round * 4);
    await Promise.all([...uploads, senders.delete(userId, ME)]);
    const rows = await world.ask('SELECT FROM recordings WHERE user_id = $1', [userId]);
    if (rows.length > 0) remained++;
  }
  if (remained > 0) findings.broken.push(`${remained} deleted people had recordings afterwards`);
  return { kind: 'DELETE /me beside uploads', rounds, answers: { 'people with recordings': remained } };
}

/** The process dies in the middle of a deletion of 300 recordings. The client asks again, as it got no answer. */
async function killed({ ground, world, s3, senders, findings }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 4, short: 2 });
  const count = sizeOf(ground, { full: 300, short: 60 });
  let remained = 0;
  for (let round = 0; round < rounds; round++) {
    const userId = `many-${round}`;
    for (let at = 0; at < count; at += 50)
      await senders.uploadSurely(
        userId,
        Array.from({ length: Math.min(50, count - at) }, (_, index): SmallFile => smallFile(at + index)),
      );
    let asked = 0;
    s3.intercept = ({ method }) => {
      if (method !== 'DELETE' || ++asked !== 20) return false;
      for (const api of world.fleet.apis) api.killNow();
      return false;
    };
    const deleting = senders.delete(userId, ME);
    // Half of them die earlier: while the rows are being deleted.
    if (round % 2 === 1) {
      await delay(5 + round * 10);
      for (const api of world.fleet.apis) api.killNow();
    }
    await deleting;
    s3.intercept = null;
    for (const api of world.fleet.apis) {
      await api.kill();
      api.start();
    }
    await world.fleet.ready();
    await mustCome(
      'an answer to the deletion',
      async () => (await senders.delete(userId, ME)) === 204,
      60_000,
    );
    const rows = await world.ask('SELECT FROM recordings WHERE user_id = $1', [userId]);
    remained += rows.length;
  }
  if (remained > 0) findings.broken.push(`${remained} recordings of deleted people remained`);
  return { kind: `kill -9 in a DELETE /me of ${count}`, rounds };
}

/** The store is away while recordings and people are deleted. Nobody asks again. */
async function storeAway({ ground, s3, senders }: Scene): Promise<Part> {
  const rounds = sizeOf(ground, { full: 10, short: 4 });
  const files = Array.from({ length: rounds }, (_, at) => smallFile(30_000 + at));
  const { recordingIds } = await senders.uploadSurely('ada-away', files);
  await senders.uploadSurely('bob-away', [smallFile(40_000), smallFile(40_001)]);
  await s3.stop();
  const answers: number[] = [];
  for (const id of recordingIds) answers.push(await senders.delete('ada-away', `/api/v1/recordings/${id}`));
  answers.push(await senders.delete('bob-away', ME));
  await s3.start();
  return {
    kind: 'deletions without a store',
    rounds: rounds + 1,
    answers: { 'answers 204': answers.filter((status) => status === 204).length },
  };
}
