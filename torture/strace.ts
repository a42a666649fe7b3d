/** Debian's strace: what a process asks of the kernel, and one of these calls made its last, or failing. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, kill } from '../tests/engine/fixtures/scene.ts';
import { eventually } from './pace.ts';

/** All by which bytes and names become lasting. */
const LASTING = ['fsync', 'fdatasync', 'rename', 'renameat', 'renameat2', 'link', 'linkat'] as const;

export type Fault = 'SIGKILL' | 'EIO' | 'ENOSPC';

export interface Injection {
  call: string;
  /** The nth of this call in its thread, from 1. */
  nth: number;
  fault: Fault;
}

const ATTACHED_WITHIN_MS = 15_000;

/** @returns why it cannot be used here, with what mends it; null when it can */
export async function straceFault(): Promise<string | null> {
  const found = await new Promise<boolean>((resolve) => {
    execFile('strace', ['--version'], (error) => resolve(error === null));
  });
  if (!found) return 'strace is not installed: apt-get install strace';
  const victim = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    const traced = await Strace.attach([victim.pid ?? 0], '/dev/null').catch(() => null);
    await traced?.detach();
    if (traced) return null;
    return 'this machine forbids ptrace: as root, sysctl -w kernel.yama.ptrace_scope=0; in a container, start it with --cap-add=SYS_PTRACE';
  } finally {
    kill(victim.pid);
  }
}

export class Strace {
  readonly #child: ChildProcess;
  readonly #output: string;

  private constructor(child: ChildProcess, output: string) {
    this.#child = child;
    this.#output = output;
  }

  /** Resolves when all threads of these are watched. */
  static async attach(pids: readonly number[], output: string, injection?: Injection): Promise<Strace> {
    const calls = injection ? [injection.call] : LASTING;
    const inject = injection ? ['-e', `inject=${injection.call}:${actionOf(injection)}`] : [];
    const child = spawn(
      'strace',
      ['-f', ...pids.flatMap((pid) => ['-p', String(pid)]), '-o', output, '-e', `trace=${calls}`, ...inject],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const endWithUs = () => kill(child.pid, 'SIGTERM');
    process.once('exit', endWithUs);
    child.once('exit', () => process.off('exit', endWithUs));
    child.once('error', () => {});
    const isAttached = () => pids.every((pid) => said.includes(`Process ${pid} attached`));
    const hasEnded = () => child.pid === undefined || child.exitCode !== null;
    await eventually(() => isAttached() || hasEnded(), ATTACHED_WITHIN_MS);
    if (!isAttached()) {
      kill(child.pid, 'SIGTERM');
      throw new Error(`strace did not attach to ${pids.join(', ')}: ${said.slice(-300)}`);
    }
    return new Strace(child, output);
  }

  /** The names of the calls, in order. */
  async calls(): Promise<string[]> {
    return (await this.#lines()).flatMap((line) => /^\d+\s+(\w+)\(/.exec(line)?.[1] ?? []);
  }

  async hasStruck(): Promise<boolean> {
    return (await this.#lines()).some((line) => /\(INJECTED\)|\+\+\+ killed by SIGKILL/.test(line));
  }

  /** Lets go of what still runs. */
  async detach(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([ended, delay(5_000)]);
  }

  async #lines(): Promise<string[]> {
    return (await readFile(this.#output, 'utf8').catch(() => '')).split('\n');
  }
}

/** A process and all that it has started, whose threads strace has to be told of one by one. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

function actionOf({ fault, nth }: Injection): string {
  return fault === 'SIGKILL' ? `signal=SIGKILL:when=${nth}` : `error=${fault}:when=${nth}`;
}
