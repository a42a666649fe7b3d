/** Keeps one child process running: it is started again when it ends, after pauses that grow while it keeps crashing. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Message } from './parent.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A child that ran this long was well, so the pauses start over. */
const WELL_AFTER_MS = 30_000;

export interface ChildOptions {
  /** Its name in the log. */
  name: 'Api' | 'Worker';
  /** Called anew for each start. */
  command: () => { args: string[]; env: NodeJS.ProcessEnv; execArgv?: string[] };
  /** The time between SIGTERM and SIGKILL. */
  stopWithinMs: number;
  log: Logger;
}

export interface Child {
  /** Resolves when it is ready for the first time. Rejects with its own message if its first start fails. */
  readonly ready: Promise<Message & { type: 'ready' }>;
  stop(): Promise<void>;
}

export function superviseChild({ name, command, stopWithinMs, log }: ChildOptions): Child {
  const stopping = new AbortController();
  const ready = Promise.withResolvers<Message & { type: 'ready' }>();
  // If nobody waits for it, the log tells of a failed start.
  ready.promise.catch(() => {});
  let child: ChildProcess | undefined;

  async function supervise(): Promise<void> {
    let restart = 0;
    for (;;) {
      const began = performance.now();
      child = start(command());
      const life = follow(child);
      void life.ready.then((message) => message && ready.resolve(message));
      const { how, wasReady, said } = await life.ended;
      const { pid } = child;
      ready.reject(new Error(said ?? `The ${name.toLowerCase()} ended at its start (${how}).`));
      if (stopping.signal.aborted) return;
      if (performance.now() - began > WELL_AFTER_MS) restart = 0;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** restart, LONGEST_PAUSE_MS);
      restart++;
      const seconds = pauseMs < 1000 ? pauseMs / 1000 : Math.round(pauseMs / 1000);
      log.error(
        { child: name.toLowerCase(), childPid: pid, how, restart, pauseMs },
        `${name} ${wasReady ? 'ended' : 'crashed at start'} (${how}), restart ${restart} in ${seconds} s: ${said ?? 'it said nothing'}`,
      );
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
    }
  }
  const supervised = supervise();

  let stopped: Promise<void> | undefined;
  return {
    ready: ready.promise,
    stop() {
      stopped ??= (async () => {
        stopping.abort();
        child?.kill('SIGTERM');
        const kill = setTimeout(() => {
          log.warn({ child: name.toLowerCase() }, `${name} did not stop in time and is killed`);
          child?.kill('SIGKILL');
        }, stopWithinMs);
        await supervised;
        clearTimeout(kill);
      })();
      return stopped;
    },
  };
}

function start({ args, env, execArgv = [] }: ReturnType<ChildOptions['command']>): ChildProcess {
  return fork(MAIN, args, { env, execArgv, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
}

interface End {
  /** `exit 1`, `SIGKILL`. */
  how: string;
  wasReady: boolean;
  said: string | null;
}

function follow(child: ChildProcess) {
  const words = new LastWords();
  if (child.stderr) words.listenTo(child.stderr);
  const isReady = Promise.withResolvers<(Message & { type: 'ready' }) | null>();
  let wasReady = false;
  let failed: string | null = null;
  child.on('message', (message: Message) => {
    if (message.type === 'failed') failed = oneLine(message.reason);
    else if (message.type === 'ready') {
      // `node --watch` has its children send messages of its own as well.
      wasReady = true;
      isReady.resolve(message);
    }
  });
  const ended = (async (): Promise<End> => {
    try {
      // `close` comes after `exit`, when all that it printed has arrived.
      const [code, signal] = await once(child, 'close');
      return { how: signal ?? `exit ${code}`, wasReady, said: failed ?? words.reason };
    } catch (error) {
      return { how: 'it cannot be started', wasReady, said: oneLine(String(error)) };
    } finally {
      isReady.resolve(null);
    }
  })();
  return { ready: isReady.promise, ended };
}

/** An error with its stack is longer than this; the message is at its beginning, and one line needs no more. */
const MOST_CHARACTERS = 16_384;
const LONGEST_WORDS = 300;

/** Recognises why a process ended: an error's first line, Node's own "FATAL ERROR: …", or what our commands print. */
const REASON = /^(?:Uncaught )?(?:afterword: |FATAL ERROR: |[A-Za-z]*Error(?: \[\w+\])?: )/;
/** Recognises the lines around the reason: the stack, the source line, an error's fields, Node's version. */
const BESIDE = /^(?:\s|Node\.js v|node:|file:|[{}^]|-+ |\d+: )/;

/** Passes a child's standard error on to ours and keeps its end. */
class LastWords {
  #text = '';

  listenTo(stream: Readable): void {
    stream.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      this.#text = (this.#text + text).slice(-MOST_CHARACTERS);
    });
  }

  /** One line that says why the child ended, or null when it said nothing. */
  get reason(): string | null {
    return reasonIn(this.#text);
  }
}

export function reasonIn(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const told =
    lines.findLast((line) => REASON.test(line)) ??
    lines.findLast((line) => line !== '' && !BESIDE.test(line));
  return told === undefined ? null : oneLine(told.replace(/^(?:Uncaught |afterword: )+/, ''));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_WORDS ? `${line.slice(0, LONGEST_WORDS)}…` : line;
}
