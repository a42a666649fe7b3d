import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { reasonIn } from '../../src/serve/child.ts';

/** What a real process prints when it ends. */
async function printed(args: string[]): Promise<string> {
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1e8 }, (_error, _stdout, stderr) => resolve(stderr));
  });
}

describe('the last words of a process', () => {
  it.each([
    [
      'an error that nobody caught',
      ['-e', 'throw new TypeError("no such thing")'],
      'TypeError: no such thing',
    ],
    [
      'an error with fields and a cause',
      ['-e', 'throw Object.assign(new Error("outer", { cause: new Error("inner") }), { detail: "x" })'],
      'Error: outer',
    ],
    ['a module that is not there', ['/nowhere/at-all.js'], /^Error: Cannot find module/],
    [
      'no more memory',
      ['--max-old-space-size=12', '-e', 'const all = []; for (;;) all.push(new Array(1e5).fill({}));'],
      /^FATAL ERROR: .*heap/i,
    ],
    [
      'what a command of ours says',
      ['-e', 'console.error("afterword: A worker needs DATABASE_URL.")'],
      'A worker needs DATABASE_URL.',
    ],
    ['a bare line', ['-e', 'console.error("killed by the provider\\n")'], 'killed by the provider'],
  ])('are found: %s', { timeout: 60_000 }, async (_what, args, reason) => {
    expect(reasonIn(await printed(args))).toMatch(reason);
  });

  it('are none where nothing was said, and short where much was', () => {
    expect(reasonIn('')).toBeNull();
    expect(reasonIn(`Error: ${'x'.repeat(5000)}\n    at here`)?.length).toBeLessThan(400);
  });
});
