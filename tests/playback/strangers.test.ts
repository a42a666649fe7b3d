/** Ranges as a stranger's client asks for them (curl, else fetch), with audio that is encrypted, rotated and damaged. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UploadBody } from '../../src/api/schemas.ts';
import { secretBox } from '../../src/sign-in/secret-box.ts';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';
import { CHUNK_BYTES } from '../../src/store/blobs/encrypted/chunks.ts';
import { keysInUse, resealAll } from '../../src/store/blobs/encrypted/reseal.ts';
import { EncryptedBlobStore } from '../../src/store/blobs/encrypted/store.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { decodeAll } from '../audio/collect.ts';
import { formOf, startApi, type TestApi } from '../support/api.ts';
import { databaseForTest, log } from '../support/database.ts';
import { ask } from '../support/stranger.ts';
import { EVERY_MS, fileOf, toneOf, tonesOf } from './time-code.ts';

const BASE = 1_774_000_000_000;
const OLD = 'the-old-key-of-the-tests-0123456789abcdef';
const NEW = 'the-new-key-of-the-tests-0123456789abcdef';
const WAV_HEAD = 44;

async function sent(api: TestApi, file: Uint8Array): Promise<string> {
  const files = { 'audio_omi_pcm16_16000_1_1774000000.wav': new Uint8Array(file) };
  const response = await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body: formOf(files) });
  expect(response.status).toBe(202);
  const { files: receipts } = UploadBody.parse(await response.json());
  return receipts[0]?.recordingId ?? '';
}

it('any part of the sound, by Range, HEAD, If-Range and the rest of RFC 9110', async () => {
  const api = await startApi();
  const id = await sent(api, await fileOf('wav', BASE, 8_000));
  for (const format of ['wav', 'ogg']) {
    const url = `${api.url}/api/v1/recordings/${id}/audio?format=${format}`;
    const all = await ask(url);
    const size = all.body.length;
    const etag = all.headers.get('etag') ?? '';
    expect(all).toMatchObject({ status: 200, isWhole: true });
    expect(all.headers.get('content-length')).toBe(`${size}`);
    expect(all.headers.get('accept-ranges')).toBe('bytes');
    const head = await ask(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      200,
      `${size}`,
      etag,
    ]);
    const middle = Math.floor(size / 2);
    const wanted = [
      ['bytes=0-0', 0, 1],
      ['bytes=0-', 0, size],
      [`bytes=${middle}-${middle + 999}`, middle, middle + 1_000],
      [`bytes=${size - 1}-`, size - 1, size],
      [`bytes=${middle}-${size + 5_000}`, middle, size],
      ['bytes=-1', size - 1, size],
      ['bytes=-500', size - 500, size],
      [`bytes=-${size + 10}`, 0, size],
    ] as const;
    for (const [range, from, to] of wanted) {
      for (const method of to - from === 1_000 ? (['GET', 'HEAD'] as const) : (['GET'] as const)) {
        const part = await ask(url, { method, headers: { range } });
        expect([range, part.status]).toEqual([range, 206]);
        expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${size}`);
        expect(part.headers.get('content-length')).toBe(`${to - from}`);
        expect(part.headers.get('etag')).toBe(etag);
        if (method === 'GET') expect(part.body.equals(all.body.subarray(from, to)), range).toBe(true);
      }
    }
    for (const range of [`bytes=${size}-`, `bytes=${size + 10}-${size + 20}`, 'bytes=-0']) {
      const none = await ask(url, { headers: { range } });
      expect([range, none.status, none.headers.get('content-range')]).toEqual([
        range,
        416,
        `bytes */${size}`,
      ]);
    }
    const whole: Record<string, string>[] = [
      { range: 'bytes=0-1,10-11' },
      { range: 'lines=0-1' },
      { range: 'bytes=9-3' },
      { range: 'bytes=0-9', 'if-range': '"of-before"' },
      { range: 'bytes=0-9', 'if-range': `W/${etag}` },
      { range: 'bytes=0-9', 'if-range': 'Wed, 21 Oct 2015 07:28:00 GMT' },
      { range: `bytes=${size}-`, 'if-range': '"of-before"' },
    ];
    for (const headers of whole) {
      const answer = await ask(url, { headers });
      expect([headers, answer.status, answer.body.equals(all.body)]).toEqual([headers, 200, true]);
    }
    const same = await ask(url, { headers: { range: 'bytes=0-9', 'if-range': etag } });
    expect([same.status, same.body.length]).toEqual([206, 10]);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const unchanged = await ask(url, { headers: { 'if-none-match': known } });
      expect([known, unchanged.status, unchanged.body.length]).toEqual([known, 304, 0]);
    }
  }
});

/** As a server that is started again with other keys: it reads the same folder and the same rows. */
async function encrypted() {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-strangers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { db } = await databaseForTest();
  const inner = new FolderBlobStore(folder);
  await inner.prepare();
  const withKeys = (keys: string[]) => new EncryptedBlobStore(inner, { db, box: secretBox(keys) });
  let now = withKeys([OLD]);
  const store = new Proxy<BlobStore>(now, {
    get: (_, name) => {
      const member: unknown = Reflect.get(now, name);
      return typeof member === 'function' ? member.bind(now) : member;
    },
  });
  return { folder, db, store, restart: (keys: string[]) => (now = withKeys(keys)) };
}

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** What was read a moment ago is heard without the store. */
const forgotten = async (url: string) => {
  const isHeard = async () => {
    const { status, isWhole } = await ask(url);
    return status === 200 && isWhole;
  };
  await expect.poll(isHeard, { timeout: 30_000 }).toBe(false);
};

it('encrypted audio plays alike before, during and after its key is changed', async () => {
  const { db, store, restart } = await encrypted();
  const api = await startApi({}, undefined, log, store);
  const file = await fileOf('wav', BASE, 12_000);
  const id = await sent(api, file);
  const url = `${api.url}/api/v1/recordings/${id}/audio`;
  const range = { range: 'bytes=200000-265999' };
  const before = await ask(url, { headers: range });
  expect([before.status, before.body.equals(Buffer.from(file).subarray(200_000, 266_000))]).toEqual([
    206,
    true,
  ]);
  const same = async () => {
    const part = await ask(url, {
      headers: { ...range, 'if-range': before.headers.get('etag') ?? '' },
    });
    expect([part.status, part.body.equals(before.body)]).toEqual([206, true]);
  };
  restart([NEW, OLD]);
  await same();
  expect(await resealAll(db, secretBox([NEW, OLD]), () => {})).toBe(1);
  await same();
  restart([NEW]);
  await same();
  const { names } = secretBox([NEW]);
  expect(await keysInUse(db)).toEqual([{ name: names[0], objects: 1 }]);
  // The key of before opens nothing more, and says so before any sound.
  restart([OLD]);
  // What was read a moment ago sounds for two seconds more.
  const statusOf = async () => (await ask(url, { headers: range })).status;
  await expect.poll(statusOf, { timeout: 30_000 }).toBeGreaterThanOrEqual(500);
  const lost = await ask(url, { headers: range });
  expect(JSON.parse(lost.body.toString())).toMatchObject({ code: 'configuration' });
});

it('a chunk that was damaged in the store never sounds, what is around it does, and the file sent again mends it', async () => {
  const { folder, store } = await encrypted();
  const api = await startApi({}, undefined, log, store);
  const file = Buffer.from(await fileOf('wav', BASE, 12_000));
  const id = await sent(api, file);
  const url = `${api.url}/api/v1/recordings/${id}/audio`;
  expect((await ask(url)).body.equals(file)).toBe(true);
  const [object = ''] = await filesIn(folder);
  const sealed = await readFile(object);
  const [first, last] = [2 * CHUNK_BYTES, 3 * CHUNK_BYTES];
  const at = 16 + 2 * (CHUNK_BYTES + 16) + 30_000;
  sealed[at] = (sealed[at] ?? 0) ^ 1;
  await writeFile(object, sealed);
  await forgotten(url);
  // From its beginning: all before the damage, then the answer breaks off instead of giving what may be wrong.
  const broken = await ask(url);
  expect([broken.status, broken.isWhole]).toEqual([200, false]);
  expect(broken.body.length).toBeLessThanOrEqual(first);
  expect(broken.body.length).toBeGreaterThan(first - 32_000);
  expect(broken.body.equals(file.subarray(0, broken.body.length))).toBe(true);
  for (const from of [first, first + 30_000, last - 100]) {
    const refused = await ask(url, { headers: { range: `bytes=${from}-` } });
    expect([from, refused.status]).toEqual([from, 500]);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('content-range')).toBeNull();
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'blob_missing' });
  }
  const ogg = await ask(`${url}?format=ogg`);
  expect([ogg.status, ogg.isWhole]).toEqual([200, false]);
  const behind = await ask(url, { headers: { range: `bytes=${last + 32_000}-` } });
  expect([behind.status, behind.body.equals(file.subarray(last + 32_000))]).toEqual([206, true]);
  // As the remedy says.
  expect(await sent(api, file)).toBe(id);
  const mended = await ask(url);
  expect([mended.status, mended.body.equals(file)]).toEqual([200, true]);
});

it('a recording whose first sound is damaged is an error from its first byte on', async () => {
  const { folder, store } = await encrypted();
  const api = await startApi({}, undefined, log, store);
  const id = await sent(api, await fileOf('omi-opus', BASE, 20_000));
  const url = `${api.url}/api/v1/recordings/${id}/audio`;
  const { samples } = await decodeAll(new Uint8Array((await ask(url)).body), null);
  for (const [index, { atMs, pitch }] of tonesOf(samples).entries()) {
    expect(Math.abs(atMs - index * EVERY_MS)).toBeLessThan(50);
    expect(pitch).toBe(toneOf(BASE + index * EVERY_MS));
  }
  const [object = ''] = await filesIn(folder);
  const sealed = await readFile(object);
  sealed[500] = (sealed[500] ?? 0) ^ 1;
  await writeFile(object, sealed);
  await forgotten(url);
  for (const format of ['wav', 'ogg'])
    for (const headers of [{}, { range: 'bytes=0-' }, { range: `bytes=${WAV_HEAD}-` }] as Record<
      string,
      string
    >[]) {
      const refused = await ask(`${url}?format=${format}`, { headers });
      expect([format, headers, refused.status]).toEqual([format, headers, 500]);
      expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'blob_missing' });
    }
});
