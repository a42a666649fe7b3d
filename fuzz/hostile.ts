/** One request of a careless or a hostile client to one of the server's routes. */
import type { RouteEntry } from '../src/api/route-table.ts';
import type { Chance } from './chance.ts';
import { FORM, formOf, hostileForm } from './forms.ts';
import { anyBytes, anyJson, anyText } from './texts.ts';
import type { Request } from './wire.ts';

/** Of people whose things it must neither see nor change. */
export type KnownIds = readonly string[];

const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'X'];
const HEADERS = [
  'x-afterword-user',
  'x-device-id-hash',
  'x-request-id',
  'prefer',
  'origin',
  'sec-fetch-site',
  'host',
  'content-encoding',
  'content-type',
  'accept',
  'expect',
  'range',
  'if-none-match',
  'cookie',
  'x-forwarded-host',
  'transfer-encoding',
  'upgrade',
];

const isUpload = ({ row }: RouteEntry) => row.limit === 'upload';
const takesBodies = (route: RouteEntry) => isUpload(route) || route.body.length > 0;

/** @param next gives the routes in turn, so that none is left out by chance */
export function hostileRequest(
  chance: Chance,
  routes: readonly RouteEntry[],
  ids: KnownIds,
  next: () => RouteEntry,
): Request & { route: string } {
  // Bodies are where most can go wrong, those of uploads above all, however many routes there are.
  const asked = chance.under(0.3) ? isUpload : chance.under(0.25) ? takesBodies : null;
  const route = asked ? chance.one(routes.filter(asked)) : next();
  const method = chance.under(0.95) ? route.method : chance.one(METHODS);
  const { type, bytes } = takesBody(method) ? anyBody(chance, route) : { type: null, bytes: Buffer.alloc(0) };
  const isChunked = bytes.byteLength > 0 && chance.under(0.1);
  const body = isChunked ? inChunks(bytes, chance) : bytes;
  const headers: [string, string][] = [
    ['Host', '127.0.0.1'],
    ['Connection', 'close'],
    ...(type === null ? [] : [['Content-Type', type] as [string, string]]),
    isChunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.byteLength)],
    ...anyHeaders(chance),
  ];
  return {
    route: `${route.method} ${route.url}`,
    method,
    path: `${anyPath(chance, route, ids)}${anyQuery(chance, route)}`,
    headers,
    body,
    breaksOffAfter: chance.under(0.03) ? chance.below(body.byteLength + 200) : null,
  };
}

function takesBody(method: string): boolean {
  return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
}

function anyPath(chance: Chance, { url }: RouteEntry, ids: KnownIds): string {
  if (chance.under(0.02)) return `/${encoded(anyText(chance), chance)}`;
  return url.replace(/:\w+|\*/g, () =>
    ids.length > 0 && chance.under(0.4) ? chance.one(ids) : encoded(anyText(chance), chance),
  );
}

function anyQuery(chance: Chance, { query }: RouteEntry): string {
  const pairs = Array.from({ length: chance.below(4) }, () => {
    const key = query.length > 0 && chance.under(0.8) ? chance.one(query) : anyText(chance);
    // A quarter of what it says is what it should say.
    const value = chance.under(0.25) ? chance.one(['1', 'true', NAME, '1774000000000']) : anyText(chance);
    return `${encoded(key, chance)}=${encoded(value, chance)}`;
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function anyHeaders(chance: Chance): [string, string][] {
  return Array.from({ length: chance.below(4) }, () => {
    const name = chance.one(HEADERS);
    const usual: Record<string, readonly string[]> = {
      'x-afterword-user': ['ana', 'auth0|64f1', 'ÅsaÖ'],
      prefer: ['wait=0', 'wait=1', 'wait=99999'],
      'content-encoding': ['gzip', 'identity'],
      'sec-fetch-site': ['same-origin', 'cross-site'],
      origin: ['http://127.0.0.1', 'https://evil.example', 'null'],
      expect: ['100-continue', 'x'],
      host: ['localhost', 'evil.example'],
      // What it says of the length of a body would make the server wait for more of it.
      'transfer-encoding': ['gzip', 'identity'],
      upgrade: ['websocket'],
    };
    const known = usual[name];
    const value =
      known && (chance.under(0.6) || name === 'transfer-encoding') ? chance.one(known) : anyText(chance);
    // In bytes, as it would be on the wire; a line break would end the header and begin another one.
    const bytes = Buffer.from(value.replace(/[\r\n]/g, '')).toString('latin1');
    return [name, bytes.slice(0, 2000)];
  });
}

function anyBody(chance: Chance, { body }: RouteEntry): { type: string | null; bytes: Buffer } {
  const json = () => Buffer.from(JSON.stringify(anyJson(chance, body)));
  return chance.one([
    () => ({ type: FORM, bytes: hostileForm(chance) }),
    () => ({ type: FORM, bytes: hostileForm(chance) }),
    () => ({ type: FORM, bytes: formOf([{ name: NAME, content: anyBytes(chance, 300) }]) }),
    () => ({
      type: chance.one([FORM.slice(0, -3), 'multipart/form-data', 'multipart/mixed; boundary=x']),
      bytes: hostileForm(chance),
    }),
    () => ({ type: FORM, bytes: formOf([{ name: NAME, content: Buffer.alloc(150_000, 'x') }]) }),
    () => ({ type: 'application/json', bytes: json() }),
    () => ({ type: 'application/json', bytes: json().subarray(0, chance.below(40)) }),
    () => ({ type: 'application/json', bytes: Buffer.from('['.repeat(5000) + ']'.repeat(5000)) }),
    () => ({
      type: 'application/json',
      bytes: Buffer.from(`{"a":${'{"a":'.repeat(1500)}1${'}'.repeat(1501)}`),
    }),
    () => ({ type: 'application/json', bytes: Buffer.alloc(20_000, '1') }),
    () => ({ type: 'audio/wav', bytes: anyBytes(chance, 300) }),
    () => ({ type: 'application/octet-stream', bytes: Buffer.alloc(150_000, 'x') }),
    () => ({ type: null, bytes: anyBytes(chance, 300) }),
    () => ({ type: 'text/plain;charset=x', bytes: Buffer.alloc(0) }),
    () => ({
      type: chance.one(['application/xml', 'text/csv', 'application/x-www-form-urlencoded']),
      bytes: json(),
    }),
    () => ({ type: Buffer.from(anyText(chance).replace(/[\r\n\0]/g, '')).toString('latin1'), bytes: json() }),
  ])();
}

function inChunks(bytes: Buffer, chance: Chance): Buffer {
  const end = chance.under(0.9) ? '0\r\n\r\n' : 'zz\r\n\r\n';
  return Buffer.concat([
    Buffer.from(`${bytes.byteLength.toString(16)}\r\n`),
    bytes,
    Buffer.from(`\r\n${end}`),
  ]);
}

/** Mostly as a client encodes it, sometimes raw: but for what would end the line. */
function encoded(text: string, chance: Chance): string {
  if (chance.under(0.85)) return encodeURIComponent(text.toWellFormed());
  return Buffer.from(text.replace(/[\s\0]/g, '')).toString('latin1');
}
