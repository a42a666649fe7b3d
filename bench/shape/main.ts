/**
 * Measures the form of the source: how long files and functions are, which files import each other in a circle, what is
 * cut too small, what is written twice.
 *
 *   npm run shape                        the working tree, and where each finding stands
 *   npm run shape -- --against <commit>  the same figures of a commit beside it
 */
import { parseArgs } from 'node:util';
import { findDuplicates } from './duplicates.ts';
import { readTree, type SourceFile } from './source.ts';

const FOLDER = 'src';
/** A file of this length that one other imports may as well be a part of it. */
const SMALL_FILE_LINES = 60;

interface Shape {
  figures: [name: string, value: string][];
  findings: [title: string, lines: string[]][];
}

const { values } = parseArgs({ options: { against: { type: 'string' } } });
const now = measure(readTree(FOLDER));
const before = values.against === undefined ? undefined : measure(readTree(FOLDER, values.against));
printFigures(now, before);
for (const [title, lines] of now.findings) {
  if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function measure(files: SourceFile[]): Shape {
  const lengths = files.map((file) => file.lines.length).sort((a, b) => a - b);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const comments = files.reduce((sum, file) => sum + file.commentLines, 0);
  const functions = files
    .flatMap((file) => file.functions.map((found) => ({ ...found, path: file.path })))
    .sort((a, b) => a.lines - b.lines);
  const longestFile = files.reduce((longest, file) =>
    file.lines.length > longest.lines.length ? file : longest,
  );
  const longestFunction = functions.at(-1);
  const circles = findCircles(files);
  const small = findSmallWithOneImporter(files);
  const shared = findSharedNames(files, (file) => file.exported);
  const declared = findSharedNames(files, (file) => file.declared);
  const { exact, near } = findDuplicates(files);
  const functionLengths = functions.map((found) => found.lines);
  return {
    figures: [
      ['files', `${files.length}`],
      ['lines', `${total}`],
      ['file: median', `${quantile(lengths, 0.5)}`],
      ['file: p90', `${quantile(lengths, 0.9)}`],
      ['file: longest', `${longestFile.lines.length} (${longestFile.path})`],
      ['function: median', `${quantile(functionLengths, 0.5)}`],
      ['function: p90', `${quantile(functionLengths, 0.9)}`],
      [
        'function: longest',
        longestFunction ? `${longestFunction.lines} (${longestFunction.path}:${longestFunction.line})` : '0',
      ],
      ['comment lines', `${((100 * comments) / total).toFixed(1)} %`],
      ['circles of imports', `${circles.length}`],
      [`one importer, ≤ ${SMALL_FILE_LINES} lines`, `${small.length}`],
      ['exported names in two files', `${shared.length}`],
      ['top-level names in two files', `${declared.length}`],
      ['exact duplicates', `${exact.length}`],
      ['near duplicates', `${near.length}`],
    ],
    findings: [
      ['Circles of imports, types included', circles.map((circle) => circle.join(' → '))],
      [`Files of ${SMALL_FILE_LINES} lines or fewer with one importer`, small],
      ['Names exported by two files or more', shared],
      ['Exact duplicates', exact.map(({ left, right }) => `${left} ~ ${right}`)],
      ['Near duplicates', near.map(({ left, right }) => `${left} ~ ${right}`)],
    ],
  };
}

function printFigures(now: Shape, before: Shape | undefined): void {
  const rows = now.figures.map(([name, value], index) => [name, before?.figures[index]?.[1], value]);
  rows.unshift(['', before ? `at ${values.against}` : undefined, 'now']);
  const shown = rows.map((row) => row.filter((cell) => cell !== undefined));
  const widths =
    shown[0]?.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of shown) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Each circle is a strongly connected part of the graph (Tarjan): everything in it imports everything else, by some way. */
function findCircles(files: SourceFile[]): string[][] {
  const imports = new Map(files.map((file) => [file.path, file.imports]));
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  for (const { path } of files) if (!order.has(path)) visit(path);
  return circles;

  function visit(path: string): void {
    order.set(path, order.size);
    let low = order.get(path) ?? 0;
    stack.push(path);
    for (const next of imports.get(path) ?? []) {
      if (!imports.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low);
    }
    lowest.set(path, low);
    if (low !== order.get(path)) return;
    const part = stack.splice(stack.indexOf(path));
    if (part.length > 1 || imports.get(path)?.includes(path)) circles.push(part);
  }
}

/** What is loaded only when it is needed has to be a file of its own, however short, and is not counted. */
function findSmallWithOneImporter(files: SourceFile[]): string[] {
  const importers = new Map<string, SourceFile[]>();
  for (const file of files) {
    for (const imported of new Set(file.imports)) {
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  return files.flatMap((file) => {
    const [importer, another] = importers.get(file.path) ?? [];
    const counts =
      importer &&
      !another &&
      file.lines.length <= SMALL_FILE_LINES &&
      !importer.lazyImports.includes(file.path);
    return counts ? [`${file.path} (${file.lines.length}) ← ${importer.path}`] : [];
  });
}

function findSharedNames(files: SourceFile[], namesOf: (file: SourceFile) => string[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const file of files) {
    for (const name of namesOf(file)) {
      const known = places.get(name);
      if (known) known.add(file.path);
      else places.set(name, new Set([file.path]));
    }
  }
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)
    .sort();
}
