/**
 * Keeps other sites' web pages away. A page that somebody visits can send requests to their loopback, and with a host
 * name of its own that points there (DNS rebinding) it can also read the answers. Browsers say who sends in `Host`,
 * `Origin` and `Sec-Fetch-Site`; a request without the last two comes from a program.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AfterwordError } from '../errors.ts';

interface Names {
  /** Where the server listens: a name, an address, or all addresses. */
  host: string;
  /** Further allowed host names, with or without a port; `*` allows any. */
  hosts: readonly string[];
  /** Where people reach the server. */
  publicUrl: string | undefined;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function installOwnPages(app: FastifyInstance, names: Names): void {
  app.addHook('onRequest', async ({ raw }) => {
    judgeHost(raw, names);
    if (!READS.has(raw.method ?? '')) judgePage(raw.headers, names);
  });
}

/** @throws AfterwordError `wrong_host` */
function judgeHost(request: IncomingMessage, { host, hosts, publicUrl }: Names): void {
  const { rawHeaders, headers, socket, httpVersion } = request;
  const sent = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  // Only HTTP/1.0 omits the Host, and no browser uses that.
  if (sent === 0 && httpVersion === '1.0') return;
  if (sent === 0) throw new AfterwordError('wrong_host', 'The request names no host.');
  const told = readAddress(headers.host ?? '');
  // A page cannot have an address as its name: whoever uses one has typed or configured it.
  const own = [host, socket.localAddress ?? ''].map((address) => readAddress(bracketed(address))?.name);
  const isOurs =
    sent === 1 &&
    told !== null &&
    (hosts.includes('*') ||
      isLoopback(told.name) ||
      own.includes(told.name) ||
      told.name === publicNameOf(publicUrl) ||
      isListed(told, hosts));
  if (isOurs) return;
  throw new AfterwordError(
    'wrong_host',
    `The host ${JSON.stringify((headers.host ?? '').slice(0, 100))} is not one of this server's; AFTERWORD_HOSTS names more.`,
  );
}

/** @throws AfterwordError `foreign_page` */
function judgePage(headers: IncomingMessage['headers'], { hosts, publicUrl }: Names): void {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const page = origin === undefined ? undefined : readOrigin(origin);
  if (page && isListed(page, hosts)) return;
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl);
  if (ours && origin !== undefined && URL.parse(origin)?.origin === ours.origin) return;
  const here = readAddress(host);
  // A page that came without https may be from anybody on the way, and cookies do not tell the two apart.
  const isPlain = ours?.protocol === 'https:' && page?.name === publicNameOf(publicUrl);
  const isOwn = page === undefined || (!isPlain && isSame(page, here));
  // `none` is an action of the user, in the address bar or by a bookmark.
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwn || !isOwnSite) throw new AfterwordError('foreign_page');
}

interface Address {
  name: string;
  /** '' if the header is missing. */
  port: string;
}

/** @returns null if it is not a host of HTTP */
function readAddress(host: string): Address | null {
  const [, name, port = ''] = /^(\[[\da-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i.exec(host) ?? [];
  return name === undefined ? null : { name: name.toLowerCase().replace(/\.$/, ''), port };
}

/** @returns null if it is not a page of HTTP, for example `null` from a file */
function readOrigin(origin: string): (Address & { defaultPort: string }) | null {
  const [, scheme, host = ''] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const address = scheme === undefined ? null : readAddress(host);
  if (!address) return null;
  const defaultPort = scheme?.toLowerCase() === 'https' ? '443' : '80';
  return { name: address.name, port: address.port || defaultPort, defaultPort };
}

/** The Host omits the port if it is the scheme's usual one, which only the origin shows. */
function isSame(page: (Address & { defaultPort: string }) | null, here: Address | null): boolean {
  return page !== null && page.name === here?.name && page.port === (here.port || page.defaultPort);
}

/** An entry without a port allows any port. */
function isListed({ name, port }: Address, hosts: readonly string[]): boolean {
  return hosts.some((entry) => {
    const listed = readAddress(entry);
    return listed?.name === name && (listed.port === '' || listed.port === port);
  });
}

function publicNameOf(publicUrl: string | undefined): string | undefined {
  return publicUrl === undefined ? undefined : readAddress(new URL(publicUrl).host)?.name;
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /\.localhost$|^127(\.\d{1,3}){3}$/.test(name);
}

/** Writes the address of a socket or of a setting as in a URL. */
function bracketed(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}
