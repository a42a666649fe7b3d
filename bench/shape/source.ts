import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Comment, type Node, parseSync, Visitor } from 'oxc-parser';

/** One source file with what the measures need of its syntax tree. */
export interface SourceFile {
  path: string;
  lines: string[];
  /** The text without comments and imports; every line keeps its number. */
  code: string[];
  commentLines: number;
  /** Functions that have a name; a callback is a part of the function it stands in. */
  functions: { line: number; lines: number }[];
  /** Files of the same tree that this one imports, re-exports or names in a type. */
  imports: string[];
  /** Those of them that are loaded only when they are needed, by `import()`. */
  lazyImports: string[];
  /** Names declared at the top level, exported or not. */
  declared: string[];
  exported: string[];
}

/** The files below `folder` as they are in the working tree, or as a commit left them. */
export function readTree(folder: string, commit?: string): SourceFile[] {
  if (commit === undefined) return readFolder('.', listTracked(folder));
  const copy = mkdtempSync(join(tmpdir(), 'shape-'));
  try {
    const archive = git(['archive', '--format=tar', commit, folder]);
    execFileSync('tar', ['-x', '-C', copy], { input: archive });
    const paths = git(['ls-tree', '-r', '-z', '--name-only', commit, folder]).toString().split('\0');
    return readFolder(copy, paths);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function listTracked(folder: string): string[] {
  return git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', folder])
    .toString()
    .split('\0');
}

/** Trees and archives of this project are far below the bound. */
const git = (words: string[]): Buffer => execFileSync('git', words, { maxBuffer: 256 * 1024 * 1024 });

function readFolder(root: string, paths: string[]): SourceFile[] {
  const files: SourceFile[] = [];
  for (const path of paths.filter((path) => path.endsWith('.ts')).sort()) {
    const text = textOf(join(root, path));
    if (text !== undefined) files.push(readSource(path, text));
  }
  return files;
}

/** A file that is tracked and not there has just been moved or deleted. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure;
  }
}

function readSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path} cannot be parsed: ${errors[0].message}`);
  const lineOf = lineFinder(text);
  const functions: SourceFile['functions'] = [];
  const specifiers = new Set<string>();
  const lazySpecifiers = new Set<string>();
  const imports: { start: number; end: number }[] = [];

  const addFunction = (node: { start: number; end: number }) => {
    const line = lineOf(node.start);
    functions.push({ line, lines: lineOf(node.end) - line + 1 });
  };
  const addSpecifier = (source: { value: unknown } | null, to = specifiers) => {
    if (typeof source?.value === 'string') to.add(source.value);
  };
  const isFunction = (node: Node | null) =>
    node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';
  new Visitor({
    FunctionDeclaration: addFunction,
    MethodDefinition: addFunction,
    Property: (node) => {
      if (isFunction(node.value)) addFunction(node);
    },
    VariableDeclarator: (node) => {
      if (isFunction(node.init)) addFunction(node);
    },
    ImportDeclaration: (node) => {
      imports.push(node);
      addSpecifier(node.source);
    },
    ExportNamedDeclaration: (node) => addSpecifier(node.source),
    ExportAllDeclaration: (node) => addSpecifier(node.source),
    ImportExpression: (node) => {
      if (node.source.type === 'Literal') addSpecifier(node.source, lazySpecifiers);
    },
    TSImportType: (node) => addSpecifier(node.source),
  }).visit(program);

  const inTree = (found: Set<string>) =>
    [...found]
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => join(dirname(path), specifier));
  return {
    path,
    lines: linesOf(text),
    code: linesOf(blank(text, [...comments, ...imports])).map((line) => line.trim()),
    commentLines: countCommentLines(text, comments, lineOf),
    functions,
    imports: inTree(new Set([...specifiers, ...lazySpecifiers])),
    lazyImports: inTree(lazySpecifiers),
    declared: program.body.flatMap(declaredNames),
    exported: program.body.flatMap((statement) => (isExport(statement) ? declaredNames(statement) : [])),
  };
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** Line breaks stay, so that a line of the result has the number it has in the file. */
function blank(text: string, spans: { start: number; end: number }[]): string {
  let result = text;
  for (const { start, end } of spans) {
    result = result.slice(0, start) + result.slice(start, end).replace(/[^\n]/g, ' ') + result.slice(end);
  }
  return result;
}

function countCommentLines(text: string, comments: Comment[], lineOf: (offset: number) => number): number {
  const lines = new Set<number>();
  for (const { start, end } of comments) {
    const standsAlone = text.slice(text.lastIndexOf('\n', start) + 1, start).trim() === '';
    if (!standsAlone) continue;
    for (let line = lineOf(start); line <= lineOf(end); line++) lines.add(line);
  }
  return lines.size;
}

const isExport = (statement: Node): boolean =>
  statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';

function declaredNames(statement: Node): string[] {
  switch (statement.type) {
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return statement.declaration ? declaredNames(statement.declaration) : [];
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement.id ? [statement.id.name] : [];
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
      return [statement.id.name];
    default:
      return [];
  }
}
