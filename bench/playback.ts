/**
 * How soon a listener hears something, at random places of conversations of ten hours: one of 600 recordings of a minute, one of
 * a single recording, each as it is stored without a key and encrypted. Then what 100 listeners cost who play at the speed of
 * sound. The first sound is there when a tenth of a second of it has come, and in the audio element of a browser when it plays on.
 *
 *   npm run bench:playback              about 5 minutes; -- --listen-seconds 30 --without-browser --only many-encrypted
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { type Browser, chromium } from 'playwright-core';
import { decode } from '../src/audio/decode.ts';
import { emptyReport } from '../src/audio/report.ts';
import { type Sound, SoundNotes } from '../src/audio/sound-notes.ts';
import { keepSound } from '../src/playback/sounds.ts';
import { findDatabase } from '../src/serve/address.ts';
import { secretBox } from '../src/sign-in/secret-box.ts';
import type { BlobStore } from '../src/store/blobs/blob-store.ts';
import { EncryptedBlobStore } from '../src/store/blobs/encrypted/store.ts';
import { FolderBlobStore } from '../src/store/blobs/folder.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { chromiumProgram } from '../tests/page/chromium.ts';
import { residentMemory } from './process-memory.ts';
import { startServing } from './serving.ts';

const DAY = new URL('../samples/day/', import.meta.url);
const MINUTES = 600;
const PLACES = 200;
const LISTENERS = 100;
const BASE_MS = Date.UTC(2026, 2, 3);
const KEY = randomBytes(32).toString('hex');
const HINT = { codec: 'opus', sampleRateHz: 16_000, frameSamples: 320 } as const;
/** A tenth of a second: of WAV by its rate, of Ogg Opus a whole page. */
const FIRST_BYTES = { wav: 3_200, ogg: 1_500 };
const { values } = parseArgs({
  options: {
    'listen-seconds': { type: 'string', default: '60' },
    'without-browser': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

interface Minute {
  bytes: Uint8Array;
  sound: Sound;
}

async function minuteOf(start: number): Promise<Minute> {
  const bytes = new Uint8Array(readFileSync(new URL(`audio_omi_opus_fs320_16000_1_fs320_${start}.bin`, DAY)));
  const notes = new SoundNotes();
  const source = (async function* () {
    yield bytes;
  })();
  for await (const _ of notes.passing(decode(source, HINT, emptyReport(), 0, 0, undefined, notes.trace)));
  return { bytes, sound: notes.end() };
}

/** The same minutes one behind the other, as one file: Omi's framing has no header. */
function joined(minutes: readonly Minute[]): Minute {
  const sizes = minutes.flatMap(({ sound }) => (sound.map?.kind === 'opus' ? [...sound.map.sizes] : []));
  const first = minutes[0]?.sound.map;
  if (first?.kind !== 'opus') throw new Error('the sample is not Opus');
  return {
    bytes: Buffer.concat(minutes.map(({ bytes }) => bytes)),
    sound: {
      samples: minutes.reduce((sum, { sound }) => sum + sound.samples, 0),
      map: { ...first, sizes: Uint16Array.from(sizes) },
      isOfCopy: false,
      peaks: Int8Array.from(minutes.flatMap(({ sound }) => [...sound.peaks])),
      seek: null,
    },
  };
}

/** A conversation as a worker leaves it. */
async function store(
  db: Database,
  blobs: BlobStore,
  person: string,
  parts: readonly Minute[],
): Promise<string> {
  const conversation = `cnv_${person}`;
  await db.insertInto('users').values({ id: person, created_at_ms: 0 }).execute();
  const lengths = parts.map(({ sound }) => sound.samples / 16);
  const whole = lengths.reduce((sum, ms) => sum + ms + 1_000, 0);
  let startedAtMs = BASE_MS;
  for (const [index, { bytes, sound }] of parts.entries()) {
    const id = `rec_${person}_${String(index).padStart(4, '0')}`;
    const { key } = await blobs.put(
      (async function* () {
        yield bytes;
      })(),
    );
    const sha256 = createHash('sha256').update(id).digest('hex');
    const durationMs = Math.round(sound.samples / 16);
    await db.insertInto('blobs').values({ sha256, object_key: key, stored_at_ms: 0 }).execute();
    await db
      .insertInto('recordings')
      .values({
        id,
        user_id: person,
        sha256,
        size_bytes: bytes.byteLength,
        name: `${id}.bin`,
        device_id: 'phone',
        microphone: 'omi',
        codec: JSON.stringify(HINT),
        started_at_ms: Math.round(startedAtMs),
        accepted_at_ms: Math.round(startedAtMs),
        finished_at_ms: Math.round(startedAtMs),
        outcome: 'completed',
        code: null,
        reason: null,
        duration_ms: durationMs,
      })
      .execute();
    await db.transaction().execute(async (tx) => {
      await keepSound(tx, id, sound);
    });
    if (index === 0)
      await db
        .insertInto('conversations')
        .values({
          id: conversation,
          user_id: person,
          device_id: 'phone',
          started_at_ms: BASE_MS,
          ended_at_ms: Math.round(BASE_MS + whole),
          first_recording_id: id,
          revision: 1,
          understood_revision: 1,
          understanding: null,
          failure: null,
          failure_code: null,
          next_try_at_ms: null,
          merged_into: null,
          created_at_ms: 0,
          updated_at_ms: 0,
          reel: null,
          held_by: null,
          alone_from_ms: null,
          understood_words: null,
          understood_words_of: null,
        })
        .execute();
    await db
      .insertInto('segments')
      .values({
        id: `seg_${id}`,
        recording_id: id,
        user_id: person,
        device_id: 'phone',
        conversation_id: conversation,
        started_at_ms: Math.round(startedAtMs) + 500,
        ended_at_ms: Math.round(startedAtMs) + durationMs - 500,
        text: 'words',
        speaker: null,
        provider: 'bench',
        model: 'bench',
        deleted_at_ms: null,
        words: null,
        language: null,
      })
      .execute();
    startedAtMs += sound.samples / 16 + 1_000;
  }
  return conversation;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

function ask(url: string, person: string, from: number): Promise<IncomingMessage> {
  const headers = { 'x-afterword-user': person, range: `bytes=${from}-` };
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
}

async function firstSoundMs(url: string, person: string, from: number, bytes: number): Promise<number> {
  const asked = performance.now();
  const response = await ask(url, person, from);
  if (response.statusCode !== 206) throw new Error(`answered ${response.statusCode}`);
  let got = 0;
  for await (const chunk of response) {
    got += (chunk as Buffer).length;
    if (got >= bytes) break;
  }
  const ms = performance.now() - asked;
  response.destroy();
  return ms;
}

/**
 * What the audio element of a real browser takes to a place, from the moment at which it is set to when it plays there: a
 * range or two of its own choice, its demuxer and its decoder.
 */
async function elementMs(browser: Browser, origin: string, path: string): Promise<number[]> {
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    await page.goto(`${origin}/health/live`);
    const took: number[] = [];
    // The browser's types are not those of a bench, so its part is text.
    const begin = `(async () => {
      const audio = (globalThis.audio = new Audio(${JSON.stringify(path)}));
      const known = new Promise((resolve, reject) => { audio.onloadedmetadata = resolve; audio.onerror = () => reject(new Error(audio.error.message)); });
      audio.load();
      await known;
      await audio.play();
      return audio.duration;
    })()`;
    const seconds = await page.evaluate<number>(begin);
    for (let n = 0; n < PLACES; n += 1) {
      const place = Math.random() * (seconds - 60);
      took.push(
        await page.evaluate<number>(`(async () => {
          const { audio } = globalThis;
          const asked = performance.now();
          const sought = new Promise((resolve) => { audio.onseeked = resolve; });
          audio.currentTime = ${place};
          await sought;
          const from = audio.currentTime;
          while (audio.currentTime === from) await new Promise((resolve) => { setTimeout(resolve, 4); });
          return performance.now() - asked;
        })()`),
      );
    }
    return took;
  } finally {
    await context.close();
  }
}

function told(name: string, format: string, took: readonly number[], megabytes: number): void {
  const sorted = took.toSorted((a, b) => a - b);
  const figures = [0.5, 0.9, 0.99, 1].map((share) => quantile(sorted, share).toFixed(0).padStart(6));
  console.log(`${name.padEnd(28)}${format.padEnd(14)}${figures.join(' ')}   api ${megabytes.toFixed(0)} MB`);
}

/** Of equally spaced figures, in their unit for each minute. */
function slopePerMinute(figures: readonly number[], everySeconds: number): number {
  const middle = (figures.length - 1) / 2;
  const mean = figures.reduce((sum, one) => sum + one, 0) / figures.length;
  const [above, below] = figures.reduce(
    ([a, b], one, at) => [a + (at - middle) * (one - mean), b + (at - middle) ** 2],
    [0, 0],
  );
  return (above / below / everySeconds) * 60;
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const browser = values['without-browser']
  ? null
  : await chromium.launch({
      executablePath: await chromiumProgram(),
      headless: true,
      args: [
        '--no-sandbox',
        '--no-proxy-server',
        '--disable-gpu',
        '--mute-audio',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
const server = await startServing({ AFTERWORD_AUDIO_KEY: KEY });
const databaseUrl = await findDatabase({ databaseUrl: undefined, dataDir: server.dataDir });
if (!databaseUrl) throw new Error('the server has no database');
const db = openDatabase(databaseUrl, pino({ level: 'silent' }), 2);
try {
  const starts = [1_774_000_000, 1_774_000_060, 1_774_000_120, 1_774_000_420, 1_774_001_200];
  const samples = await Promise.all(starts.map(minuteOf));
  const minutes = Array.from(
    { length: MINUTES },
    (_, n) => samples[n % samples.length] ?? samples[0],
  ).flatMap((one) => one ?? []);
  const folder = new FolderBlobStore(join(server.dataDir, 'blobs'));
  const encrypted = new EncryptedBlobStore(folder, { db, box: secretBox([KEY]) });
  const cases = [
    ['600 recordings', 'many-plain', folder, minutes],
    ['600 recordings, encrypted', 'many-encrypted', encrypted, minutes],
    ['1 recording', 'one-plain', folder, [joined(minutes)]],
    ['1 recording, encrypted', 'one-encrypted', encrypted, [joined(minutes)]],
  ] as const;
  console.log(
    'conversation of 10 h        format          median    p90    p99    max  (ms to the first sound)',
  );
  for (const [name, person, blobs, parts] of cases) {
    if (!person.includes(values.only)) continue;
    const conversation = await store(db, blobs, person, parts);
    for (const format of ['wav', 'ogg'] as const) {
      const url = `${server.url}/api/v1/conversations/${conversation}/audio?format=${format}`;
      const head = await fetch(url, { method: 'HEAD', headers: { 'x-afterword-user': person } });
      const size = Number(head.headers.get('content-length'));
      const took: number[] = [];
      for (let n = 0; n < PLACES; n += 1) {
        const from = Math.floor(Math.random() * (size - 40_000));
        took.push(await firstSoundMs(url, person, from, FIRST_BYTES[format]));
      }
      told(name, format, took, (await residentMemory(server.process.pid ?? 0)).api);
      if (!browser || person.startsWith('one')) continue;
      const address = await fetch(url.replace('/audio?', '/audio/address?'), {
        method: 'POST',
        headers: { 'x-afterword-user': person },
      });
      const { url: path } = (await address.json()) as { url: string };
      const byElement = await elementMs(browser, server.url, path);
      told(name, `${format} <audio>`, byElement, (await residentMemory(server.process.pid ?? 0)).api);
    }
  }
  const listen = Number(values['listen-seconds']);
  const url = `${server.url}/api/v1/conversations/cnv_many-encrypted/audio?format=wav`;
  const size = Number(
    (await fetch(url, { method: 'HEAD', headers: { 'x-afterword-user': 'many-encrypted' } })).headers.get(
      'content-length',
    ),
  );
  const pid = server.process.pid ?? 0;
  const memory = async (when: string) => {
    const { api } = await residentMemory(pid);
    console.log(`${when.padEnd(30)} api ${api.toFixed(0)} MB`);
    return api;
  };
  await memory('before the listeners');
  let isOver = false;
  let played = 0;
  const listening = Array.from({ length: LISTENERS }, async () => {
    const response = await ask(url, 'many-encrypted', Math.floor(Math.random() * size * 0.9));
    // As a player does: some seconds at once, then as fast as it sounds.
    let allowed = 10 * 32_000;
    const begun = performance.now();
    for await (const chunk of response) {
      played += (chunk as Buffer).length;
      allowed -= (chunk as Buffer).length;
      while (allowed < -((performance.now() - begun) / 1000) * 32_000 && !isOver) await delay(100);
      if (isOver) break;
    }
    response.destroy();
  });
  const series: number[] = [];
  for (let second = 0; second < listen; second += 5) {
    await delay(5_000);
    series.push(await memory(`${LISTENERS} listeners for ${second + 5} s`));
  }
  const settled = series.slice(Math.floor(series.length / 3));
  console.log(`slope after a third of that    ${slopePerMinute(settled, 5).toFixed(1)} MB a minute`);
  isOver = true;
  await Promise.all(listening);
  console.log(`played ${(played / 32_000 / LISTENERS).toFixed(0)} s to each listener`);
  for (const seconds of [2, 15]) {
    await delay(seconds * 1_000);
    await memory('after the listeners');
  }
} finally {
  agent.destroy();
  await browser?.close();
  await db.destroy();
  await server.close();
}
