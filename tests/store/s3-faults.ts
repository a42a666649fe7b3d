/** Uploads and deletions over the real api while a proxy lets requests and answers go astray, before any S3. */
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import pMap from 'p-map';
import { expect, it, onTestFinished } from 'vitest';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';
import { freeListed, type StoreParts } from '../../src/store/blobs/freeing.ts';
import { searchPage } from '../../src/store/blobs/orphans.ts';
import { openContent } from '../../src/store/blobs/references.ts';
import { PART_BYTES } from '../../src/store/blobs/s3/multipart-upload.ts';
import type { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import { formOf, startApi } from '../support/api.ts';
import { log } from '../support/database.ts';
import { type Asked, type Fault, type S3Proxy, startS3Proxy } from '../support/s3-proxy.ts';
import { never, read } from './s3-bodies.ts';

export interface FaultsTarget {
  endpoint: string;
  /** A store whose bucket nobody else uses, at this address, which gives up a silence after so long. */
  open(endpoint: string, silentMs: number): Promise<S3BlobStore>;
  /** The names of everything that costs money, unfinished uploads too. */
  everything(): Promise<string[]>;
}

export interface FaultsOptions {
  uploads: number;
  silentMs: number;
  /** How long the longest request is held. */
  heldMs: number;
}

/** Of ten requests six get through as they should. */
const SHARE = 0.4;
const LARGE_EVERY = 5;
const DELETE_EVERY = 3;

export function itKeepsItsPromises(target: () => Promise<FaultsTarget>, options: FaultsOptions): void {
  it('keeps each 202 and leaves nothing behind, whatever becomes of requests and answers', async () => {
    const to = await target();
    const proxy = await startS3Proxy(to.endpoint, options.heldMs);
    const blobs = await to.open(proxy.endpoint, options.silentMs);
    onTestFinished(async () => {
      blobs.close();
      await proxy.close();
    });
    const api = await startApi({ maxFileBytes: 4 * PART_BYTES }, tmpdir(), log, blobs);
    const answers = new Map<string, number>();
    const count = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);
    /** What was acknowledged, and whether it was deleted since. */
    const acknowledged = new Map<string, { bytes: Buffer; isDeleted: boolean }>();

    proxy.fault = faults(options);
    await pMap(
      Array.from({ length: options.uploads }, (_, index) => index),
      async (index) => {
        const files = [sizeOf(index), ...(index % 4 === 0 ? [20_000] : [])].map((size) => randomBytes(size));
        const answer = await upload(api.url, index, files);
        count(`upload ${answer.status}`);
        if (answer.status !== 202) return;
        const receipt = (await answer.json()) as { files: { recordingId: string; code: string | null }[] };
        for (const bytes of files) acknowledged.set(hashOf(bytes), { bytes, isDeleted: false });
        if (index % 7 === 0) count(`again ${(await upload(api.url, index, files)).status}`);
        const id = receipt.files[0]?.recordingId;
        if (index % DELETE_EVERY !== 0) return;
        const deleting = await fetch(`${api.url}/api/v1/recordings/${id}`, { method: 'DELETE' });
        count(`delete ${deleting.status}`);
        const first = acknowledged.get(hashOf(files[0] ?? Buffer.alloc(0)));
        if (deleting.status === 204 && first) first.isDeleted = true;
      },
      { concurrency: 8 },
    );
    proxy.fault = null;
    await proxy.settled();
    const parts = { db: api.db, blobs: twoHoursLater(blobs), log };
    await cleanUp(parts);

    for (const [sha256, { bytes, isDeleted }] of acknowledged) {
      if (isDeleted) continue;
      expect((await read(openContent(parts, sha256, never))).equals(bytes)).toBe(true);
    }
    const rows = await api.db.selectFrom('blobs').select(['sha256', 'object_key']).execute();
    for (const [sha256, { isDeleted }] of acknowledged)
      expect(rows.some((row) => row.sha256 === sha256)).toBe(!isDeleted);
    const held = rows.map(({ object_key: key }) => `${key?.slice(0, 2)}/${key}`);
    expect((await to.everything()).filter((name) => name !== 'owner').toSorted()).toEqual(held.toSorted());
    // Only a test in which something happened is one.
    expect(acknowledged.size).toBeGreaterThan(options.uploads / 4);
    expect([...answers.keys()].filter((what) => / 5(?!03)/.test(what))).toEqual([]);
    if (process.env.S3_TEST_VERBOSE) report({ proxy, answers, acknowledged: acknowledged.size });
  }, 600_000);
}

