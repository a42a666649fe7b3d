/** Every string of the page has its place in the catalogue, in each language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, parseSync, Visitor } from 'oxc-parser';
import { expect, it } from 'vitest';
import { de } from '../../packages/page/src/words/de.ts';
import { en } from '../../packages/page/src/words/en.ts';

const SOURCES = fileURLToPath(new URL('../../packages/page/src/', import.meta.url));

/** `name: kind` of each entry, as `common.files: function`. */
function entriesOf(words: object, at = ''): string[] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? entriesOf(value, `${at}${name}.`)
      : [`${at}${name}: ${typeof value}`],
  );
}

it('the languages have the same entries, and none is empty', () => {
  expect(entriesOf(de)).toEqual(entriesOf(en));
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((value) =>
      typeof value === 'string' ? [value] : typeof value === 'object' ? texts(value as object) : [],
    );
  for (const words of [en, de]) expect(texts(words).filter((text) => text.trim() === '')).toEqual([]);
});

/** Attributes whose text people read or hear. */
const READ_ALOUD = new Set([
  'aria-label',
  'aria-description',
  'aria-valuetext',
  'alt',
  'title',
  'placeholder',
  'label',
  'text',
  'hint',
  'description',
]);
const LETTERS = /\p{L}{2,}/u;

/** Names of keys are the same in each language. */
const isKeyName = (node: { openingElement: { name: { type: string; name?: unknown } } }) =>
  node.openingElement.name.type === 'JSXIdentifier' && node.openingElement.name.name === 'kbd';

function literalsIn(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: string[] = [];
  const textOf = (node: Node | null | undefined): string | null => {
    if (!node) return null;
    if (node.type === 'JSXText') return node.value;
    if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
    if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.raw).join('');
    if (node.type === 'JSXExpressionContainer') return textOf(node.expression as Node);
    if (node.type === 'ConditionalExpression')
      return [textOf(node.consequent), textOf(node.alternate)].filter(Boolean).join(' ') || null;
    if (node.type === 'LogicalExpression') return textOf(node.right);
    return null;
  };
  const check = (node: Node | null | undefined) => {
    const text = textOf(node);
    if (text !== null && LETTERS.test(text)) found.push(`${file}: ${text.trim()}`);
  };
  new Visitor({
    JSXElement(node) {
      if (!isKeyName(node)) for (const child of node.children) check(child);
    },
    JSXFragment(node) {
      for (const child of node.children) check(child);
    },
    JSXAttribute(node) {
      if (node.name.type === 'JSXIdentifier' && READ_ALOUD.has(node.name.name)) check(node.value);
    },
  }).visit(program);
  return found;
}

it('no text of a component stands outside of the catalogue', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    // The states are for those who build the page.
    (file) => file.endsWith('.tsx') && !file.startsWith('states/'),
  );
  expect(files.length).toBeGreaterThan(10);
  const literals = files.flatMap((file) => literalsIn(file, readFileSync(join(SOURCES, file), 'utf8')));
  expect(literals.map((literal) => relative('.', literal))).toEqual([]);
});

it('finds a text in an element, in a condition and in what is read aloud', () => {
  const source = `const a = <p title="Look">Words {b ? 'yes' : 'no'} {1}</p>; const c = <kbd>Ctrl</kbd>; const d = <p className="mt-2">{x}</p>;`;
  expect(literalsIn('a.tsx', source)).toHaveLength(3);
});
