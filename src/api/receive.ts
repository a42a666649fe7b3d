/** Stores the files of a request's body: each is streamed to the blob store as it arrives, whatever its size. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AfterwordError } from '../errors.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import type { Arrivals } from '../store/blobs/arrivals.ts';
import { cleanName } from '../text.ts';
import { BodyReader } from './body-reader.ts';
import { type FormPart, readForm } from './form/read-form.ts';

/** Omi's fresh lane has no limit; this one only bounds what one transaction has to write. */
const MAX_FILES_PER_REQUEST = 500;

/**
 * Times of each file, in the same order: its start, which overrules its name, and when it was last written, by which it is
 * placed where neither tells.
 */
const TIME_FIELDS = ['startedAtMs', 'writtenAtMs'] as const;
type TimeField = (typeof TIME_FIELDS)[number];
const LONGEST_TIME = 32;

/** The name and the time of a raw body, which the request gives. */
interface Told {
  name: string | undefined;
  startedAtMs: number | null;
  writtenAtMs?: number | undefined;
}

export interface Receiving {
  maxFileBytes: number;
  /** Called for a body that is no form; null refuses it. */
  raw: Told | null;
  /**
   * What a file of a form over the size limit does: `refuse` the whole request, or only `tell` so in its receipt, so
   * that the other files are stored.
   */
  tooLarge: 'refuse' | 'tell';
}

/**
 * Stores the files of a request one after another, and yields each as soon as it is stored.
 * @throws AfterwordError; then nothing of the request may be acknowledged
 */
export async function* receiveFiles(
  request: IncomingMessage,
  arrivals: Arrivals,
  { maxFileBytes, raw, tooLarge }: Receiving,
): AsyncGenerator<ReceivedFile> {
  const body = new BodyReader(request);
  try {
    refuseCompressed(request);
    const contentType = request.headers['content-type'];
    if (isForm(contentType)) {
      const parts = readForm(body, boundaryOf(contentType ?? ''));
      const store =
        tooLarge === 'tell' && mayExceed(request, maxFileBytes)
          ? (part: FormPart) => storeOrMeasure(part, arrivals, maxFileBytes)
          : ({ content, where }: FormPart) => arrivals.put(limited(content, maxFileBytes, where));
      yield* receiveParts(parts, store);
    } else if (raw) yield await receiveBody(request, body, arrivals, { ...raw, maxFileBytes });
    else throw new AfterwordError('body_not_multipart');
  } catch (error) {
    discardRest(request, body);
    throw ofBody(error);
  }
}

type Stored = Pick<ReceivedFile, 'key' | 'sha256' | 'sizeBytes' | 'refused'>;

async function* receiveParts(
  parts: AsyncIterable<FormPart>,
  store: (part: FormPart) => Promise<Stored>,
): AsyncGenerator<ReceivedFile> {
  const files: ReceivedFile[] = [];
  const times: Record<TimeField, (number | null)[]> = { startedAtMs: [], writtenAtMs: [] };
  for await (const part of parts) {
    const { field, fileName, where } = part;
    const timeField = TIME_FIELDS.find((name) => name === field);
    if (fileName === null && timeField) {
      const given = times[timeField];
      if (given.length === MAX_FILES_PER_REQUEST) throw new AfterwordError('too_many_files');
      given.push(await readTime(part));
      continue;
    }
    if (fileName === null) {
      throw new AfterwordError('part_without_file_name', `${where} has no file name.`);
    }
    if (files.length === MAX_FILES_PER_REQUEST) throw new AfterwordError('too_many_files');
    const file: ReceivedFile = { name: fileName, ...(await store(part)), startedAtMs: null };
    files.push(file);
    yield file;
  }
  if (files.length === 0) throw new AfterwordError('no_files');
  // The time fields may stand before or after their files, so they can be assigned only now.
  for (const field of TIME_FIELDS) assignTimes(files, field, times[field]);
}

function assignTimes(
  files: readonly ReceivedFile[],
  field: TimeField,
  times: readonly (number | null)[],
): void {
  if (times.length > 0 && times.length !== files.length) {
    const detail = `There are ${times.length} fields "${field}" for ${files.length} files: send one for each, empty where its name tells the time.`;
    throw new AfterwordError('invalid_request', detail);
  }
  for (const [at, ms] of times.entries()) {
    const file = files[at];
    if (file && ms !== null) file[field] = ms;
  }
}

