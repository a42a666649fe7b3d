/** Forms: good ones, and ones that a careless or a hostile client writes. */
import type { Chance } from './chance.ts';
import { anyBytes, anyText } from './texts.ts';

export interface File {
  name: string;
  content: Buffer;
}

const BOUNDARY = '----afterword-fuzz';
export const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

export function formOf(files: readonly File[]): Buffer {
  return Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n`,
      ),
      content,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

/** The headers of a part, none of which promise anything. */
function anyHead(chance: Chance): string {
  const quote = (text: string) => text.replaceAll('"', '\\"');
  const name = anyText(chance);
  return chance.one([
    () => `Content-Disposition: form-data; name="files"; filename="${quote(name)}"`,
    () => `Content-Disposition: form-data; name="files"; filename=${name}`,
    () => `Content-Disposition: attachment; filename="${quote(name)}"`,
    () => `Content-Disposition: form-data; name="${quote(name)}"`,
    () => `Content-Disposition: form-data; filename*=UTF-8''${name}`,
    () => `Content-Disposition: form-data; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`,
    () => `Content-Disposition: form-data; filename="a"; filename="${quote(name)}"`,
    () => `Content-Disposition: form-data; filename="${'\\'.repeat(chance.below(3000))}`,
    () => `Content-Disposition: ${name}`,
    () => `Content-Type: ${name}`,
    () => `${name}: ${name}`,
    () => `X-Long: ${'x'.repeat(chance.below(40_000))}`,
    () => 'X-Many: x\r\n'.repeat(chance.below(2000)),
    () =>
      'Content-Disposition: form-data; name="files"; filename="a.wav"\r\nContent-Transfer-Encoding: base64',
    () => '',
  ])();
}

export function hostileForm(chance: Chance): Buffer {
  const parts = Array.from({ length: chance.below(6) }, () => [
    Buffer.from(`--${BOUNDARY}\r\n${anyHead(chance)}\r\n\r\n`),
    chance.under(0.1) ? Buffer.alloc(chance.below(150_000), 'x') : anyBytes(chance, 200),
    Buffer.from('\r\n'),
  ]);
  const form = Buffer.concat([...parts.flat(), Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return chance.one([
    () => form,
    () => Buffer.from(form.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    () => Buffer.from(form.toString('latin1').replace('\r\n--', '\n--'), 'latin1'),
    () => form.subarray(0, chance.below(form.byteLength + 1)),
    () => form.subarray(chance.below(form.byteLength + 1)),
    () => Buffer.concat([form, form]),
    () => Buffer.concat([Buffer.from([0x1f, 0x8b]), form]),
    () => damaged(form, chance),
    () => Buffer.concat(Array.from({ length: 300 }, () => form.subarray(0, 400))),
  ])();
}

function damaged(form: Buffer, chance: Chance): Buffer {
  const bytes = Buffer.from(form);
  for (let flips = 1 + chance.below(8); flips > 0; flips--) {
    bytes[chance.below(bytes.byteLength)] = chance.below(256);
  }
  return bytes;
}