function report({ proxy, answers, acknowledged }: { proxy: S3Proxy; answers: object; acknowledged: number }) {
  console.log({ answers, happened: proxy.happened, acknowledged });
}

function sizeOf(index: number): number {
  return index % LARGE_EVERY === 1 ? PART_BYTES + 1 + index * 50_000 : 1_000 + index * 3_000;
}

/** The same ones in each run, as far as requests come in the same order. */
function faults({ silentMs, heldMs }: FaultsOptions): (asked: Asked) => Fault | null {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x80000000;
  };
  let isDeleteHeld = false;
  return ({ method, url }) => {
    if (method === 'DELETE' && !isDeleteHeld && !url.includes('uploadId')) {
      isDeleteHeld = true;
      return { kind: 'held', ms: heldMs };
    }
    if (random() > SHARE) return null;
    const kinds: Fault[] = [
      { kind: 'answer-late', ms: silentMs / 4 },
      { kind: 'answer-late', ms: silentMs * 1.5 },
      { kind: 'held', ms: silentMs * 1.5 },
      { kind: 'late', ms: random() * silentMs * 2 },
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
      { kind: 'lost' },
      { kind: 'lost' },
      { kind: 'twice' },
      { kind: 'twice' },
      { kind: 'echo' },
      { kind: 'echo' },
    ];
    return kinds[Math.floor(random() * kinds.length)] ?? null;
  };
}

async function upload(url: string, index: number, files: Buffer<ArrayBuffer>[]): Promise<Response> {
  const named = files.map((bytes, at) => [
    `audio_omi_opus_fs320_16000_1_fs320_${1_774_000_000 + index * 100 + at}.bin`,
    bytes,
  ]);
  return await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: formOf(Object.fromEntries(named)) });
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const HOURS_2_MS = 2 * 3_600_000;

/** Nobody can make an object of an S3 older than it is: everything in it looks as it will in two hours. */
function twoHoursLater(blobs: BlobStore): BlobStore {
  return Object.assign(Object.create(blobs) as BlobStore, {
    put: blobs.put.bind(blobs),
    open: blobs.open.bind(blobs),
    has: blobs.has.bind(blobs),
    delete: blobs.delete.bind(blobs),
    probe: blobs.probe.bind(blobs),
    owner: blobs.owner.bind(blobs),
    setOwner: blobs.setOwner.bind(blobs),
    dropUnfinished: blobs.dropUnfinished.bind(blobs),
    list: async (after: string | null) => {
      const { objects, next } = await blobs.list(after);
      return { next, objects: objects.map((one) => ({ ...one, storedAtMs: one.storedAtMs - HOURS_2_MS })) };
    },
    listUnfinished: async () =>
      (await blobs.listUnfinished()).map((one) => ({ ...one, touchedAtMs: one.touchedAtMs - HOURS_2_MS })),
  });
}

/** What the processes do by themselves, without their pauses. */
async function cleanUp(parts: StoreParts & { log: typeof log }): Promise<void> {
  for (let isOver = false; !isOver; ) {
    await parts.db.updateTable('orphan_search').set({ next_at_ms: 0 }).execute();
    await searchPage(parts);
    const place = await parts.db.selectFrom('orphan_search').selectAll().executeTakeFirstOrThrow();
    isOver = place.objects_after === null && place.contents_after === null;
  }
  await parts.db.updateTable('objects_to_free').set({ asked_at_ms: null }).execute();
  while (await freeListed(parts));
}