/** @returns null if the field is empty */
async function readTime({ content, where }: FormPart): Promise<number | null> {
  let text = '';
  for await (const chunk of content) {
    if (text.length <= LONGEST_TIME) text += Buffer.from(chunk).toString('latin1');
  }
  const digits = text.trim();
  if (digits === '') return null;
  if (!/^\d{1,16}$/.test(digits))
    throw new AfterwordError('invalid_request', `${where} is no time in UTC milliseconds.`);
  return Number(digits);
}

/** Only such a request is worth a second hash of each part. A request without a length may have any. */
function mayExceed({ headers }: IncomingMessage, maxFileBytes: number): boolean {
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) > maxFileBytes;
}

/**
 * Stores a part. If it is over the limit, reads it to its end and keeps its hash and its size, so that it is recognised
 * if it is sent again under a higher limit.
 */
async function storeOrMeasure(
  { content, where }: FormPart,
  arrivals: Arrivals,
  maxFileBytes: number,
): Promise<Stored> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const chunks = content[Symbol.asyncIterator]();
  const next = async () => {
    const step = await chunks.next();
    if (step.done) return step;
    hash.update(step.value);
    sizeBytes += step.value.byteLength;
    return step;
  };
  try {
    // Without a `return` the part stays open when the store gives up on it.
    return await arrivals.put(limited({ [Symbol.asyncIterator]: () => ({ next }) }, maxFileBytes, where));
  } catch (error) {
    if (!(error instanceof AfterwordError && error.code === 'part_too_large')) throw error;
  }
  while (!(await next()).done);
  return { sha256: hash.digest('hex'), sizeBytes, refused: 'part_too_large' };
}

async function receiveBody(
  request: IncomingMessage,
  body: AsyncIterable<Uint8Array>,
  arrivals: Arrivals,
  { name, startedAtMs, writtenAtMs, maxFileBytes }: Told & { maxFileBytes: number },
): Promise<ReceivedFile> {
  if (!name) throw new AfterwordError('no_files', 'A raw body needs ?name=, or send multipart/form-data.');
  const declaredBytes = Number(request.headers['content-length'] ?? 0);
  if (declaredBytes > maxFileBytes) throw new AfterwordError('part_too_large');
  const stored = await arrivals.put(limited(body, maxFileBytes, 'The body'));
  return { name: cleanName(name), startedAtMs, ...(writtenAtMs !== undefined && { writtenAtMs }), ...stored };
}

/** A compressed body would be stored as it is, and could not be decoded as audio. */
function refuseCompressed({ headers }: IncomingMessage): void {
  const encodings = `${headers['content-encoding'] ?? ''},${headers['transfer-encoding'] ?? ''}`;
  const compressed = encodings.split(',').find((encoding) => !/^\s*(identity|chunked)?\s*$/i.test(encoding));
  if (compressed !== undefined) throw new AfterwordError('body_compressed');
}

/**
 * A reset of the connection that carries the body is the client's doing. The same error from anywhere else comes from
 * the database or the store, so the two are distinguished here.
 */
function ofBody(error: unknown): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  return /^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ? new AfterwordError('body_broken') : error;
}

/**
 * A client refused early is still sending. Its unread bytes would stay on the connection, and the next request on it,
 * from a phone or a gateway that reuses connections, would never be read.
 */
function discardRest(request: IncomingMessage, body: BodyReader): void {
  // It would stop the request again, so the reader has to release it first.
  void body.return().finally(() => request.resume());
}

async function* limited(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  where: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new AfterwordError('part_too_large', `${where} is larger than ${maxBytes} bytes.`);
    }
    yield chunk;
  }
}

function isForm(contentType: string | undefined): boolean {
  return /^\s*multipart\/form-data\s*(;|$)/i.test(contentType ?? '');
}

/**
 * Accepts more than RFC 2046, which has 1 to 70 characters of an alphabet without controls. Some clients omit required
 * quotes, so only what cannot be a line is refused.
 * @throws AfterwordError `boundary_missing`
 */
export function boundaryOf(contentType: string): string {
  const found = [...contentType.matchAll(/;\s*boundary\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;"]*))/gi)];
  const boundary = found[0]?.[1]?.replace(/\\(.)/g, '$1') ?? found[0]?.[2]?.trim() ?? '';
  if (found.length !== 1 || !/^[\x20-\x7e]{1,70}$/.test(boundary) || boundary.endsWith(' ')) {
    throw new AfterwordError('boundary_missing');
  }
  return boundary;
}
