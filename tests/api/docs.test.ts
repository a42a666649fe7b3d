import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { schemaSource } from '../../packages/client/generate.ts';
import { ERRORS } from '../../src/errors.ts';
import { startApi } from '../support/api.ts';

const ERRORS_DOC = new URL('../../docs/errors.md', import.meta.url);
const COMMITTED = new URL('../../docs/openapi.json', import.meta.url);
const CLIENT_TYPES = new URL('../../packages/client/src/schema.ts', import.meta.url);

it('serves OpenAPI 3.1 that is the committed document; AFTERWORD_UPDATE_DOCS=1 writes it', async () => {
  const { url } = await startApi();
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { openapi: string };
  expect(document.openapi).toBe('3.1.0');
  if (process.env.AFTERWORD_UPDATE_DOCS) await writeFile(COMMITTED, `${JSON.stringify(document, null, 2)}\n`);
  expect(JSON.parse(await readFile(COMMITTED, 'utf8'))).toEqual(document);
  const types = await schemaSource(document);
  if (process.env.AFTERWORD_UPDATE_DOCS) await writeFile(CLIENT_TYPES, types);
  expect(await readFile(CLIENT_TYPES, 'utf8')).toBe(types);
});

it('gives every body of a request, and an example of it', async () => {
  const document = JSON.parse(await readFile(COMMITTED, 'utf8')) as Document;
  const without = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) =>
      Object.values(requestBody?.content ?? {})
        .filter(({ example, schema }) => !example && !exampleOf(document, schema))
        .map(() => `${method} ${path}`),
    ),
  );
  expect(without).toEqual([]);
});

interface Schema {
  $ref?: string;
  examples?: unknown[];
}

interface Document {
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Record<string, { example?: unknown; schema: Schema }> } }>
  >;
  components: { schemas: Record<string, Schema> };
}

function exampleOf({ components }: Document, { $ref, examples }: Schema): unknown {
  const name = $ref?.split('/').at(-1);
  return (name ? components.schemas[name]?.examples : examples)?.[0];
}

it('shows the api to a person, without asking anything of the network', async () => {
  const { url } = await startApi();
  const page = await fetch(`${url}/docs`);
  expect(page.status).toBe(200);
  const html = await page.text();
  const scripts = [...html.matchAll(/<script[^>]*src="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    const address = new URL(script, page.url);
    expect(address.origin).toBe(new URL(url).origin);
    expect((await fetch(address)).status).toBe(200);
  }
});

it('answers an unknown address with a problem', async () => {
  const { url } = await startApi();
  const response = await fetch(`${url}/nowhere`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'no_such_address' });
});

it('has a line for every error where the type of a problem leads, and in docs/errors.md', async () => {
  const { url } = await startApi();
  const problem = (await (await fetch(`${url}/nowhere`)).json()) as { type: string };
  const page = await fetch(new URL(problem.type, url));
  expect(await page.text()).toContain('id="not_found"');
  const table = errorsTable();
  if (process.env.AFTERWORD_UPDATE_DOCS) await writeFile(ERRORS_DOC, table);
  expect(await readFile(ERRORS_DOC, 'utf8')).toBe(table);
});

function errorsTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, title, remedy }]) =>
      `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${title} | ${remedy} |`,
  );
  return [
    '# Errors and verdicts',
    '',
    'This table is generated from `src/errors.ts`. An error of a whole request is its answer, with this status, as problem',
    "details (RFC 9457). An error of one file stands in that file's receipt and does not affect the other files.",
    '',
    '| code | status | worth retrying | what it means | what you can do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
