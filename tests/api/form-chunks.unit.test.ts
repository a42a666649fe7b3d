import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readForm } from '../../src/api/form/read-form.ts';

const BOUNDARY = 'edge';

/** Bytes with many beginnings of the boundary's line among them. */
const content = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r', '\n', '\r\n', '\r\n--', '\n--edge', '\r\n--edg', 'e'),
      fc.string({ maxLength: 400 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(`${parts.join('')}.`))
  .filter((bytes) => !/\n--edge(\r\n|\n|--|$)/.test(bytes.toString('latin1')))
  .filter((bytes) => !bytes.includes('\r\n--edge'));

function formOf(files: readonly Buffer[]): Buffer {
  const parts = files.map((bytes, at) =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="f"; filename="${at}"\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test('each part has exactly its bytes, wherever short and long chunks of the body are cut', async () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 500, max: 1500 })), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 5 }), sizes, async (files, cuts) => {
      const read: Buffer[] = [];
      for await (const part of readForm(inChunks(formOf(files), cuts), BOUNDARY)) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of part.content) chunks.push(chunk);
        read.push(Buffer.concat(chunks));
      }
      expect(read).toEqual(files);
    }),
    { numRuns: 500 },
  );
});
