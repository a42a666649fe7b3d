/** Every part of a form gets a receipt, or the form is refused as a whole. */
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readForm } from '../../src/api/form/read-form.ts';
import { boundaryOf } from '../../src/api/receive.ts';
import { UploadBody } from '../../src/api/schemas.ts';
import { NAME, startApi } from '../support/api.ts';

const OTHER = NAME.replace('1774000000', '1774000060');
const file = (name: string, disposition = 'form-data') =>
  `Content-Disposition: ${disposition}; name="files"; filename="${name}"\r\nContent-Type: audio/wav\r\n\r\n`;
const good = `--B\r\n${file(NAME)}good\r\n`;
/** A form of a good file and of another part. */
const beside = (part: string | Buffer) =>
  Buffer.concat([Buffer.from(`${good}--B\r\n`), Buffer.from(part), Buffer.from('\r\n--B--\r\n')]);

async function post(url: string, body: Buffer | string, headers: Record<string, string> = {}, query = '') {
  const response = await fetch(`${url}/api/v1/recordings${query}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=B', ...headers },
    body: Buffer.from(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const REFUSED: [string, Buffer | string, string, string?][] = [
  [
    'a part without a file name',
    beside('Content-Disposition: form-data; name="files"\r\n\r\nx'),
    'part_without_file_name',
    'Part 2 ("files")',
  ],
  [
    'a part with a type and no file name',
    beside('Content-Disposition: form-data; name="files"\r\nContent-Type: audio/wav\r\n\r\nx'),
    'part_without_file_name',
    'Part 2',
  ],
  [
    'a nameless part of bytes',
    beside('Content-Disposition: form-data; name="files"\r\nContent-Type: application/octet-stream\r\n\r\nx'),
    'part_without_file_name',
    'Part 2',
  ],
  [
    'a field named __proto__',
    beside('Content-Disposition: form-data; name="__proto__"\r\n\r\nx'),
    'part_without_file_name',
    '__proto__',
  ],
  [
    'a part without Content-Disposition',
    beside('Content-Type: audio/wav\r\n\r\nx'),
    'part_without_file_name',
    'Part 2',
  ],
  ['a part without headers', beside('\r\nx'), 'part_without_file_name', 'Part 2'],
  ['a part whose headers never end', beside('Content-Type: audio/wav'), 'part_broken', 'Part 2'],
  ['a CRLF in a name', beside(file(OTHER.replace('.bin', '\r\n.bin'))), 'part_broken', 'Part 2'],
  ['a LF in a name', beside(file(OTHER.replace('.bin', '\n.bin'))), 'part_broken', 'Part 2'],
  ['a CR in a name', beside(file(OTHER.replace('.bin', '\r.bin'))), 'part_broken', 'Part 2'],
  [
    '90 kB of part headers',
    beside(`X-Long: ${'x'.repeat(90_000)}\r\n${file(OTHER)}x`),
    'part_broken',
    'Part 2',
  ],
  ['2,000 part headers', beside(`${'X-Many: x\r\n'.repeat(2_000)}${file(OTHER)}x`), 'part_broken', 'Part 2'],
  [
    'two Content-Dispositions',
    beside(`Content-Disposition: form-data; name="a"\r\n${file(OTHER)}x`),
    'part_broken',
    'Part 2',
  ],
  [
    'two file names',
    beside(`Content-Disposition: form-data; filename="a"; filename="b"\r\n\r\nx`),
    'part_broken',
    'filename',
  ],
  [
    'an open quote',
    beside(`Content-Disposition: form-data; filename="${'\\'.repeat(5_000)}\r\n\r\nx`),
    'part_broken',
    'Part 2',
  ],
  ['base64', beside(`Content-Transfer-Encoding: base64\r\n${file(OTHER)}eA==`), 'part_broken', 'base64'],
  [
    'base64 that another header denies',
    beside(`Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: binary\r\n${file(OTHER)}eA==`),
    'part_broken',
    'two content-transfer-encoding',
  ],
  ['a part that is compressed', beside(`Content-Encoding: gzip\r\n${file(OTHER)}x`), 'part_broken', 'gzip'],
  ['no closing boundary', `${good}--B\r\n${file(OTHER)}x`, 'form_not_closed', 'Part 2'],
  ['a body that ends behind a boundary', `${good}--B`, 'form_not_closed'],
  ['a body that ends in part headers', `${good}--B\r\nContent-Disp`, 'form_not_closed'],
  [
    'LF for CRLF everywhere',
    beside(`${file(OTHER)}x`)
      .toString()
      .replaceAll('\r\n', '\n'),
    'form_bare_line_feeds',
  ],
  [
    'a boundary behind a bare LF',
    `--B\r\n${file(NAME)}good\n--B\n${file(OTHER)}x\r\n--B--\r\n`,
    'form_bare_line_feeds',
    'Part 1',
  ],
  [
    'a boundary behind a bare LF, before CRLF',
    `--B\r\n${file(NAME)}good\n--B\r\n${file(OTHER)}x\r\n--B--\r\n`,
    'form_bare_line_feeds',
    'Part 1',
  ],
  [
    'another boundary',
    beside(`${file(OTHER)}x`)
      .toString()
      .replaceAll('--B', '--C'),
    'form_without_boundary',
  ],
  ['a part before the first boundary', `${file(OTHER)}x\r\n${good}--B--\r\n`, 'form_without_boundary'],
  [
    'a part behind the closing boundary',
    `${good}--B--\r\n--B\r\n${file(OTHER)}x\r\n--B--\r\n`,
    'form_broken',
  ],
  ['something behind a boundary', `${good}--Bx\r\n${file(OTHER)}x\r\n--B--\r\n`, 'form_broken'],
  ['no part', '--B--\r\n', 'no_files'],
  ['no body', '', 'no_files'],
  ['501 files', `${good.repeat(501)}--B--\r\n`, 'too_many_files'],
];

