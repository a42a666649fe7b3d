/** Text that PostgreSQL cannot store is cleaned, or is nobody's id: it is never an error of ours. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UploadBody } from '../../src/api/schemas.ts';
import { cleanJson, cleanName, cleanText } from '../../src/text.ts';
import { NAME, startApi } from '../support/api.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the one that PostgreSQL cannot store
const STORABLE = /^[^\u0000\p{Cs}]*$/u;

it('makes any text storable, and leaves what is clean', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 0, max: 0xffff })),
      (text, units) => {
        const broken = text + String.fromCharCode(...units);
        const cleaned = cleanText(broken);
        expect(cleaned).toMatch(STORABLE);
        expect(cleanText(cleaned)).toBe(cleaned);
        expect(cleanName(broken)).toMatch(STORABLE);
        expect(cleanName(broken)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(cleanName(broken).length).toBeLessThanOrEqual(255);
        expect(cleanName(cleanName(broken))).toBe(cleanName(broken));
      },
    ),
  );
  expect(cleanName(NAME)).toBe(NAME);
  expect(cleanName(' 議事録 🎙️.wav\n')).toBe('議事録 🎙️.wav');
});

it('cleans every text of a JSON body, and nothing else', () => {
  const sent = JSON.parse(
    '{"a\\u0000":["\\ud800b",1,null,true],"c":{"d":"e\\u0007\\n"},"__proto__":{"x":"\\u0000"}}',
  );
  expect(JSON.stringify(cleanJson(sent))).toBe(
    '{"a":["\ufffdb",1,null,true],"c":{"d":"e\\n"},"__proto__":{"x":""}}',
  );
});

it.each([
  ['a%00b_1774000000.wav', 'ab_1774000000.wav'],
  ['a%0Ab_1774000000.wav', 'a b_1774000000.wav'],
  [`${'%C3%A4'.repeat(300)}_1774000000.wav`, `…${'ä'.repeat(239)}_1774000000.wav`],
  ['a%ED%A0%80b_1774000000.wav', /^a.*b_1774000000\.wav$/],
  ['a%FFb_1774000000.wav', /^a.*b_1774000000\.wav$/],
])('takes a raw body named %s', async (name, cleaned) => {
  const { url } = await startApi();
  const response = await fetch(`${url}/api/v1/recordings?name=${name}`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: name,
  });
  expect(response.status).toBe(202);
  const [file] = UploadBody.parse(await response.json()).files;
  expect(file?.outcome).toBe('waiting');
  if (typeof cleaned === 'string') expect(file?.name).toBe(cleaned);
  else expect(file?.name).toMatch(cleaned);
});

it('knows nothing by an id that cannot be one', async () => {
  const { url } = await startApi();
  const ids = [
    'a%00b',
    '%00',
    '%0A',
    '%C2%85',
    '%FF',
    '%ED%A0%80',
    '%',
    '%zz',
    'x'.repeat(101),
    'x'.repeat(5000),
    '%F0%9F%98%80'.repeat(40),
  ];
  const routes = [
    ['GET', '/api/v1/recordings/:id'],
    ['POST', '/api/v1/recordings/:id/retry'],
    ['DELETE', '/api/v1/recordings/:id'],
    ['GET', '/api/v1/uploads/:id'],
    ['POST', '/api/v1/uploads/:id/cancel'],
    ['GET', '/api/v1/conversations/:id'],
    ['POST', '/api/v1/conversations/:id/retry'],
    ['DELETE', '/api/v1/conversations/:id'],
    ['PUT', '/api/v1/conversations/:id/speakers/:id'],
    ['DELETE', '/api/v1/conversations/:id/speakers/:id'],
    ['GET', '/v2/sync-local-files/:id'],
  ] as const;
  for (const id of ids) {
    for (const [method, route] of routes) {
      const response = await fetch(`${url}${route.replaceAll(':id', id)}`, {
        method,
        ...(method === 'PUT'
          ? { headers: { 'content-type': 'application/json' }, body: '{"name":"a"}' }
          : {}),
      });
      expect(response.status, `${method} ${route} ${id}`).toBe(404);
    }
  }
});

it('refuses a cursor, or ignores what cannot be in one, and asks the database nothing impossible', async () => {
  const { url } = await startApi();
  for (const list of ['recordings', 'conversations']) {
    for (const cursor of [
      '1~a%00b',
      '%00',
      '1~',
      '~',
      '1~%ED%A0%80',
      '999999999999999~a',
      'x'.repeat(300),
      '1e3~a',
      '-1~a',
    ]) {
      const response = await fetch(`${url}/api/v1/${list}?cursor=${cursor}`);
      expect([200, 400], cursor).toContain(response.status);
    }
  }
});
