import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, EngineError, messageOf } from '../engine/errors.ts';

const run = promisify(execFile);

export interface Owner {
  uid: number;
  gid: number;
}

/** Says as which account, and through which program, a PostgreSQL program is started. */
export interface RunAs {
  /** The account that PostgreSQL runs as, if that is not our own. */
  owner?: Owner;
  command(binary: string, args: string[]): { file: string; args: string[] };
}

interface Way extends RunAs {
  description: string;
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Says whether the account has a passwd entry. initdb refuses one without, as containers with `--user 12345` have. */
async function hasName(uid: number): Promise<boolean> {
  return run('id', ['-un', String(uid)]).then(
    () => true,
    () => false,
  );
}

async function nobody(): Promise<Owner> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (cause) {
    throw new EngineError(
      'postgres_user',
      'PostgreSQL refuses to run as root and this system has no account "nobody" to run it as. ' +
        'Start Afterword as an ordinary user, or give the data folder to one (chown), or set DATABASE_URL.',
      { cause },
    );
  }
}

async function chooseOwner(dataDir: string, pgdata: string): Promise<Owner> {
  // The cluster's owner first: PostgreSQL only starts a data folder that belongs to its own account.
  for (const path of [pgdata, dataDir]) {
    const owner = await ownerOf(path);
    if (owner && owner.uid !== 0 && (await hasName(owner.uid))) return owner;
  }
  return nobody();
}

function plainly(): Way {
  return { description: 'directly', command: (file, args) => ({ file, args }) };
}

/**
 * Changes the account and keeps one capability: `dac_read_search` to pass through closed folders, or
 * `dac_override`, which container runtimes leave where they take the former. They are raised as ambient
 * capabilities, which survive exec of an ordinary program without making it "secure" to the loader (an
 * `$ORIGIN` library path, which these binaries have, would be ignored then).
 */
function withCapability(owner: Owner, capability: string): Way {
  const identity = ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups'];
  // access(2) answers for an ordinary account without its capabilities, and initdb asks it whether "postgres" lies
  // beside it; the securebit makes it count them.
  const raise = [
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
  ];
  return {
    description: `with the capability ${capability}`,
    owner,
    command: (binary, args) => ({ file: 'setpriv', args: [...identity, ...raise, binary, ...args] }),
  };
}

/**
 * Asks the kernel instead of re-implementing its rules (mode bits, ACLs, security modules): can this account
 * enter the data folder and load the program?
 */
async function reaches(way: Way, dataDir: string, postgres: string): Promise<string | undefined> {
  const script = 'cd -- "$1" && exec "$2" --version';
  const { file, args } = way.command('/bin/sh', ['-c', script, 'sh', dataDir, postgres]);
  const asOwner = way.owner && file !== 'setpriv' ? { uid: way.owner.uid, gid: way.owner.gid } : {};
  try {
    await run(file, args, { cwd: '/', ...asOwner });
    return undefined;
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    return stderr || messageOf(error);
  }
}

/** The outermost folder on the way to `path` that others may not enter, for a message one can act on. */
async function closedFolder(path: string): Promise<string | undefined> {
  const parents: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    parents.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  for (const folder of parents) {
    if (existsSync(folder) && ((await stat(folder)).mode & 0o001) === 0) return folder;
  }
  return undefined;
}

/**
 * Chooses the account that runs PostgreSQL. An ordinary user runs it as itself. PostgreSQL refuses root, which therefore uses
 * another account; that one needs help to pass through folders that only root may enter (/root, or mktemp's 0700).
 */
export async function chooseRunAs(dataDir: string, postgres: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return plainly();
  const owner = await chooseOwner(dataDir, join(dataDir, 'pgdata'));
  const ways: Way[] = [{ ...plainly(), description: 'directly', owner }];
  if (process.platform === 'linux') {
    ways.push(withCapability(owner, 'dac_read_search'), withCapability(owner, 'dac_override'));
  }
  const failures: string[] = [];
  for (const way of ways) {
    const failure = await reaches(way, dataDir, postgres);
    if (failure === undefined) return way;
    failures.push(`${way.description}: ${failure}`);
  }
  const closed = (await closedFolder(dataDir)) ?? (await closedFolder(dirname(postgres)));
  throw new EngineError(
    'postgres_user',
    `PostgreSQL refuses to run as root, and the account with uid ${owner.uid} that would run it instead cannot ` +
      `pass ${closed ? `the folder ${closed}` : `to ${dataDir} or ${postgres}`}. ` +
      `Either ${closed ? `allow passing through it (chmod o+x ${closed})` : 'open the folders on the way'}, ` +
      'or start Afterword as an ordinary user, or put it and its data elsewhere, or set DATABASE_URL. ' +
      `Tried: ${failures.join('; ')}`,
  );
}

/**
 * `detached` gives the program a session of its own: Ctrl-C signals the whole foreground group, and PostgreSQL
 * must not go down under workers that are still writing their last results.
 */
export function spawnAs(runAs: RunAs, binary: string, args: string[], options: SpawnOptions): ChildProcess {
  const command = runAs.command(binary, args);
  // setpriv changes the account itself, and needs to be root to do so.
  const identity = runAs.owner && command.file === binary ? runAs.owner : {};
  return spawn(command.file, command.args, {
    ...options,
    ...identity,
    // A folder any account may be in; ours may be closed to it.
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...options.env },
  });
}
