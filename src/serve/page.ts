/**
 * Finds the page that was built from the present sources, and has it built where there is none. That happens beside the
 * start and in a process of its own: a page that cannot be built must not keep the api from accepting recordings.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BUILD, findPage, NONCE, SHOWN_AT, SPOKEN_IN } from '@afterword/page/built';
import type { Logger } from 'pino';
import type { BuiltPage, Encoding, PageFile, PageSource, PageState } from '../api/page.ts';

/** A build takes some seconds, and a minute where the processor is shared by many. */
const LONGEST_BUILD_MS = 300_000;
const SAID_CHARACTERS = 2000;

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  woff2: 'font/woff2',
};

export interface RunningPage {
  source: PageSource;
  /** Resolves when it is there, or cannot be. */
  settled: Promise<void>;
  stop(): Promise<void>;
}

export function startPage(log: Logger): RunningPage {
  let state: PageState = {
    absent: 'The page for people is being prepared. Load this address again in some seconds.',
  };
  const stopping = new AbortController();
  const working = prepare(log, stopping.signal)
    .then((ready) => {
      state = ready;
    })
    .catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.error(`The page for people could not be built, and everything else works without it: ${reason}`);
      state = { absent: `The page for people could not be built: ${reason}` };
    });
  return {
    source: () => state,
    settled: working,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

async function prepare(log: Logger, signal: AbortSignal): Promise<PageState> {
  const found = await findPage();
  if (found.isBuilt) return await readPage(found.folder);
  log.info('The page for people is being built, because its sources have changed since it was built.');
  const began = performance.now();
  await build(signal);
  const built = await findPage();
  if (!built.isBuilt)
    throw new Error('its sources have changed while it was built; the next start builds it');
  log.info(`The page for people is built (${((performance.now() - began) / 1000).toFixed(1)} s).`);
  return await readPage(built.folder);
}

/** @throws Error with what the build has said */
async function build(signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [BUILD], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_BUILD_MS)]),
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, SAID_CHARACTERS);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) =>
      reject(error.name === 'AbortError' ? new Error('it took longer than five minutes') : error),
    );
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(said.trim() || `the build ended with ${code}`)),
    );
  });
}

async function readPage(folder: string): Promise<PageState> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const there = new Set(paths);
  const files = new Map<string, PageFile>();
  for (const path of paths) {
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
    const address = `/${relative(folder, path).replaceAll('\\', '/')}`;
    // What the build leaves for tools, and the compressed forms, have no address.
    if (type !== undefined && !address.startsWith('/.'))
      files.set(address, await describe(path, address, type, there));
  }
  const document = await readFile(join(folder, 'index.html'), 'utf8');
  return { document, nonce: NONCE, files, ...(await readNeeded(folder)) };
}

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

/** What each address and each language need beside the first load, by the list of files that the build leaves. */
async function readNeeded(folder: string): Promise<Pick<BuiltPage, 'needed' | 'spoken'>> {
  const chunks = JSON.parse(await readFile(join(folder, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const filesOf = (name: string, known = new Set<string>()): Set<string> => {
    const chunk = chunks[name];
    if (!chunk || known.has(chunk.file)) return known;
    known.add(chunk.file);
    for (const one of chunk.imports ?? []) filesOf(one, known);
    return known;
  };
  const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry) ?? '';
  const first = filesOf(entry);
  const beside = (sources: Readonly<Record<string, string>>) =>
    new Map(
      Object.entries(sources).map(([name, source]) => [
        name,
        [...filesOf(source).difference(first)].map((file) => `/${file}`),
      ]),
    );
  return { needed: beside(SHOWN_AT), spoken: beside(SPOKEN_IN) };
}

async function describe(
  path: string,
  address: string,
  type: string,
  there: ReadonlySet<string>,
): Promise<PageFile> {
  const ending: Record<Encoding, string> = { br: '.br', gzip: '.gz', identity: '' };
  const encodings = (Object.keys(ending) as Encoding[]).filter((one) => there.has(path + ending[one]));
  return {
    type,
    etag: createHash('sha256')
      .update(await readFile(path))
      .digest('base64url')
      .slice(0, 16),
    isImmutable: address.startsWith('/assets/'),
    encodings,
    read: (encoding) => readFile(path + ending[encoding]),
  };
}
