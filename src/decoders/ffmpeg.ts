import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { ByteReader } from '../audio/byte-reader.ts';
import { OUTSIDE, type OutsideFormat } from '../audio/formats.ts';
import { AudioError, type DecodeReport, emptyReport, noteDamage } from '../audio/report.ts';
import type { SoundTrace } from '../audio/sound-map.ts';
import { decodeWav } from '../audio/wav.ts';
import { RunningTime } from '../providers/deadline.ts';
import { PLAIN_AAC_DELAY } from './adts-notes.ts';
import { chunksOf, type FileNotes, isNextMp4, notesFor, seekable } from './seekable.ts';

/** The demuxer that is used, whatever ffmpeg would take the bytes for: a playlist could name other files. */
const DEMUXERS: Partial<Readonly<Record<OutsideFormat, string>>> = {
  mp4: 'mov',
  adts: 'aac',
  amr: 'amr',
  asf: 'asf',
  'caf-packed': 'caf',
  'matroska-packed': 'matroska',
  'wav-packed': 'wav',
  'aiff-packed': 'aiff',
  'ogg-other': 'ogg',
  'ogg-surround': 'ogg',
  rifx: 'wav',
  wavpack: 'wv',
  'mpeg-ts': 'mpegts',
  'mpeg-ps': 'mpeg',
};

/**
 * Bounds of one process. Its address space: it maps about 300 MB of libraries and needs some tens of MB. Its time on a
 * core: a hundred hours of sound take about half an hour.
 */
const MEMORY_KB = 1_048_576;
const CPU_SECONDS = 7_200;
const LONGEST_SECONDS = 360_000;
/** It has bytes to read and says nothing for so long: it is in a loop. */
const SILENT_MS = 40_000;
/** Of some seconds of sound, for which somebody waits. */
const SILENT_PART_MS = 5_000;
const KEPT_ERROR_BYTES = 4_000;
/** Each file of those that were joined costs a process: nobody joins more, and a hostile file could claim a million. */
const MOST_JOINED = 100;

interface FfmpegOptions {
  trace?: SoundTrace | undefined;
  silentMs?: number;
  memoryKb?: number;
}

interface OneOptions extends FfmpegOptions {
  notes?: FileNotes | null;
  /** Sample frames that are left out at the start. */
  skip?: number;
}

/** Decodes by a process that reads and writes pipes, and nothing else. Leaving early ends it. */
export async function* decodeWithFfmpeg(
  program: string,
  format: OutsideFormat,
  reader: ByteReader,
  report: DecodeReport,
  options: FfmpegOptions = {},
): AsyncGenerator<Float32Array> {
  let isHeard = false;
  let refused: AudioError | null = null;
  const notes = options.trace ? notesFor(format) : null;
  const skip = format === 'adts' ? PLAIN_AAC_DELAY : 0;
  // Of MP4s one behind the other each has an index of its own, and ffmpeg reads the first.
  for (let file = 0; file === 0 || (format === 'mp4' && (await isNextMp4(reader))); file += 1) {
    if (file > 0) notes?.lost();
    if (file === MOST_JOINED) {
      noteDamage(report, 'too_long');
      break;
    }
    try {
      yield* decodeOne(program, format, reader, report, { ...options, notes, skip });
      isHeard = true;
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      refused ??= error;
    }
  }
  if (refused !== null && !isHeard) throw refused;
  if (refused !== null) noteDamage(report, 'stream_unsupported');
  const seek = report.damage === null ? (notes?.end() ?? null) : null;
  if (seek !== null) options.trace?.seekable(seek.format, seek);
}

/** The sound of a part of a file, which was made decodable by itself. @param skip sample frames that are left out at the start */
export function decodePartWithFfmpeg(
  program: string,
  format: OutsideFormat,
  reader: ByteReader,
  skip: number,
): AsyncGenerator<Float32Array> {
  return decodeOne(program, format, reader, emptyReport(), { silentMs: SILENT_PART_MS, skip });
}

async function* decodeOne(
  program: string,
  format: OutsideFormat,
  reader: ByteReader,
  report: DecodeReport,
  { notes = null, skip = 0, silentMs = SILENT_MS, memoryKb = MEMORY_KB }: OneOptions,
): AsyncGenerator<Float32Array> {
  const { chunks, statedMs } = await seekable(format, reader, report, notes);
  const child = start(program, format, skip, memoryKb);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  ended.catch(() => {});
  const errors = textOf(child);
  const feeding = feed(chunks, child.stdin, format === 'mp4');
  const state = { isSilent: false };
  const output = new ByteReader(watched(child, () => feeding.isWaiting, silentMs, state));
  const wav = emptyReport();
  const framesBefore = report.frames;
  let samples = 0;
  try {
    let verdict: unknown = null;
    try {
      for await (const piece of decodeWav(output, wav)) {
        samples += piece.length;
        report.frames = framesBefore + wav.frames;
        yield piece;
      }
    } catch (error) {
      verdict = error;
    }
    // It may go on writing what nobody reads any more, and then neither it nor its pipe would ever end.
    child.stdout.destroy();
    if (verdict !== null && !(verdict instanceof AudioError)) throw verdict;
    // A source that failed is no fault of the file.
    await feeding.settled(samples > 0);
    const [code, signal] = await ended;
    if (state.isSilent) throw new Error(`ffmpeg stopped answering over ${OUTSIDE[format]}`);
    // The shell's own: there is no such program, or it may not be run.
    if (samples === 0 && (code === 126 || code === 127))
      throw new Error(`ffmpeg cannot be started: ${errors()}`);
    const said = wordsOf(errors());
    if (samples === 0 && said.includes('matches no streams'))
      throw new AudioError('not_audio', `The file is ${OUTSIDE[format]}, and has no sound track.`);
    if (samples === 0)
      throw new AudioError('no_frames', `${OUTSIDE[format]}: ffmpeg found no sound${said && `: ${said}`}.`);
    if (code !== 0 || signal !== null) noteDamage(report, 'decoder_stopped');
    else if (said !== '') noteDamage(report, 'frame_misplaced');
    const missingMs = statedMs - samples / 16;
    if (missingMs > Math.max(1_000, statedMs / 100)) {
      noteDamage(report, 'data_cut_short');
      report.lostMs += missingMs;
    }
  } finally {
    child.kill('SIGKILL');
    feeding.stop();
  }
}