it('refuses for good a form with a part that it cannot account for, and keeps nothing of it', async () => {
  const { url, db, blobFolder } = await startApi();
  for (const [what, body, code, detail = ''] of REFUSED) {
    const refusal = await post(url, body);
    expect(refusal.body, what).toMatchObject({
      code,
      retryable: false,
      detail: expect.stringContaining(detail),
    });
    expect(refusal.status, what).toBeLessThan(500);
    expect(await db.selectFrom('recordings').select('id').execute(), what).toEqual([]);
    expect(await filesIn(blobFolder), what).toEqual([]);
  }
});

const NO_FORM: [string, Record<string, string>, string | Buffer, string][] = [
  ['a compressed form', { 'content-encoding': 'gzip' }, '\x1f\x8b\x08', 'body_compressed'],
  ['a compressed form that does not say so', {}, Buffer.from([0x1f, 0x8b, 8]), 'body_compressed'],
  ['a compressed body', { 'content-encoding': 'br', 'content-type': 'audio/wav' }, 'x', 'body_compressed'],
  ['no boundary', { 'content-type': 'multipart/form-data' }, good, 'boundary_missing'],
  ['an empty boundary', { 'content-type': 'multipart/form-data; boundary=""' }, good, 'boundary_missing'],
  [
    'two boundaries',
    { 'content-type': 'multipart/form-data; boundary=A; boundary=B' },
    good,
    'boundary_missing',
  ],
  [
    'a long boundary',
    { 'content-type': `multipart/form-data; boundary=${'B'.repeat(71)}` },
    good,
    'boundary_missing',
  ],
];

it('refuses for good a body that is no form', async () => {
  const { url } = await startApi();
  for (const [what, headers, body, code] of NO_FORM) {
    const refusal = await post(url, body, headers, '?name=a.wav');
    expect(refusal.body, what).toMatchObject({ code, retryable: false });
    expect(refusal.status, what).toBeLessThan(500);
  }
});

const TAKEN: [string, Buffer, string][] = [
  ['attachment', beside(`${file(OTHER, 'attachment')}x`), OTHER],
  ['no type of disposition', beside(`Content-Disposition: ; filename=${OTHER}\r\n\r\nx`), OTHER],
  ['an empty file', beside(file(OTHER)), OTHER],
  [
    'a file named in a field of any name',
    beside(`Content-Disposition: form-data; name="__proto__"; filename=${OTHER}\r\n\r\nx`),
    OTHER,
  ],
  ['a path', beside(`${file(`C:\\audio\\${OTHER}`)}x`), OTHER],
  ['a quote in the name', beside(`${file('a\\"b.wav')}x`), 'a"b.wav'],
  [
    'an encoded name',
    beside("Content-Disposition: form-data; filename=a; filename*=UTF-8''n%C3%A4%20h.wav\r\n\r\nx"),
    'nä h.wav',
  ],
  [
    'an encoded line break',
    beside("Content-Disposition: form-data; filename*=UTF-8''a%0Ab.wav\r\n\r\nx"),
    'a b.wav',
  ],
  ['an encoded NUL', beside("Content-Disposition: form-data; filename*=UTF-8''a%00b.wav\r\n\r\nx"), 'ab.wav'],
  ['a NUL', beside(`${file('a\0b.wav')}x`), 'ab.wav'],
  [
    'an encoded half of an emoji',
    beside("Content-Disposition: form-data; filename*=UTF-8''a%ED%A0%BDb.wav\r\n\r\nx"),
    'a���b.wav',
  ],
  ['a name in latin1', beside(Buffer.from(`${file('ö.wav')}x`, 'latin1')), '�.wav'],
  ['an empty name', beside(`${file('')}x`), ''],
  [
    'a name of 10,000 letters',
    beside(`${file(`${'a'.repeat(10_000)}_1774000060.bin`)}x`),
    `…${'a'.repeat(239)}_1774000060.bin`,
  ],
  ['the same file twice', Buffer.from(`${good}${good}--B--\r\n`), NAME],
];

