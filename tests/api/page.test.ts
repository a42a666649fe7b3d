/** How the page is served: to browsers only, in the form that they take, and with the reason where there is none. */
import { request } from 'node:http';
import { expect, it } from 'vitest';
import type { PageFile, PageSource } from '../../src/api/page.ts';
import { startApi } from '../support/api.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

const file = (content: string, about: Partial<PageFile> = {}): PageFile => ({
  type: 'text/javascript; charset=utf-8',
  etag: 'digest',
  isImmutable: true,
  encodings: ['br', 'gzip', 'identity'],
  read: async (encoding) => Buffer.from(`${encoding} ${content}`),
  ...about,
});

const page: PageSource = () => ({
  document: '<!doctype html><meta property="csp-nonce" nonce="NONCE"></head><p>the page',
  nonce: 'NONCE',
  files: new Map([
    ['/assets/a.js', file('a')],
    ['/sw.js', file('worker', { isImmutable: false, encodings: ['identity'] })],
  ]),
  needed: new Map([['/c/:id', ['/assets/a.js']]]),
  spoken: new Map([['de', ['/assets/de.js']]]),
});

/** `fetch` unpacks what it gets; this one gives it as it came. */
function ask(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) =>
      request(url, { headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      })
        .on('error', reject)
        .end(),
  );
}

it('gives browsers the page at each of its addresses, and programs what they got before', async () => {
  const { url } = await startApi({ page });
  for (const path of ['/', '/c/cnv_a', '/uploads', '/uploads/upl_a', '/operation', '/settings']) {
    const { status, text, headers } = await ask(`${url}${path}`, BROWSER);
    expect([status, text.includes('the page')], path).toEqual([200, true]);
    expect(headers['cache-control']).toBe('no-cache');
  }
  const plain = await ask(url, { accept: '*/*' });
  expect(plain.text).toContain('The server is running');
});

it.each(['/nowhere', '/nowhere/deeper', '/api/v1/nowhere', '/%zz', '/assets/none.js'])(
  'at %s, which has nothing, browsers get the page that says so and programs the refusal',
  async (path) => {
    const { url } = await startApi({ page });
    const seen = await ask(`${url}${path}`, BROWSER);
    expect([seen.status, seen.text.includes('the page')]).toEqual([404, true]);
    expect(seen.headers['content-security-policy']).toContain('nonce-');
    for (const accept of ['*/*', 'application/json', '']) {
      const told = await ask(`${url}${path}`, { accept });
      expect([told.status, JSON.parse(told.text).code]).toEqual([404, 'no_such_address']);
      expect(told.headers['content-type']).toContain('application/problem+json');
    }
    const posted = await fetch(`${url}${path}`, { method: 'POST', headers: BROWSER });
    expect(posted.headers.get('content-type')).toContain('application/problem+json');
  },
);

it('names with each address what only that needs', async () => {
  const { url } = await startApi({ page });
  const named = async (path: string) =>
    /<link rel="modulepreload" crossorigin href="([^"]+)"/.exec(
      (await ask(`${url}${path}`, BROWSER)).text,
    )?.[1];
  expect(await named('/c/cnv_a')).toBe('/assets/a.js');
  expect(await named('/uploads')).toBeUndefined();
});

it.each([
  ['de-AT,de;q=0.9,en;q=0.8', '/assets/de.js'],
  ['sv, de;q=0.5', '/assets/de.js'],
  ['en-GB,en;q=0.9,de;q=0.8', undefined],
  ['', undefined],
])('names the strings of the language that a browser wants by %j', async (accepted, wanted) => {
  const { url } = await startApi({ page });
  const { text } = await ask(`${url}/uploads`, { ...BROWSER, 'accept-language': accepted });
  expect(/<link rel="modulepreload" crossorigin href="([^"]+)"/.exec(text)?.[1]).toBe(wanted);
});

it('lets only the styles of this answer into the page, by a nonce that is never used again', async () => {
  const { url } = await startApi({ page });
  const nonces = new Set<string>();
  for (let time = 0; time < 3; time++) {
    const { headers, text } = await ask(url, BROWSER);
    const nonce = /nonce="([^"]+)"/.exec(text)?.[1] ?? '';
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

it.each([
  ['br, gzip', 'br'],
  ['gzip;q=1.0, br;q=0', 'gzip'],
  ['gzip', 'gzip'],
  ['', undefined],
  ['identity', undefined],
])('gives a file in the form that %j takes', async (accepted, wanted) => {
  const { url } = await startApi({ page });
  const { headers, text } = await ask(`${url}/assets/a.js`, { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(wanted);
  expect(text).toBe(`${wanted ?? 'identity'} a`);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const known = await ask(`${url}/assets/a.js`, {
    'accept-encoding': accepted,
    'if-none-match': `W/${headers.etag}`,
  });
  expect([known.status, known.text]).toEqual([304, '']);
});

it('serves nothing but what was built', async () => {
  const { url } = await startApi({ page });
  expect((await ask(`${url}/sw.js`)).headers['cache-control']).toBe('no-cache');
  for (const path of ['/assets/b.js', '/assets/..%2f..%2fpackage.json', '/icons/x.png'])
    expect((await ask(`${url}${path}`)).status, path).toBe(404);
});

it('says why there is no page, and everything else works', async () => {
  const { url } = await startApi({ page: () => ({ absent: 'could not be built: <b>no space</b>' }) });
  const { status, text, headers } = await ask(url, BROWSER);
  expect(status).toBe(503);
  expect(text).toContain('could not be built: &lt;b&gt;no space&lt;/b&gt;');
  expect(headers['retry-after']).toBe('3');
  expect((await ask(`${url}/health/ready`)).status).toBe(200);
  const nowhere = await ask(`${url}/nowhere`, BROWSER);
  expect([nowhere.status, nowhere.text.includes('There is nothing at this address.')]).toEqual([404, true]);
});
