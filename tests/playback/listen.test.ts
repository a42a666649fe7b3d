/** Listening over real HTTP: a conversation of forty recordings, any part of it, addresses, and what a deletion does. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { decodeAll } from '../audio/collect.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';
import { EVERY_MS, fileOf, KINDS, type Kind, toneOf, tonesOf } from './time-code.ts';

const BASE = 1_774_000_000_000;
const PERSON = 'ada';
const AS_ADA = { 'x-afterword-user': PERSON };

interface Made extends HeardRecording {
  kind: Kind;
  forMs: number;
  /** The clock that its sound tells; its own may be wrong. */
  truthMs: number;
}

/** Each begins 3 s after the one before, most last 2 s, and every fifth lasts 0.6 s into the next. */
function day(count: number): Made[] {
  const made: Made[] = Array.from({ length: count }, (_, index) => {
    const startedAtMs = BASE + index * 3_000 + (index % 3) * 120;
    const forMs = index % 5 === 4 ? 3_720 : 2_000;
    return {
      id: `rec_${String(index).padStart(2, '0')}`,
      userId: PERSON,
      startedAtMs,
      truthMs: startedAtMs,
      microphone: 'omi',
      durationMs: forMs,
      forMs,
      kind: KINDS[index % KINDS.length] ?? 'wav',
      words: [{ atS: 0.5, forS: 1.25, text: sentence(index) }],
    };
  });
  // The tenth once more, from a clock that is 33 s ahead.
  const tenth = made[10];
  if (tenth) made.push({ ...tenth, id: 'rec_copy', kind: 'wav', startedAtMs: tenth.startedAtMs + 33_000 });
  return made;
}

/** Nine words that no other recording has. */
function sentence(index: number): string {
  const digits = createHash('sha256').update(`sentence ${index}`).digest('hex');
  const letters = [...digits].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('');
  return Array.from({ length: 9 }, (_, at) => letters.slice(7 * at, 7 * at + 6)).join(' ');
}

let api: TestApi;
let recordings: Made[];

async function keepFile(db: Database, blobs: FolderBlobStore, id: string, bytes: Uint8Array): Promise<void> {
  const { key } = await blobs.put(
    (async function* () {
      yield bytes;
    })(),
  );
  await db.insertInto('blobs').values({ sha256: id, object_key: key, stored_at_ms: 0 }).execute();
}