it('gives each part a receipt', async () => {
  const { url } = await startApi();
  for (const [what, body, name] of TAKEN) {
    const { status, body: upload } = await post(url, body);
    expect(status, what).toBe(202);
    expect(
      UploadBody.parse(upload).files.map((receipt) => receipt.name),
      what,
    ).toEqual([NAME, name]);
  }
});

it('takes whatever another client writes, however its bytes arrive', async () => {
  const content = fc.uint8Array({ maxLength: 60 }).map(Buffer.from);
  const tricky = fc
    .array(fc.constantFrom('\r', '\n', '-', '--', 'B', '\r\n', '\r\n-', '\r\n--', '--B', 'x'), {
      maxLength: 12,
    })
    .map((pieces) => Buffer.from(pieces.join('')))
    .filter((bytes) => !/\n--B|^--B/.test(bytes.toString('latin1')));
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(content, tricky), { maxLength: 4 }), cuts, async (files, sizes) => {
      const form = Buffer.concat([
        ...files.flatMap((bytes) => [Buffer.from(`--B\r\n${file('a.wav')}`), bytes, Buffer.from('\r\n')]),
        Buffer.from('--B--\r\n'),
      ]);
      const found: Buffer[] = [];
      for await (const { content: part } of readForm(inPieces(form, sizes), 'B')) {
        found.push(await buffer(part));
      }
      expect(found).toEqual(files);
    }),
  );
});

it('reads a boundary in quotes and one without', () => {
  expect(boundaryOf('multipart/form-data; boundary="a b"; charset=utf-8')).toBe('a b');
  expect(boundaryOf('multipart/form-data;boundary=----WebKit;charset=utf-8')).toBe('----WebKit');
});

async function* inPieces(bytes: Buffer, sizes: readonly number[]) {
  let rest = bytes;
  for (const size of sizes) {
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
  yield rest;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

const time = (value: string) =>
  `--B\r\nContent-Disposition: form-data; name="startedAtMs"\r\n\r\n${value}\r\n`;
const named = (name: string) => `--B\r\n${file(name)}sound of ${name}\r\n`;

it('each file of a form may be told its time, in front of it, behind it or after all of them', async () => {
  const { url } = await startApi();
  const [a, b] = [1_774_000_000_000, 1_774_000_100_000];
  const forms = [
    `${time(`${a}`)}${named('a1.wav')}${time(`${b}`)}${named('b1.wav')}--B--\r\n`,
    `${named('a2.wav')}${time(`${a}`)}${named('b2.wav')}${time(`${b}`)}--B--\r\n`,
    `${named('a3.wav')}${named('b3.wav')}${time(`${a}`)}${time(`${b}`)}--B--\r\n`,
  ];
  for (const form of forms) {
    const { status, body } = await post(url, form);
    expect(status).toBe(202);
    expect(body.files).toMatchObject([
      { startedAtMs: a, code: 'queued' },
      { startedAtMs: b, code: 'queued' },
    ]);
  }
});

it('an empty time leaves it to the name', async () => {
  const { url } = await startApi();
  const form = `${named('memo_1774000000.wav')}${named('b.wav')}${time('')}${time('1774000100000')}--B--\r\n`;
  const { body } = await post(url, form);
  expect(body.files).toMatchObject([{ startedAtMs: 1_774_000_000_000 }, { startedAtMs: 1_774_000_100_000 }]);
});

it.each([
  [
    'fewer times than files',
    `${named('a.wav')}${named('b.wav')}${time('1774000000000')}--B--\r\n`,
    '1 fields',
  ],
  ['a time that is none', `${named('a.wav')}${time('yesterday')}--B--\r\n`, 'Part 2'],
])('%s: nothing is acknowledged', async (_, form, detail) => {
  const { url } = await startApi();
  const { status, body } = await post(url, form);
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' });
  expect(body.detail).toContain(detail);
});
