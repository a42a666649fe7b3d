/**
 * Reads a form's parts one after another as they arrive. It is stricter than usual parsers, which skip what they do not
 * understand: every byte of the body belongs to a part that is returned, or the form is refused.
 */
import { AfterwordError } from '../../errors.ts';
import { MOST_HEAD_BYTES, type PartHead, readPartHead } from './part-head.ts';

export interface FormPart extends PartHead {
  /** For errors: the number of the part and its known names. */
  where: string;
  /** Must be read to its end before the next part is requested. */
  content: AsyncIterable<Uint8Array>;
}

const CRLF = Buffer.from('\r\n');
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const [TAB, LF, CR, SPACE, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];
/** More than twice the longest boundary with what is around it: see {@link Unread.more}. */
const SEAM_BYTES = 256;
/** Some clients end a body with blank lines. */
const MOST_BLANK_BYTES = 1024;

/** @throws AfterwordError that says what is wrong with which part; errors of the body are passed on */
export async function* readForm(
  body: AsyncIterator<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormPart, void> {
  const bytes = new Unread(body);
  if (!(await openForm(bytes, boundary))) return;
  for (let number = 1; await isFollowedByPart(bytes, number); number++) {
    const head = readPartHead(await readHead(bytes, boundary, number), `Part ${number}`);
    const where = `Part ${number}${named(head)}`;
    const content = readContent(bytes, boundary, where);
    yield { ...head, where, content };
  }
}

/** @returns false if there is no form at all */
async function openForm(bytes: Unread, boundary: string): Promise<boolean> {
  const opening = Buffer.from(`--${boundary}`);
  await skipBlankLines(bytes);
  if (!(await bytes.has(1))) return false;
  await bytes.has(opening.byteLength);
  if (!bytes.startWith(opening)) {
    if (bytes.rest[0] === 0x1f && bytes.rest[1] === 0x8b) throw new AfterwordError('body_compressed');
    throw new AfterwordError('form_without_boundary');
  }
  bytes.skip(opening.byteLength);
  return true;
}

/** Reads what follows a boundary: the end of the form, or the end of the line and then a part. */
async function isFollowedByPart(bytes: Unread, number: number): Promise<boolean> {
  await bytes.has(2);
  if (bytes.rest[0] === DASH && bytes.rest[1] === DASH) {
    bytes.skip(2);
    await skipBlankLines(bytes);
    if (await bytes.has(1)) throw broken('there are bytes behind the closing boundary');
    return false;
  }
  for (let blanks = 0; bytes.rest[0] === SPACE || bytes.rest[0] === TAB; await bytes.has(2)) {
    bytes.skip(1);
    if (++blanks > MOST_BLANK_BYTES) throw broken(`too many blanks behind the boundary of part ${number}`);
  }
  if (bytes.rest[0] === LF) throw new AfterwordError('form_bare_line_feeds');
  if (!bytes.startWith(CRLF)) {
    if (bytes.rest.byteLength < 2) throw new AfterwordError('form_not_closed');
    throw broken(`the line of the boundary before part ${number} holds something else`);
  }
  bytes.skip(2);
  return true;
}

/** @returns the headers; the empty line that ends them is not read yet: see {@link readContent} */
async function readHead(bytes: Unread, boundary: string, number: number): Promise<Uint8Array> {
  await bytes.has(2);
  if (bytes.startWith(CRLF)) return bytes.skip(0);
  for (;;) {
    const end = bytes.rest.subarray(0, MOST_HEAD_BYTES).indexOf(END_OF_HEAD);
    if (end !== -1) {
      const head = bytes.skip(end);
      bytes.skip(CRLF.byteLength);
      return head;
    }
    if (bytes.rest.byteLength >= MOST_HEAD_BYTES) {
      throw new AfterwordError(
        'part_broken',
        `Part ${number}: its headers are over ${MOST_HEAD_BYTES} bytes.`,
      );
    }
    if (await bytes.more()) continue;
    if (!bytes.rest.includes(`\n--${boundary}`)) throw new AfterwordError('form_not_closed');
    throw new AfterwordError('part_broken', `Part ${number}: no empty line ends its headers.`);
  }
}

/**
 * The line break before a boundary belongs to the boundary. In a part without content that may be the line break of the
 * empty line behind its headers, which is therefore not read before.
 */
async function* readContent(bytes: Unread, boundary: string, where: string): AsyncGenerator<Uint8Array> {
  const mark = Buffer.from(`\n--${boundary}`);
  /** Kept back until more bytes come: the boundary, a CR before it, and two bytes behind it. */
  const keep = mark.byteLength + 3;
  await bytes.has(1 + mark.byteLength);
  if (bytes.rest.indexOf(mark) !== 1) bytes.skip(CRLF.byteLength);
  let hasEnded = false;
  for (let from = 0; ; ) {
    const found = bytes.rest.indexOf(mark, from);
    if (found !== -1 && (hasEnded || found + keep <= bytes.rest.byteLength)) {
      if (bytes.rest[found - 1] === CR) {
        const content = bytes.skip(found - 1);
        bytes.skip(1 + mark.byteLength);
        if (content.byteLength > 0) yield content;
        return;
      }
      if (isEndOfLine(bytes.rest.subarray(found + mark.byteLength))) {
        throw new AfterwordError(
          'form_bare_line_feeds',
          `${where} is followed by a boundary behind a bare line feed.`,
        );
      }
      from = found + 1;
      continue;
    }
    if (hasEnded)
      throw new AfterwordError('form_not_closed', `${where} is the last one, and no boundary closes it.`);
    if (bytes.rest.byteLength > keep) yield bytes.skip(bytes.rest.byteLength - keep);
    from = 0;
    hasEnded = !(await bytes.more());
  }
}

/** Says whether a boundary's line ends here. If not, it is audio that looks like a boundary. */
function isEndOfLine(behind: Uint8Array): boolean {
  return (
    behind[0] === LF || (behind[0] === CR && behind[1] === LF) || (behind[0] === DASH && behind[1] === DASH)
  );
}

async function skipBlankLines(bytes: Unread): Promise<void> {
  for (let blanks = 0; await bytes.has(1); blanks++) {
    const first = bytes.rest[0];
    if (first !== CR && first !== LF && first !== SPACE && first !== TAB) return;
    if (blanks === MOST_BLANK_BYTES) throw broken('it holds too many blank lines');
    bytes.skip(1);
  }
}

function named({ field, fileName }: PartHead): string {
  const names = [field, fileName].flatMap((name) =>
    name === null ? [] : JSON.stringify(name.slice(0, 100)),
  );
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function broken(what: string): AfterwordError {
  return new AfterwordError('form_broken', `The form cannot be read: ${what}.`);
}

/** Bytes of a body that have come and are not read yet: one chunk, and a copy of the rest of the one before. */
class Unread {
  readonly #body: AsyncIterator<Uint8Array>;
  #hasEnded = false;
  /** A chunk of which only the first {@link SEAM_BYTES} are in `rest` yet. */
  #seam: Buffer | null = null;
  rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterator<Uint8Array>) {
    this.#body = body;
  }

  /** @returns whether that many bytes are there; false only at the body's end */
  async has(count: number): Promise<boolean> {
    while (this.rest.byteLength < count) if (!(await this.more())) return false;
    return true;
  }

  /**
   * Copying each chunk behind the few bytes that are left of the one before would copy the whole body. So the rest takes
   * only the beginning of a long chunk. As soon as everything older has been read, the rest becomes a view of the chunk.
   *
   * @returns false at the body's end
   */
  async more(): Promise<boolean> {
    const seam = this.#seam;
    if (seam !== null) {
      this.#seam = null;
      this.rest =
        this.rest.byteLength <= SEAM_BYTES
          ? seam.subarray(SEAM_BYTES - this.rest.byteLength)
          : Buffer.concat([this.rest, seam.subarray(SEAM_BYTES)]);
      return true;
    }
    if (this.#hasEnded) return false;
    // The chunk of which this is the rest is valid no longer once the next one is asked for.
    this.rest = Buffer.from(this.rest);
    const { value, done } = await this.#body.next();
    if (done) {
      this.#hasEnded = true;
      return false;
    }
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (this.rest.byteLength === 0) this.rest = chunk;
    else if (chunk.byteLength <= 2 * SEAM_BYTES) this.rest = Buffer.concat([this.rest, chunk]);
    else {
      this.#seam = chunk;
      this.rest = Buffer.concat([this.rest, chunk.subarray(0, SEAM_BYTES)]);
    }
    return true;
  }

  skip(count: number): Buffer {
    const taken = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return taken;
  }

  startWith(bytes: Uint8Array): boolean {
    return this.rest.subarray(0, bytes.byteLength).equals(bytes);
  }
}
