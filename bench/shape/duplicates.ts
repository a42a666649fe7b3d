import type { SourceFile } from './source.ts';

/** Shorter runs are as often the language's own forms as they are repetition. */
const RUN_LINES = 6;
/** What stands in more places than this is an idiom, and pairing all of its places would only count it. */
const MOST_PLACES = 8;
/** Lists of constants and of imported names have one shape without being alike: a near run needs some substance. */
const FEWEST_TOKENS = 60;
const FEWEST_SHAPES = 5;

interface Line {
  number: number;
  exact: string;
  shape: string;
  tokens: number;
}

export interface Pair {
  left: string;
  right: string;
}

/**
 * Pairs of files (or of places in one file) that share runs of six lines or more. An exact run has the same lines but for
 * white space; a near run has lines that differ in names, strings and numbers only. A pair with an exact run is not
 * counted among the near ones.
 */
export function findDuplicates(files: SourceFile[]): { exact: Pair[]; near: Pair[] } {
  const read = files.map((file) => ({ path: file.path, lines: significantLines(file) }));
  const exact = findPairs(read, (lines) => lines.map((line) => line.exact).join('\n'));
  const near = findPairs(read, (lines) =>
    hasSubstance(lines) ? lines.map((line) => line.shape).join('\n') : undefined,
  );
  const known = new Set(exact.keys());
  return {
    exact: [...exact.values()],
    near: [...near].filter(([key]) => !known.has(key)).map(([, pair]) => pair),
  };
}

const TOKEN = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[\p{L}_$][\p{L}\p{N}_$]*|[\d_.]+n?|\S/gu;
const KEYWORD =
  /^(?:const|let|function|async|await|return|if|else|for|of|in|while|do|switch|case|default|break|continue|new|class|extends|export|interface|type|try|catch|finally|throw|typeof|instanceof|void|null|undefined|true|false|yield|this)$/;

function significantLines(file: SourceFile): Line[] {
  const lines: Line[] = [];
  file.code.forEach((text, index) => {
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    const tokens = text.match(TOKEN) ?? [];
    lines.push({
      number: index + 1,
      exact: tokens.join(' '),
      shape: tokens.map(shapeOf).join(' '),
      tokens: tokens.length,
    });
  });
  return lines;
}

function shapeOf(token: string): string {
  if (KEYWORD.test(token)) return token;
  if (/^['"`]/.test(token)) return 'text';
  if (/^\d/.test(token)) return '0';
  return /^[\p{L}_$]/u.test(token) ? 'name' : token;
}

const hasSubstance = (lines: Line[]): boolean =>
  lines.reduce((sum, line) => sum + line.tokens, 0) >= FEWEST_TOKENS &&
  new Set(lines.map((line) => line.shape)).size >= FEWEST_SHAPES;

function findPairs(
  files: { path: string; lines: Line[] }[],
  keyOf: (lines: Line[]) => string | undefined,
): Map<string, Pair> {
  const places = new Map<string, { file: number; at: number }[]>();
  files.forEach(({ lines }, file) => {
    for (let at = 0; at + RUN_LINES <= lines.length; at++) {
      const key = keyOf(lines.slice(at, at + RUN_LINES));
      if (key === undefined) continue;
      const known = places.get(key);
      if (known) known.push({ file, at });
      else places.set(key, [{ file, at }]);
    }
  });
  const pairs = new Map<string, Pair>();
  for (const found of places.values()) {
    if (found.length < 2 || found.length > MOST_PLACES) continue;
    found.forEach((left, index) => {
      for (const right of found.slice(index + 1)) {
        const overlaps = left.file === right.file && right.at - left.at < RUN_LINES;
        const key = `${left.file} ${right.file}`;
        if (overlaps || pairs.has(key)) continue;
        pairs.set(key, { left: nameOf(left), right: nameOf(right) });
      }
    });
  }
  return pairs;

  function nameOf({ file, at }: { file: number; at: number }): string {
    return `${files[file]?.path}:${files[file]?.lines[at]?.number}`;
  }
}
