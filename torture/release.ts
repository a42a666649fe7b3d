/** An earlier version of this program, from the history of its own repository, ready to run beside the present one. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Versions that people run, and whose data and running work are to be taken over, newest first: each that lands is added. */
export const RELEASES = [
  '7812365',
  '2619d88',
  'a01be83',
  'e86304e',
  '018c19f',
  '6eaefec',
  '8950950',
  'ad860ee',
  'e07ef07',
  '42fb726',
] as const;
/** The newest, unless the run names another one. */
export const LAST_RELEASE = RELEASES[0];

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);
const NPM_WITHIN_MS = 600_000;

export interface Release {
  /** Its command, as src/cli/main.ts is ours. */
  main: string;
  /** What it would make of recordings, by its own code. */
  Oracle: typeof import('./expected.ts').Oracle;
}

/** @returns the release, or a sentence that says why there is none */
export async function findRelease(commit: string): Promise<Release | string> {
  const whole = await run('git', [
    '-C',
    ROOT,
    'rev-parse',
    '--verify',
    '--quiet',
    `${commit}^{commit}`,
  ]).catch(() => null);
  if (!whole)
    return `the history of ${commit} is not here (a shallow clone, or no clone): git fetch --unshallow brings it`;
  const id = whole.stdout.trim();
  // From one run to the next: the packages of an old version may have to be installed.
  const folder = join(tmpdir(), `afterword-release-${id}`);
  // Its packages may be a link into a checkout that is gone since, so the link's end is what is looked for.
  if (!existsSync(join(folder, 'node_modules'))) {
    await rm(folder, { recursive: true, force: true });
    const failure = await prepare(id, folder);
    if (failure) return failure;
  }
  const { Oracle } = (await import(
    pathToFileURL(join(folder, 'torture', 'expected.ts')).href
  )) as typeof import('./expected.ts');
  return { main: join(folder, 'src', 'cli', 'main.ts'), Oracle };
}

/** Made beside its place and moved into it whole: a run that is broken off leaves nothing half-made. */
async function prepare(id: string, folder: string): Promise<string | null> {
  await mkdir(dirname(folder), { recursive: true });
  const workplace = await mkdtemp(`${folder}-`);
  try {
    const archive = join(workplace, 'source.tar');
    await run('git', ['-C', ROOT, 'archive', '--output', archive, id]);
    await run('tar', ['-xf', archive, '-C', workplace]);
    await rm(archive);
    if (await fits(workplace))
      await symlink(join(ROOT, 'node_modules'), join(workplace, 'node_modules'), 'dir');
    else await install(workplace);
    await rename(workplace, folder);
    return null;
  } catch (error) {
    return `${id.slice(0, 7)} could not be made ready: ${error instanceof Error ? error.message : error}`;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Whether the packages that are installed here are those that it asks for. */
async function fits(folder: string): Promise<boolean> {
  const ours = await dependenciesOf(ROOT);
  return Object.entries(await dependenciesOf(folder)).every(([name, version]) => ours[name] === version);
}

async function dependenciesOf(folder: string): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return dependencies;
}

async function install(folder: string): Promise<void> {
  // Its scripts are not needed: it runs on our Node, and on a database of ours.
  const wanted = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', wanted, { cwd: folder, timeout: NPM_WITHIN_MS });
}
