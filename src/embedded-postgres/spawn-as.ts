import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { RunAs } from './run-as.ts';

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
