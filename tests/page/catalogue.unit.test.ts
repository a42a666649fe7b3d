/** Every string of the page has its place in the catalogue, in each language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, parseSync, Visitor } from 'oxc-parser';
import { expect, it } from 'vitest';
import { de } from '../../packages/page/src/words/de.ts';
import { en } from '../../packages/page/src/words/en.ts';
import { shownFolder } from '../../packages/page/src/words/first-folders.ts';
import { ERRORS } from '../../src/errors.ts';
import { DEFAULT_FOLDERS } from '../../src/meaning/folders.ts';

const SOURCES = fileURLToPath(new URL('../../packages/page/src/', import.meta.url));

/** `name: kind` of each entry, as `common.conversations: function`. */
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

it('the folders that everybody begins with have names in each language, until somebody changes them', () => {
  const given = DEFAULT_FOLDERS.map(({ id, name, description }) => [id, { name, description }]);
  expect(en.firstFolders).toEqual(Object.fromEntries(given));
  const names = DEFAULT_FOLDERS.map((folder) => shownFolder(folder, de.firstFolders).name);
  expect(names).toEqual(['Persönliches', 'Arbeit', 'Geselliges']);
  const [, work] = DEFAULT_FOLDERS;
  if (!work) throw new Error('there is no such folder');
  const renamed = { ...work, name: 'Büro' };
  expect(shownFolder(renamed, de.firstFolders).name).toBe('Büro');
  const own = { ...work, id: 'another' };
  expect(shownFolder(own, de.firstFolders)).toBe(own);
});

/** Of which the page needs no words, since nobody before it is told of them or it says them by other means. */
const TOLD_OTHERWISE: Record<string, string[]> = {
  'Only a program that writes its requests by itself is told of it.': [
    'no_files',
    'body_not_multipart',
    'body_compressed',
    'boundary_missing',
    'form_without_boundary',
    'form_not_closed',
    'form_bare_line_feeds',
    'form_broken',
    'part_broken',
    'part_without_file_name',
    'too_many_files',
    'name_with_path',
    'sender_unclear',
    'token_refused',
    'stream_token',
    'folder_exists',
    'http_broken',
    'headers_too_large',
    'no_such_address',
    'range_outside',
  ],
  'The page is not shown then, or the sign-in stands in its place.': ['user_missing', 'wrong_host'],
  'The server names what does not fit.': ['invalid_request'],
  'The bar of the connection says that it is tried again.': ['too_many_streams'],
  'The way of a file through its stages says it.': [
    'queued',
    'working',
    'unintelligible',
    'partly_unintelligible',
    'unknown_language',
    'damaged',
  ],
  'The player says it.': ['no_sound'],
  'The settings show what there is instead.': ['push_not_set_up'],
};

it('every code of the API has its words, or a reason why it needs none', () => {
  const told = [...Object.keys(en.problems), ...Object.values(TOLD_OTHERWISE).flat()];
  expect(told.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
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

/** What is called with a text that people read or hear: toasts, the announcer of screen readers, what asks. */
const TELLS = new Set(['announce', 'tell', 'remember', 'alert', 'confirm', 'prompt', 'deleteWithUndo']);
const TELLS_OF = new Set(['toast']);
/** What is set to such a text, and is shown as it is. */
const SHOWN_PROPERTIES = new Set([
  'textContent',
  'innerText',
  'innerHTML',
  'title',
  'placeholder',
  'ariaLabel',
  'ariaDescription',
  'alt',
]);
/** Fields of an object that components and notifications show. */
const SHOWN_FIELDS = new Set([
  'title',
  'label',
  'description',
  'hint',
  'body',
  'message',
  'placeholder',
  'aria-label',
]);

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
  const nameOf = (node: Node | null | undefined): string | null =>
    node?.type === 'Identifier' || node?.type === 'JSXIdentifier'
      ? node.name
      : node?.type === 'Literal' && typeof node.value === 'string'
        ? node.value
        : null;
  new Visitor({
    CallExpression({ callee, arguments: given }) {
      const [first, second] = given as Node[];
      if (callee.type === 'Identifier' && (TELLS.has(callee.name) || TELLS_OF.has(callee.name))) {
        // The first argument of these names what is deleted.
        if (callee.name !== 'deleteWithUndo') check(first);
        return;
      }
      if (callee.type !== 'MemberExpression') return;
      const [of, method] = [nameOf(callee.object as Node), nameOf(callee.property as Node)];
      if (of !== null && TELLS_OF.has(of)) check(first);
      if (method === 'setAttribute' && READ_ALOUD.has(nameOf(first) ?? '')) check(second);
    },
    AssignmentExpression({ left, right }) {
      if (left.type === 'MemberExpression' && SHOWN_PROPERTIES.has(nameOf(left.property as Node) ?? ''))
        check(right as Node);
    },
    Property({ key, value }) {
      if (SHOWN_FIELDS.has(nameOf(key as Node) ?? '')) check(value as Node);
    },
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

/** The label that the server gives in English, shown before its answer comes. */
const OF_THE_SERVER = ['conversation/rules/optimistic.ts: Speaker'];

it('no text that people read or hear stands outside of the catalogue', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    // The states are for those who build the page.
    (file) => /\.tsx?$/.test(file) && !/^(states|words)[/]/.test(file),
  );
  expect(files.filter((file) => file.endsWith('.ts')).length).toBeGreaterThan(10);
  const literals = files.flatMap((file) => literalsIn(file, readFileSync(join(SOURCES, file), 'utf8')));
  expect(literals.map((literal) => relative('.', literal))).toEqual(OF_THE_SERVER);
});

it.each([
  [
    'in an element, in a condition and in what is read aloud',
    3,
    `const a = <p title="Look">Words {b ? 'yes' : 'no'} {1}</p>;`,
  ],
  [
    'in each attribute that is read aloud',
    3,
    `const a = <input aria-label="Find" placeholder={\`Find ${'$'}{x}\`} alt="A picture" />;`,
  ],
  [
    'in a toast and its description',
    3,
    `toast('Saved'); toast.error(x, { description: 'It failed' }); toast.success(\`${'$'}{n} saved\`);`,
  ],
  ['in what is announced', 2, `announce('Moved'); tell(a ? 'Added' : b, undo);`],
  [
    'in what is set by a program',
    3,
    `document.title = 'Mine'; place.textContent = 'Gone'; place.setAttribute('aria-label', 'Close');`,
  ],
  ['in a notification', 1, `registration.showNotification(x, { body: 'It is ready' });`],
  [
    'and not in keys, classes, codes and what the catalogue says',
    0,
    `const c = <kbd>Ctrl</kbd>; const d = <p className="mt-2">{x}</p>; toast(words.saved); f('some_code'); place.className = 'mt-2'; place.setAttribute('role', 'status');`,
  ],
])('finds a text %s', (_, count, source) => {
  expect(literalsIn('a.tsx', source)).toHaveLength(count);
});
