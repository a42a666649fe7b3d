/**
 * Keeps web pages of others away. A page that somebody looks at can send requests to their loopback, and with a name of
 * its own that leads there (DNS rebinding) it can read the answers as well. Browsers say who sends in `Host`, `Origin` and
 * `Sec-Fetch-Site`; a request with neither of the last two is a program's.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AfterwordError } from '../errors.ts';

interface Names {
  /** Where it listens: a name, an address, or all addresses. */
  host: string;
  /** Further names that lead here on purpose, with a port or without; `*` for any. */
  hosts: readonly string[];
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function installOwnPages(app: FastifyInstance, names: Names): void {
  app.addHook('onRequest', async ({ raw }) => {
    judgeHost(raw, names);
    if (!READS.has(raw.method ?? '')) judgePage(raw.headers, names.hosts);
  });
}

/** @throws AfterwordError `wrong_host` */
function judgeHost(request: IncomingMessage, { host, hosts }: Names): void {
  const { rawHeaders, headers, socket, httpVersion } = request;
  const sent = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  // Only HTTP/1.0 leaves it out, and no browser speaks that.
  if (sent === 0 && httpVersion === '1.0') return;
  if (sent === 0) throw new AfterwordError('wrong_host', 'The request names no host.');
  const told = readAddress(headers.host ?? '');
  // A page cannot have an address for its name: whoever comes by one has typed or configured it.
  const own = [host, socket.localAddress ?? ''].map((address) => readAddress(bracketed(address))?.name);
  const isOurs =
    sent === 1 &&
    told !== null &&
    (hosts.includes('*') || isLoopback(told.name) || own.includes(told.name) || isListed(told, hosts));
  if (isOurs) return;
  throw new AfterwordError(
    'wrong_host',
    `The host ${JSON.stringify((headers.host ?? '').slice(0, 100))} is not one of this server's; AFTERWORD_HOSTS names more.`,
  );
}

/** @throws AfterwordError `foreign_page` */
function judgePage(headers: IncomingMessage['headers'], hosts: readonly string[]): void {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const page = origin === undefined ? undefined : readOrigin(origin);
  if (page && isListed(page, hosts)) return;
  const here = readAddress(host);
  const isOwn = page === undefined || isSame(page, here);
  // `none` is what the user themselves does, in the address bar or by a bookmark.
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwn || !isOwnSite) throw new AfterwordError('foreign_page');
}

interface Address {
  name: string;
  /** '' where none is told. */
  port: string;
}

/** @returns null for what is no host of HTTP */
function readAddress(host: string): Address | null {
  const [, name, port = ''] = /^(\[[\da-f:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/i.exec(host) ?? [];
  return name === undefined ? null : { name: name.toLowerCase().replace(/\.$/, ''), port };
}

/** @returns null for what is no page of HTTP, as the `null` of a page from a file */
function readOrigin(origin: string): (Address & { defaultPort: string }) | null {
  const [, scheme, host = ''] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const address = scheme === undefined ? null : readAddress(host);
  if (!address) return null;
  const defaultPort = scheme?.toLowerCase() === 'https' ? '443' : '80';
  return { name: address.name, port: address.port || defaultPort, defaultPort };
}

/** The host says no port where it is the usual one of the scheme, which only the origin tells. */
function isSame(page: (Address & { defaultPort: string }) | null, here: Address | null): boolean {
  return page !== null && page.name === here?.name && page.port === (here.port || page.defaultPort);
}

/** An entry without a port stands for any. */
function isListed({ name, port }: Address, hosts: readonly string[]): boolean {
  return hosts.some((entry) => {
    const listed = readAddress(entry);
    return listed?.name === name && (listed.port === '' || listed.port === port);
  });
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /\.localhost$|^127(\.\d{1,3}){3}$/.test(name);
}

/** The address of a socket or of a setting, as a URL has it. */
function bracketed(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}
