/** What a web page of another address could do to a server on its reader's loopback. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { rawRequest } from '../support/raw-request.ts';

const MINE = 'afterword.example';

it.each([
  ['localhost', 200],
  ['LOCALHOST:4747', 200],
  ['localhost.', 200],
  ['afterword.localhost:1', 200],
  ['127.0.0.1', 200],
  ['127.1.2.3:80', 200],
  ['[::1]:4747', 200],
  [MINE, 200],
  ['Afterword.Example:443', 200],
  ['port.example:8080', 200],
  ['port.example:8081', 421],
  ['evil.example', 421],
  ['evil.example:4747', 421],
  ['localhost.evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['evil-localhost', 421],
  ['x.afterword.example', 421],
  ['127.0.0.1@evil.example', 421],
  ['localhost evil.example', 421],
  ['10.0.0.5', 421],
  ['0.0.0.0', 421],
  ['', 421],
])('a request to %j is answered with %i', async (host, status) => {
  const { url } = await startApi({ hosts: [MINE, 'port.example:8080'] });
  for (const path of ['/health', '/api/v1/recordings', '/docs', '/v2/sync-local-files/x', '/nowhere']) {
    const answer = await rawRequest(`${url}${path}`, { headers: [['host', host]] });
    expect(answer.status === 421, path).toBe(status === 421);
    if (status === 421) expect(answer.body, path).toContain('AFTERWORD_HOSTS');
  }
  const twice: [string, string][] = [
    ['Host', 'localhost'],
    ['host', host],
  ];
  expect((await rawRequest(`${url}/health`, { headers: twice })).status).toBe(421);
});

it('a request without a host is refused as every other one, and only HTTP/1.0 may leave it out', async () => {
  const { url } = await startApi();
  const first = async (version: string, method: string, path: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(`${method} ${path} HTTP/${version}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    return await text(socket);
  };
  expect(await first('1.1', 'GET', '/health/live')).toMatch(/^HTTP\/1\.1 421 .*wrong_host/s);
  expect(await first('1.1', 'POST', '/v2/sync-local-files')).toMatch(/^HTTP\/1\.1 421 .*wrong_host/s);
  expect(await first('1.0', 'GET', '/health/live')).toMatch(/^HTTP\/1\.1 200 /);
});

const own = (host: string) => `http://${host}`;

it.each<[string, (host: string) => Record<string, string>, boolean]>([
  ['a program', () => ({}), true],
  ['a page of its own', (host) => ({ origin: own(host), 'sec-fetch-site': 'same-origin' }), true],
  ['a page of its own, in capitals', (host) => ({ origin: own(host).toUpperCase() }), true],
  ['a page of its own that says no origin', () => ({ 'sec-fetch-site': 'same-origin' }), true],
  ['its user', () => ({ 'sec-fetch-site': 'none' }), true],
  ['a page behind TLS of its own', () => ({ host: MINE, origin: `https://${MINE}` }), true],
  [
    'a page of a host that is listed',
    () => ({ origin: `https://${MINE}`, 'sec-fetch-site': 'cross-site' }),
    true,
  ],
  [
    'a page of evil.example',
    () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    false,
  ],
  ['an old browser on evil.example', () => ({ origin: 'http://evil.example' }), false],
  ['a page that says no origin', () => ({ 'sec-fetch-site': 'cross-site' }), false],
  [
    'a page of another port',
    () => ({ origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }),
    false,
  ],
  [
    'another site that claims its origin',
    (host) => ({ origin: own(host), 'sec-fetch-site': 'cross-site' }),
    false,
  ],
  ['a page from a file', () => ({ origin: 'null' }), false],
  ['an empty origin', () => ({ origin: '' }), false],
  ['an extension', () => ({ origin: 'chrome-extension://abc' }), false],
  ['a page with a similar name', (host) => ({ origin: `${own(host)}.evil.example` }), false],
  ['an unknown kind of site', () => ({ 'sec-fetch-site': 'x' }), false],
])('%s may change something: %s', async (_who, headersOf, may) => {
  const { url } = await startApi({ hosts: [MINE] });
  const headers = Object.entries(headersOf(new URL(url).host));
  for (const [method, path] of [
    ['POST', '/api/v1/recordings?name=a_1774000000.wav&restore=true'],
    ['DELETE', '/api/v1/me'],
    ['DELETE', '/api/v1/recordings/rec_1'],
    ['DELETE', '/api/v1/conversations/cnv_1'],
    ['POST', '/api/v1/uploads/upl_1/cancel'],
    ['PUT', '/api/v1/conversations/cnv_1/speakers/spk_1'],
    ['POST', '/v2/sync-local-files'],
  ] as const) {
    const { body } = await rawRequest(`${url}${path}`, {
      method,
      headers,
      body: method === 'POST' ? 'x' : '',
    });
    expect(body.includes('"foreign_page"'), path).toBe(!may);
  }
  expect((await rawRequest(`${url}/api/v1/recordings`, { headers })).status).toBe(200);
});

it.each([
  ['https://afterword.example', true],
  ['https://afterword.example:443', true],
  ['http://afterword.example', false],
  ['https://afterword.example:8443', false],
  ['https://wiki.afterword.example', false],
  ['https://example', false],
])('of the public address only the exact origin may change something: %s', async (origin, may) => {
  const { url } = await startApi({ publicUrl: 'https://afterword.example' });
  for (const host of ['afterword.example', 'localhost']) {
    const headers: [string, string][] = [
      ['host', host],
      ['origin', origin],
    ];
    const { body } = await rawRequest(`${url}/api/v1/recordings/rec_1`, { method: 'DELETE', headers });
    expect(body.includes('"foreign_page"'), host).toBe(!may);
    expect(body).not.toContain('"wrong_host"');
  }
});