/** A conversation as a worker leaves it, with its files in the store. */
async function heard(api: TestApi, made: readonly Made[]): Promise<string> {
  const blobs = new FolderBlobStore(api.blobFolder);
  const placer = await startPlacer(api.databaseUrl);
  for (const one of made) await placer.place(one);
  for (const { id, kind, truthMs, forMs } of made)
    await keepFile(api.db, blobs, id, await fileOf(kind, truthMs, forMs));
  await placer.stop();
  const { id } = await api.db
    .selectFrom('conversations')
    .select('id')
    .where('merged_into', 'is', null)
    .orderBy('started_at_ms')
    .executeTakeFirstOrThrow();
  return id;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}${path}`, { headers: { ...AS_ADA, ...headers } });

async function bytesOf(path: string, headers: Record<string, string> = {}): Promise<Uint8Array> {
  const response = await get(path, headers);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

interface AudioMap {
  durationMs: number;
  parts: {
    fromMs: number;
    toMs: number;
    startedAtMs: number;
    recordings: { id: string; fromMs: number }[];
  }[];
}

describe('a conversation of 40 recordings', () => {
  let conversation: string;
  let base: string;

  it('plays in order of time, each sound once, and a time that is stated is that sample', async () => {
    api = await startApi();
    recordings = day(40);
    conversation = await heard(api, recordings);
    base = `/api/v1/conversations/${conversation}`;
    const hidden = await api.db.selectFrom('repetitions').selectAll().execute();
    expect(hidden.length).toBeGreaterThan(0);
    const covered = new Set<number>();
    for (const { id, truthMs, forMs } of recordings)
      if (id !== 'rec_copy')
        for (let ms = Math.ceil(truthMs / EVERY_MS) * EVERY_MS; ms + 60 <= truthMs + forMs; ms += EVERY_MS)
          covered.add(ms);
    for (const gaps of ['keep', 'skip'])
      for (const format of ['wav', 'ogg']) {
        const response = await get(`${base}/audio?gaps=${gaps}&format=${format}`);
        expect(response.status).toBe(200);
        const bytes = new Uint8Array(await response.arrayBuffer());
        expect(bytes.length).toBe(Number(response.headers.get('content-length')));
        const { samples, report } = await decodeAll(bytes, null);
        expect(report.damage).toBeNull();
        const map = (await (await get(`${base}/audio/map?gaps=${gaps}`)).json()) as AudioMap;
        expect(samples.length / 16).toBeCloseTo(map.durationMs, 1);
        const heardAt: number[] = [];
        for (const { atMs, pitch } of tonesOf(samples)) {
          const part = map.parts.findLast(({ fromMs }) => fromMs <= atMs + 20);
          if (!part) throw new Error('no part');
          const ms = part.startedAtMs + atMs - part.fromMs;
          const nearest = Math.round(ms / EVERY_MS) * EVERY_MS;
          // A tone that a recording or a cut begins inside of is not at its beginning.
          if (!covered.has(nearest)) continue;
          expect(Math.abs(ms - nearest), `${gaps} ${format} ${ms - BASE}`).toBeLessThan(50);
          expect(pitch, `${gaps} ${format} ${ms - BASE}`).toBe(toneOf(nearest));
          heardAt.push(nearest);
        }
        expect(heardAt.toSorted()).toEqual(heardAt);
        expect(heardAt).toEqual([...covered].sort());
      }
    const kept = (await (await get(`${base}/audio/map`)).json()) as AudioMap;
    expect(kept.parts.some(({ recordings }) => recordings.some(({ id }) => id === 'rec_copy'))).toBe(false);
    expect(kept.parts.every(({ recordings }) => recordings.length <= 1)).toBe(true);
    await parts();
    await conditions();
    await shapes();
    await addresses();
    await omi();
    await deletion();
  }, 120_000);

  async function parts(): Promise<void> {
    for (const format of ['wav', 'ogg']) {
      const path = `${base}/audio?format=${format}`;
      const whole = await bytesOf(path);
      const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
      const ends = [0, 1, 43, 44, 45, whole.length - 1];
      const places = Array.from({ length: 12 }, (_, n) =>
        Math.floor((whole.length * ((n * 37) % 101)) / 101),
      );
      for (const from of [...ends, ...places]) {
        const to = Math.min(whole.length, from + 1 + ((from * 7) % 50_000));
        const response = await get(path, { range: `bytes=${from}-${to - 1}` });
        expect(response.status).toBe(206);
        expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${whole.length}`);
        const part = new Uint8Array(await response.arrayBuffer());
        expect(hash(part), `${format} ${from}-${to}`).toBe(hash(whole.subarray(from, to)));
      }
      const tail = await bytesOf(path, { range: 'bytes=-1000' });
      expect(hash(tail)).toBe(hash(whole.subarray(-1_000)));
      const rest = await bytesOf(path, { range: `bytes=${whole.length - 5_000}-` });
      expect(hash(rest)).toBe(hash(whole.subarray(-5_000)));
    }
  }

  async function conditions(): Promise<void> {
    const path = `${base}/audio`;
    const head = await fetch(`${api.url}${path}`, { method: 'HEAD', headers: AS_ADA });
    expect(head.status).toBe(200);
    expect(head.headers.get('accept-ranges')).toBe('bytes');
    expect(head.headers.get('content-type')).toBe('audio/wav');
    const size = Number(head.headers.get('content-length'));
    expect(size).toBeGreaterThan(1_000_000);
    const part = await fetch(`${api.url}${path}`, {
      method: 'HEAD',
      headers: { ...AS_ADA, range: 'bytes=10-19' },
    });
    expect([part.status, part.headers.get('content-length')]).toEqual([206, '10']);
    const etag = head.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}-wav"$/);
    const outside = await get(path, { range: `bytes=${size}-` });
    expect(outside.status).toBe(416);
    expect(outside.headers.get('content-range')).toBe(`bytes */${size}`);
    expect(((await outside.json()) as { code: string }).code).toBe('range_outside');
    const status = async (headers: Record<string, string>) => {
      const response = await get(path, headers);
      await response.body?.cancel();
      return response.status;
    };
    expect(await status({ range: 'bytes=0-9', 'if-range': etag })).toBe(206);
    expect(await status({ range: 'bytes=0-9', 'if-range': '"another"' })).toBe(200);
    expect(await status({ range: 'bytes=0-9,20-29' })).toBe(200);
    expect(await status({ range: 'seconds=0-9' })).toBe(200);
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'x-afterword-user': 'eve' })).toBe(404);
    const other = await get(`${base}/audio?gaps=skip`, { range: 'bytes=0-9' });
    expect(other.headers.get('etag')).not.toBe(etag);
  }

  async function shapes(): Promise<void> {
    const { durationMs } = (await (await get(`${base}/audio/map`)).json()) as AudioMap;
    for (const [zoom, ms] of [40, 200, 1_000, 10_000].entries()) {
      const peaks = (await (await get(`${base}/peaks?zoom=${zoom}`)).json()) as {
        length: number;
        samples_per_pixel: number;
        data: number[];
      };
      expect(peaks.samples_per_pixel).toBe(ms * 16);
      expect(peaks.length).toBe(Math.ceil(Math.ceil(durationMs / 40) / (ms / 40)));
      expect(Math.max(...peaks.data)).toBeGreaterThan(40);
      expect(Math.max(...peaks.data)).toBeLessThan(64);
      const dat = await bytesOf(`${base}/peaks?zoom=${zoom}&format=dat`);
      expect([...new Int8Array(dat.slice(24).buffer)]).toEqual(peaks.data);
    }
  }

  async function addresses(): Promise<void> {
    const made = await fetch(`${api.url}${base}/audio/address?format=ogg`, {
      method: 'POST',
      headers: AS_ADA,
    });
    expect(made.status).toBe(200);
    const { url, expiresAtMs } = (await made.json()) as { url: string; expiresAtMs: number };
    expect(expiresAtMs).toBeGreaterThan(Date.now());
    // Without any header of who asks.
    const opened = await fetch(`${api.url}${url}`, { headers: { range: 'bytes=0-3' } });
    expect([opened.status, await opened.text()]).toEqual([206, 'OggS']);
    const refused = async (address: string) => {
      const response = await fetch(`${api.url}${address}`);
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await refused(url.slice(0, -2))).toEqual([401, 'audio_address']);
    expect(await refused(url.replace(conversation, 'cnv_other'))).toEqual([401, 'audio_address']);
    expect(await refused(url.replace(base, '/api/v1/recordings/rec_01'))).toEqual([401, 'audio_address']);
  }

  async function omi(): Promise<void> {
    const path = `/v1/sync/audio/${conversation}`;
    const precached = await fetch(`${api.url}${path}/precache`, { method: 'POST', headers: AS_ADA });
    expect(await precached.json()).toEqual({ status: 'started', audio_file_count: 1 });
    const urls = (await (await get(`${path}/urls`)).json()) as {
      audio_files: { id: string; status: string; signed_url: string }[];
      conversation_audio: { duration: number; spans: { artifact_offset: number; len: number }[] };
      poll_after_ms: null;
    };
    const [file] = urls.audio_files;
    expect([file?.status, urls.poll_after_ms]).toEqual(['cached', null]);
    const { duration, spans } = urls.conversation_audio;
    expect(spans.reduce((sum, { len }) => sum + len, 0)).toBeCloseTo(duration, 3);
    const signed = await fetch(file?.signed_url ?? '', { headers: { range: 'bytes=0-3' } });
    expect([signed.status, await signed.text()]).toEqual([206, 'RIFF']);
    const whole = await bytesOf(`${path}/${file?.id}`);
    const raw = await bytesOf(`${path}/${file?.id}?format=pcm`, { range: 'bytes=100-199' });
    expect(raw).toEqual(whole.slice(144, 244));
    expect((await get(`${path}/other`)).status).toBe(404);
  }

  async function deletion(): Promise<void> {
    const made = await fetch(`${api.url}${base}/audio/address`, { method: 'POST', headers: AS_ADA });
    const { url } = (await made.json()) as { url: string };
    const before = await get(`${base}/audio`, { range: 'bytes=0-9' });
    // One recording less: another sound.
    await fetch(`${api.url}/api/v1/recordings/rec_20`, { method: 'DELETE', headers: AS_ADA });
    const after = await get(`${base}/audio`, { range: 'bytes=0-9' });
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect((await get('/api/v1/recordings/rec_20/audio')).status).toBe(404);
    const left = await api.db
      .selectFrom('recording_sounds')
      .select('recording_id')
      .where('recording_id', '=', 'rec_20')
      .execute();
    expect(left).toEqual([]);
    await fetch(`${api.url}${base}`, { method: 'DELETE', headers: AS_ADA });
    expect((await fetch(`${api.url}${url}`)).status).toBe(404);
  }
});

