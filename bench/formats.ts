/** How fast each format is decoded, and how much memory a long file takes. It makes the files with ffmpeg, by repeating speech. */
import { execFileSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { decode } from '../src/audio/decode.ts';
import type { AudioHint } from '../src/audio/hint.ts';
import { emptyReport } from '../src/audio/report.ts';
import { findFfmpeg } from '../src/decoders/find-ffmpeg.ts';
import { outsideDecoder } from '../src/decoders/outside.ts';

const CLIP = fileURLToPath(new URL('../tests/fixtures/speech/two-cities.wav', import.meta.url));
/** 16 kHz mono of 16 bits, behind a header of 44 bytes. */
const CLIP_SECONDS = (statSync(CLIP).size - 44) / 32_000;
/** A minute as Omi's phone wrote it: its framing has no header, so minutes one behind the other are one file. */
const OMI = new URL('../samples/day/audio_omi_opus_fs320_16000_1_fs320_1774000000.bin', import.meta.url);
const OMI_HINT = { codec: 'opus', sampleRateHz: 16_000, frameSamples: 320 } as const;
const FORMATS: readonly { file: string; args: string[] }[] = [
  { file: 'long.wav', args: [] },
  { file: 'long.mp3', args: ['-c:a', 'libmp3lame', '-b:a', '32k'] },
  { file: 'long-44100.mp3', args: ['-c:a', 'libmp3lame', '-ar', '44100', '-ac', '2', '-b:a', '128k'] },
  { file: 'long.flac', args: ['-c:a', 'flac'] },
  { file: 'long.opus', args: ['-c:a', 'libopus', '-b:a', '24k'] },
  { file: 'long.oga', args: ['-c:a', 'libvorbis', '-f', 'ogg'] },
  { file: 'long.webm', args: ['-c:a', 'libopus', '-b:a', '24k'] },
  { file: 'long.aiff', args: ['-c:a', 'pcm_s16be'] },
  { file: 'long.m4a', args: ['-c:a', 'aac', '-b:a', '48k'] },
  { file: 'long.aac', args: ['-c:a', 'aac', '-b:a', '48k'] },
];

const { hours, only } = new Command('formats')
  .option(
    '--hours <number>',
    'of each file',
    (text) => {
      if (!(Number(text) > 0)) throw new InvalidArgumentError('it must be a number of hours');
      return Number(text);
    },
    1,
  )
  .option('--only <format>', 'one of them, as mp3')
  .parse()
  .opts<{ hours: number; only?: string }>();

const ffmpeg = findFfmpeg(undefined, process.env.PATH);
if (ffmpeg === null) throw new Error('this bench makes its files with ffmpeg, which is not on PATH');
const folder = await mkdtemp(join(tmpdir(), 'afterword-formats-'));
try {
  console.log('| file | MB | hours heard | × real time | memory grew by |\n|---|---|---|---|---|');
  for (const { file, args } of FORMATS) {
    if (only && !file.endsWith(only)) continue;
    const [short, long] = [join(folder, `short-${file}`), join(folder, file)];
    const quiet = ['-v', 'error', '-y'];
    execFileSync(ffmpeg, [...quiet, '-i', CLIP, ...args, short]);
    // The packets are copied, which takes seconds for hours of sound.
    const loops = Math.round((hours * 3600) / CLIP_SECONDS);
    execFileSync(ffmpeg, [
      ...quiet,
      '-stream_loop',
      String(loops - 1),
      '-i',
      short,
      '-c',
      'copy',
      ...formatOf(file),
      long,
    ]);
    console.log(await measured(long, file));
    await rm(long);
  }
  if (!only || only === 'bin') {
    const frames = await readFile(OMI);
    const long = join(folder, 'long.bin');
    await writeFile(
      long,
      Array.from({ length: Math.round(hours * 60) }, () => frames),
    );
    console.log(await measured(long, 'long.bin', OMI_HINT));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function formatOf(file: string): string[] {
  return file.endsWith('.oga') ? ['-f', 'ogg'] : [];
}

async function measured(path: string, file: string, hint: AudioHint | null = null): Promise<string> {
  const { size } = await stat(path);
  let [warm, most, samples] = [0, 0, 0];
  const startedAt = performance.now();
  const sound = decode(createReadStream(path), hint, emptyReport(), 0, 0, outsideDecoder(ffmpeg));
  for await (const block of sound) {
    samples += block.length;
    if (samples % (600 * 16_000) !== 0) continue;
    const { rss } = process.memoryUsage();
    if (warm === 0) warm = rss;
    most = Math.max(most, rss);
  }
  const seconds = samples / 16_000;
  const speed = seconds / ((performance.now() - startedAt) / 1000);
  const grown = `${Math.round((most - warm) / 1e6)} MB from 10 min on`;
  return `| ${file} | ${Math.round(size / 1e6)} | ${(seconds / 3600).toFixed(2)} | ${Math.round(speed)} | ${grown} |`;
}
