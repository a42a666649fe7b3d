/** Sends a mixture of hostile and honest requests, and then counts what is lost and what is left over. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { RouteEntry } from '../src/api/route-table.ts';
import { type BlobStore, isKey } from '../src/store/blobs/blob-store.ts';
import { openContent } from '../src/store/blobs/references.ts';
import type { Database } from '../src/store/database.ts';
import { Chance } from './chance.ts';
import { hostileRequest } from './hostile.ts';
import { Person } from './person.ts';
import { type Request, send } from './wire.ts';

export interface Target {
  url: URL;
  routes: readonly RouteEntry[];
  db: Database;
  blobs: BlobStore;
  blobFolder: string;
}

export interface Report {
  requests: number;
  /** Answers by their status, from 500 on with their code: Omi's routes refuse with 500 what a phone is to send again. */
  statuses: Map<string, number>;
  /** Routes by how often they were asked. */
  asked: Map<string, number>;
  /** Whatever must not be, in words: faults of the server, hangs, surprises, what is lost, what is left over. */
  broken: string[];
}

/** One in four is honest. */
const HONEST = 8;
const HOSTILE = 24;
const SETTLE_MS = 20_000;

export async function fuzz(
  target: Target,
  {
    seed,
    requests,
    onProgress = () => {},
  }: { seed: number; requests: number; onProgress?: (done: number) => void },
): Promise<Report> {
  const report: Report = { requests: 0, statuses: new Map(), asked: new Map(), broken: [] };
  const ask = async (request: Request, isOmi = false) => {
    report.requests++;
    onProgress(report.requests);
    const answer = await send(target.url, request).catch((error: Error) => {
      report.broken.push(`hang: ${error.message}`);
      return null;
    });
    if (answer === null) return null;
    const code = answer.status < 500 ? '' : (/"code":"(\w+)"/.exec(answer.body)?.[1] ?? '');
    count(report.statuses, `${answer.status} ${code}`.trim());
    const isFault =
      answer.body.includes('"code":"internal"') || (answer.status >= 500 && answer.status !== 503 && !isOmi);
    if (isFault) report.broken.push(`${answer.status} ${describe(request)}: ${answer.body.slice(0, 300)}`);
    return answer;
  };
  const chance = new Chance(seed);
  const shared = Array.from({ length: 20 }, (_, number) => Buffer.from(`shared ${seed} ${number}`));
  const people = Array.from(
    { length: HONEST },
    (_, number) => new Person(`person-${number}`, new Chance(seed + 1 + number), shared, (one) => ask(one)),
  );
  const share = Math.ceil(requests / (HONEST + HOSTILE));
  const honest = people.map(async (person) => {
    // Some acts are two requests.
    for (let acts = 0; acts < share && report.requests < requests; acts++) await person.act();
  });
  const hostile = Array.from({ length: HOSTILE }, async (_, number) => {
    const own = new Chance(chance.below(2 ** 31) + number);
    const { routes } = target;
    let turn = Math.floor((number * routes.length) / HOSTILE);
    const next = () => routes[turn++ % routes.length] as RouteEntry;
    for (let sent = 0; sent < share; sent++) {
      const ids = people.flatMap(({ kept }) => [...kept.values()].slice(0, 3));
      const { route, ...request } = hostileRequest(own, routes, ids, next);
      count(report.asked, route);
      await ask(request, /^\/v[12]\//.test(request.path));
    }
  });
  await Promise.all([...honest, ...hostile]);
  report.broken.push(...people.flatMap(({ surprises }) => surprises), ...(await verify(target, people)));
  return report;
}

async function verify(target: Target, people: readonly Person[]): Promise<string[]> {
  const { db, blobs, blobFolder } = target;
  const broken: string[] = [];
  const living = await db
    .selectFrom('recordings')
    .leftJoin('blobs', 'blobs.sha256', 'recordings.sha256')
    .select(['id', 'user_id', 'recordings.sha256', 'code', 'object_key'])
    .where('outcome', '<>', 'deleted')
    .execute();
  const ids = new Map(living.map((row) => [row.id, row]));
  for (const { id: user, kept } of people) {
    for (const [sha256, id] of kept) {
      const row = ids.get(id);
      if (row?.user_id !== user || row.sha256 !== sha256) broken.push(`lost: recording ${id} of ${user}`);
      else if ((await hashOf(target, sha256)) !== sha256) broken.push(`lost: what ${id} of ${user} holds`);
    }
  }
  for (const { id, code, object_key: key } of living) {
    if (code !== 'part_too_large' && !(key && (await blobs.has(key))))
      broken.push(`lost: the audio of ${id}`);
  }
  // What was refused last is freed a moment after its answer.
  const used = new Set(living.map(({ object_key: key }) => key));
  for (const deadline = performance.now() + SETTLE_MS; ; await new Promise((go) => setTimeout(go, 250))) {
    const orphans = (await filesIn(blobFolder)).filter((name) => !used.has(name));
    if (orphans.length === 0) return broken;
    if (performance.now() > deadline) return [...broken, ...orphans.map((name) => `orphan: ${name}`)];
  }
}

async function hashOf({ db, blobs }: Target, sha256: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of openContent({ db, blobs }, sha256, AbortSignal.timeout(10_000)))
      hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    return String(error);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // The store has a file or two of its own beside the audio.
  const isAudio = (name: string) => isKey(name) || name.endsWith('.part');
  return entries.filter((entry) => entry.isFile() && isAudio(entry.name)).map(({ name }) => name);
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function describe({ method, path, headers, body }: Request): string {
  const text = `${method} ${path} ${JSON.stringify(headers)} ${body.subarray(0, 500).toString('latin1')}`;
  return JSON.stringify(text).slice(0, 2000);
}

export function freshSeed(): number {
  return randomBytes(4).readUInt32BE() % 1_000_000;
}