it('gives the words of a recording whose format needs a copy, and frees the copy with it', async () => {
  api = await startApi();
  // Two streams one after the other: no packet of the second can be found by the first's clock.
  const blobs = new FolderBlobStore(api.blobFolder);
  const [first, second] = [await fileOf('ogg', BASE, 2_000), await fileOf('ogg', BASE + 2_000, 2_000)];
  const made = { ...day(1)[0], id: 'rec_joined', durationMs: 4_000 } as Made;
  const placer = await startPlacer(api.databaseUrl);
  await placer.place(made);
  await placer.stop();
  await keepFile(api.db, blobs, made.id, Uint8Array.from([...first, ...second]));
  const { samples } = await decodeAll(await bytesOf('/api/v1/recordings/rec_joined/audio'), null);
  const tones = tonesOf(samples);
  expect(tones.length).toBe(8);
  for (const [index, { atMs, pitch }] of tones.entries()) {
    expect(Math.abs(atMs - index * EVERY_MS)).toBeLessThan(50);
    expect(pitch).toBe(toneOf(BASE + index * EVERY_MS));
  }
  const row = await api.db.selectFrom('recording_sounds').select('copy_key').executeTakeFirstOrThrow();
  expect(row.copy_key).not.toBeNull();
  expect(await blobs.has(row.copy_key ?? '')).toBe(true);
  const holds = () => api.db.selectFrom('object_holds').select('key').execute();
  expect(await holds()).toEqual([{ key: row.copy_key }]);
  const { id: conversation } = await api.db
    .selectFrom('conversations')
    .select('id')
    .executeTakeFirstOrThrow();
  const kept = async () => {
    const { audioKept, audioKeptUntilMs, audioRemovedAtMs } = (await (
      await get(`/api/v1/conversations/${conversation}`)
    ).json()) as Record<string, unknown>;
    return { audioKept, audioKeptUntilMs, audioRemovedAtMs };
  };
  expect(await kept()).toEqual({ audioKept: 'all', audioKeptUntilMs: null, audioRemovedAtMs: null });
  const days = (count: number | null) =>
    fetch(`${api.url}/api/v1/me`, {
      method: 'PATCH',
      headers: { ...AS_ADA, 'content-type': 'application/json' },
      body: JSON.stringify({ audioRetentionDays: count }),
    });
  const finishedAtMs = Date.now();
  await api.db
    .updateTable('recordings')
    .set({ outcome: 'completed', finished_at_ms: finishedAtMs })
    .where('id', '=', made.id)
    .execute();
  expect((await days(3)).status).toBe(200);
  const untilMs = finishedAtMs + 3 * 86_400_000;
  expect(await kept()).toEqual({ audioKept: 'all', audioKeptUntilMs: untilMs, audioRemovedAtMs: null });
  const told = (await (await get(`/api/v1/recordings/${made.id}`)).json()) as Record<string, unknown>;
  expect([told.audioKeptUntilMs, told.audioRemovedAtMs]).toEqual([untilMs, null]);
  // Its audio goes and its words stay: it is not heard again, and the copy goes with it.
  await api.db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', made.id).execute();
  expect(await kept()).toEqual({ audioKept: 'none', audioKeptUntilMs: null, audioRemovedAtMs: 1 });
  for (const path of [`/api/v1/recordings/${made.id}/audio`, `/api/v1/conversations/${conversation}/audio`]) {
    const gone = await get(path);
    expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining('audio_gone')]);
  }
  expect(await holds()).toEqual([]);
  await fetch(`${api.url}/api/v1/recordings/rec_joined`, { method: 'DELETE', headers: AS_ADA });
  const listed = await api.db.selectFrom('objects_to_free').select('key').execute();
  expect(listed.map(({ key }) => key)).toContain(row.copy_key);
});
