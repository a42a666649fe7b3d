/**
 * Ends a process whose threads are inside native code. Node terminates the threads first, and sherpa's addon then throws where
 * nobody can catch: the process is ended by SIGABRT, and its exit status is lost. So a process with such threads is replaced
 * by a program that only exits with that status: the kernel ends all threads with it, wherever they are.
 */

let running = 0;

/** Counts a run in a thread until it has ended, whatever comes of it. */
export async function counted<T>(run: Promise<T>): Promise<T> {
  running++;
  try {
    return await run;
  } finally {
    running--;
  }
}

/** From here on every end of this process has its own exit status: also in the middle of work, as when its lease is lost. */
export function endPastNativeThreads(): void {
  process.on('exit', (status) => {
    if (running > 0) replaceProcess(status);
  });
}

function replaceProcess(status: number): void {
  try {
    // The environment is empty, since the channel to a parent is named there.
    process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${status})`], {});
  } catch {
    // It is missing on Windows, and refused where a sandbox says so.
  }
  process.kill(process.pid, 'SIGKILL');
}
