/**
 * A client that is not of this project: curl, where it is installed, else Node's own fetch. What a test says of ranges must hold
 * for both.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CURL =
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'curl'))
    .find((path) => existsSync(path)) ?? null;

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
  /** The body came to its end as it was announced. */
  isWhole: boolean;
}

interface Question {
  method?: 'GET' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
}

export async function ask(url: string, question: Question = {}): Promise<Answer> {
  return CURL === null ? await byFetch(url, question) : await byCurl(CURL, url, question);
}

async function byCurl(
  curl: string,
  url: string,
  { method = 'GET', headers = {} }: Question,
): Promise<Answer> {
  const { range, ...others } = headers;
  const args = ['--silent', '--include', '--max-time', '60'];
  if (method === 'HEAD') args.push('--head');
  // As a person gives it: curl writes the header.
  if (range?.startsWith('bytes=')) args.push('--range', range.slice('bytes='.length));
  else if (range !== undefined) args.push('--header', `range: ${range}`);
  for (const [name, value] of Object.entries(others)) args.push('--header', `${name}: ${value}`);
  const said = await run(curl, [...args, url], { encoding: 'buffer', maxBuffer: 100_000_000 }).then(
    ({ stdout }) => ({ stdout, isWhole: true }),
    (error: { code?: unknown; stdout?: Buffer }) => {
      // 18: the body ended early.
      if (error.code !== 18 || !error.stdout) throw error;
      return { stdout: error.stdout, isWhole: false };
    },
  );
  const end = said.stdout.indexOf('\r\n\r\n');
  const [first = '', ...lines] = said.stdout.subarray(0, end).toString('latin1').split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    headers: new Headers(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    ),
    body: said.stdout.subarray(end + 4),
    isWhole: said.isWhole,
  };
}

async function byFetch(url: string, question: Question): Promise<Answer> {
  const response = await fetch(url, question);
  const parts: Uint8Array[] = [];
  let isWhole = true;
  try {
    for await (const part of response.body ?? []) parts.push(part);
  } catch {
    isWhole = false;
  }
  return { status: response.status, headers: response.headers, body: Buffer.concat(parts), isWhole };
}