/** Without the addresses in memory, which differ each time. */
function wordsOf(errors: string): string {
  return errors
    .replace(/\[([^\]]*?) @ 0x[0-9a-f]+\]/g, '$1:')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
    .replace(/[.\s]+$/, '');
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function start(program: string, format: OutsideFormat, skip: number, memoryKb: number): Child {
  const demuxer = DEMUXERS[format] ?? format;
  const input = ['-protocol_whitelist', 'pipe', '-threads', '1', '-f', demuxer, '-i', 'pipe:0'];
  const trim = skip > 0 ? ['-af', `atrim=start_sample=${skip}`] : [];
  const output = [
    ...trim,
    '-map',
    '0:a:0',
    '-vn',
    '-sn',
    '-dn',
    '-t',
    `${LONGEST_SECONDS}`,
    '-c:a',
    'pcm_s16le',
  ];
  const args = ['-hide_banner', '-loglevel', 'error', ...input, ...output, '-f', 'wav', 'pipe:1'];
  // The shell sets the limits where the system has them, and becomes ffmpeg.
  const limits = [`-v ${memoryKb}`, `-t ${CPU_SECONDS}`, '-c 0'].map(
    (limit) => `ulimit ${limit} 2>/dev/null`,
  );
  const { PATH, LD_LIBRARY_PATH } = process.env;
  return spawn('/bin/sh', ['-c', `${limits.join('; ')}; exec "$0" "$@"`, program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    env: { PATH, ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }) },
  });
}

/** Keeps the beginning of what it says about errors. */
function textOf(child: Child): () => string {
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (part: string) => {
    if (text.length < KEPT_ERROR_BYTES) text += part.slice(0, KEPT_ERROR_BYTES);
  });
  return () => text;
}

interface Feeding {
  /** It is the source's turn, and not the process's. */
  readonly isWaiting: boolean;
  /** Rejects with the source's error. A process that needs no more bytes is not one. */
  settled(hasSound: boolean): Promise<void>;
  stop(): void;
}

/** @param isReadOut reads to the end also what the process does not take, because another file may follow */
function feed(chunks: AsyncIterable<Uint8Array>, stdin: Writable, isReadOut: boolean): Feeding {
  let [isWaiting, isStopped, isSated] = [true, false, false];
  // The process may end before it has read everything.
  stdin.on('error', () => {
    isSated = true;
  });
  const run = async () => {
    for await (const chunk of chunks) {
      isWaiting = false;
      const isTaking = !isSated && !stdin.destroyed;
      if (isStopped || !(isTaking || isReadOut)) break;
      if (isTaking && !stdin.write(chunk)) await drained(stdin);
      isWaiting = true;
    }
    isWaiting = false;
    stdin.end();
  };
  const done = run().catch((error: unknown) => {
    stdin.destroy();
    throw error;
  });
  done.catch(() => {});
  return {
    get isWaiting() {
      return isWaiting;
    },
    settled: () => done,
    stop() {
      isStopped = true;
      stdin.destroy();
    },
  };
}

/** A process that ends takes no more, so its end counts as well. */
async function drained(stdin: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    // A broken pipe is its end, too, and what it has said until then counts.
    await Promise.race([once(stdin, 'drain', { signal }), once(stdin, 'close', { signal })]).catch(() => {});
  } finally {
    // Otherwise a listener would stay for each chunk.
    over.abort();
  }
}

/** Passes the output on, and ends the process once it is silent although it is its turn. */
async function* watched(
  child: Child,
  isSourceTurn: () => boolean,
  silentMs: number,
  state: { isSilent: boolean },
): AsyncGenerator<Uint8Array> {
  // Where it cannot be started its output has to end as well. (A race with a promise that never settles would keep each chunk.)
  child.once('error', (error) => child.stdout.destroy(error));
  const iterator = chunksOf(child.stdout)[Symbol.asyncIterator]();
  while (true) {
    const kill = () => {
      state.isSilent = true;
      child.kill('SIGKILL');
    };
    const silence = new RunningTime(silentMs, kill, isSourceTurn);
    const step = await iterator.next().finally(() => silence.end());
    if (step.done) return;
    yield step.value;
  }
}
