/**
 * What a playable copy costs whoever waits for words, and how soon its sound can be heard: an hour of MP3 (or M4A, Vorbis) with a remote transcriber
 * (simulated, 2 s a call) and with the local one, and the first sound at random places right after its words are there.
 *
 *   npm run bench:copies               about 5 minutes; -- --minutes 10 --only remote --kind m4a; needs ffmpeg
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startProviders } from '../simulators/providers.ts';
import { UploadBody } from '../src/api/schemas.ts';
import { findFfmpeg } from '../src/decoders/find-ffmpeg.ts';
import { quantile } from '../torture/pace.ts';
import { descendants } from './process-memory.ts';
import { startServing } from './serving.ts';

const CLIP = fileURLToPath(new URL('../tests/fixtures/speech/two-cities.wav', import.meta.url));
const CLIP_SECONDS = 44.38;
const PLACES = 20;
const WAV_BYTES_A_SECOND = 32_000;
const TICKS_A_SECOND = 100;
const KINDS: Readonly<Record<string, { name: string; args: readonly string[] }>> = {
  mono: { name: 'mp3', args: ['-c:a', 'libmp3lame', '-b:a', '32k'] },
  stereo: { name: 'mp3', args: ['-c:a', 'libmp3lame', '-ar', '44100', '-ac', '2', '-b:a', '128k'] },
  // As phones write it: without noise that is left to the decoder.
  m4a: { name: 'm4a', args: ['-c:a', 'aac', '-aac_pns', '0', '-ar', '44100', '-b:a', '96k'] },
  vorbis: { name: 'ogg', args: ['-c:a', 'libvorbis', '-ar', '44100', '-q:a', '3'] },
};
const HEADERS = { 'x-afterword-user': 'bench' };
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    only: { type: 'string' },
    kind: { type: 'string', default: 'mono' },
  },
});

const minutes = Number(values.minutes);
const kind = KINDS[values.kind];
if (!kind) throw new Error(`--kind is one of ${Object.keys(KINDS).join(', ')}`);
const file = await fileOf(minutes, kind);
const speech = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 2_000 } });
const remote = {
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: speech.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
};
try {
  console.log(`${minutes} minutes of ${kind.name} (${values.kind}), ${Math.round(file.length / 1e6)} MB`);
  for (const [name, settings] of Object.entries({ remote, local: {} }))
    if (!values.only || values.only === name) await measure(name, settings);
} finally {
  await speech.close();
}

async function fileOf(
  long: number,
  { name, args }: { name: string; args: readonly string[] },
): Promise<Buffer<ArrayBuffer>> {
  const ffmpeg = findFfmpeg(undefined, process.env.PATH);
  if (ffmpeg === null) throw new Error('this bench makes its file with ffmpeg, which is not on PATH');
  const folder = await mkdtemp(join(tmpdir(), 'afterword-copies-'));
  try {
    const [short, whole] = [join(folder, `short.${name}`), join(folder, `long.${name}`)];
    execFileSync(ffmpeg, ['-v', 'error', '-i', CLIP, ...args, short]);
    const loops = String(Math.round((long * 60) / CLIP_SECONDS) - 1);
    execFileSync(ffmpeg, ['-v', 'error', '-stream_loop', loops, '-i', short, '-c', 'copy', whole]);
    return await readFile(whole);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, settings: Record<string, string>): Promise<void> {
  const server = await startServing({ ...settings, AFTERWORD_LOG_LEVEL: 'error' });
  try {
    // What is loaded and warmed up at a start is no part of it.
    await delay(5_000);
    const before = await workerSeconds(server.process.pid ?? 0);
    const sent = performance.now();
    const url = `${server.url}/api/v1/recordings?name=memo.${kind?.name}&startedAtMs=${Date.UTC(2026, 2, 3, 9)}`;
    const headers = { ...HEADERS, 'content-type': 'application/octet-stream' };
    const answer = await fetch(url, { method: 'POST', headers, body: new Blob([file]) });
    const { id, files } = UploadBody.parse(await answer.json());
    const recording = files[0]?.recordingId ?? '';
    for (;;) {
      const wait = { ...HEADERS, prefer: 'wait=25' };
      const upload = await fetch(`${server.url}/api/v1/uploads/${id}`, { headers: wait });
      if (UploadBody.parse(await upload.json()).status === 'done') break;
    }
    const words = performance.now() - sent;
    const atWords = await workerSeconds(server.process.pid ?? 0);
    console.log(
      `${name}: words after ${(words / 1000).toFixed(1)} s, for which the worker took ${(atWords - before).toFixed(1)} s of a core`,
    );
    const sound = `${server.url}/api/v1/recordings/${recording}/audio?format=wav`;
    const first = await firstSoundMs(sound, 44);
    console.log(`${name}: the beginning sounds after ${first.toFixed(0)} ms`);
    const took: number[] = [];
    for (let n = 0; n < PLACES; n += 1) {
      const second = Math.floor(Math.random() * (minutes * 60 - 30));
      took.push(await firstSoundMs(sound, 44 + second * WAV_BYTES_A_SECOND));
    }
    console.log(
      `${name}: ${PLACES} random places right after that: median ${quantile(took, 0.5).toFixed(0)} ms, longest ${Math.max(...took).toFixed(0)} ms`,
    );
    const again: number[] = [];
    for (let n = 0, quiet = await workerSeconds(server.process.pid ?? 0); n < 120; n += 1) {
      await delay(1_000);
      const now = await workerSeconds(server.process.pid ?? 0);
      if (now - quiet < 0.1 && performance.now() - sent > words + 3_000) break;
      quiet = now;
    }
    for (let n = 0; n < PLACES; n += 1) {
      const second = Math.floor(Math.random() * (minutes * 60 - 30));
      again.push(await firstSoundMs(sound, 44 + second * WAV_BYTES_A_SECOND));
    }
    const all = await workerSeconds(server.process.pid ?? 0);
    console.log(
      `${name}: ${PLACES} random places once the copy is there: median ${quantile(again, 0.5).toFixed(0)} ms, longest ${Math.max(...again).toFixed(0)} ms`,
    );
    console.log(`${name}: after its words the worker took ${(all - atWords).toFixed(1)} s of a core more`);
  } finally {
    await server.close();
  }
}

async function firstSoundMs(url: string, from: number): Promise<number> {
  const asked = performance.now();
  for (;;) {
    const response = await fetch(url, { headers: { ...HEADERS, range: `bytes=${from}-${from + 3_199}` } });
    const bytes = await response.arrayBuffer();
    if (response.status === 206 && bytes.byteLength === 3_200) return performance.now() - asked;
    if (response.status !== 503) throw new Error(`answered ${response.status}`);
    await delay(200);
  }
}

/** Time on a core of the worker and of what it has started, until now. */
async function workerSeconds(serverPid: number): Promise<number> {
  let ticks = 0;
  for (const pid of await descendants(serverPid)) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (!command.includes('worker')) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
  }
  return ticks / TICKS_A_SECOND;
}
