/**
 * Keeps webhooks from reaching what only this machine or its network can reach. The address to which a connection is made is
 * the one that was checked: a name that leads elsewhere a moment later leads nowhere.
 */
import { lookup as resolveName } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { fetchError } from './refused.ts';

type Family = 'ipv4' | 'ipv6';

/** What is no address of the public internet: IANA's registries of special-purpose addresses. */
const NOT_PUBLIC = networksOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The metadata of cloud machines too.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** Of IPv6 only this is public, without the parts below. */
const PUBLIC_V6 = networksOf(['2000::/3']);
const NOT_PUBLIC_V6 = networksOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
/** Addresses of IPv4 within IPv6: mapped ones, and those of a translator. */
const HOLDS_V4 = networksOf(['::ffff:0:0/96', '64:ff9b::/96']);

export interface Networks {
  has(address: string): boolean;
}

/** @param ranges as `10.0.0.0/8` or `fd00::/8` */
export function networks(ranges: readonly string[]): Networks {
  const list = networksOf(ranges);
  return { has: (address) => contains(list, address) };
}

export function isNetwork(range: string): boolean {
  try {
    networksOf([range]);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error if one is none */
function networksOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', length, ...more] = range.split('/');
    const family = familyOf(address);
    const bits = family === 'ipv4' ? 32 : 128;
    if (family === null || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length)))
      throw new Error(`"${range}" is no network`);
    list.addSubnet(address, length === undefined ? bits : Number(length), family);
  }
  return list;
}

function familyOf(address: string): Family | null {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : null;
}

function contains(list: BlockList, address: string): boolean {
  const family = familyOf(address);
  return family !== null && list.check(address, family);
}

/** A connection to an address of IPv4 within IPv6 goes to that of IPv4. */
function plain(address: string): string {
  if (isIP(address) !== 6 || !contains(HOLDS_V4, address)) return address;
  // The host of an address is written in one way, whichever way it came.
  const groups = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1).split(':');
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high ?? 0, low ?? 0].flatMap((group) => [group >> 8, group & 255]).join('.');
}

export interface Reach {
  /** Networks that the operator has opened, although they are not public. */
  opened: Networks;
}

/** `plain`: without TLS, which is for opened networks only: what is sent to others could be read on its way. */
export function mayReach(given: string, { opened }: Reach, isPlain: boolean): boolean {
  const address = plain(given);
  if (opened.has(given) || opened.has(address)) return true;
  if (isPlain) return false;
  if (isIP(address) === 4) return !contains(NOT_PUBLIC, address);
  return contains(PUBLIC_V6, address) && !contains(NOT_PUBLIC_V6, address);
}

/** @returns what the host of an address is if it is an address itself, and not a name */
export function addressOf(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? null : host;
}

export type Resolve = (name: string) => Promise<readonly { address: string; family: number }[]>;

const resolveAll: Resolve = (name) => resolveName(name, { all: true });

/**
 * Resolves a name once and gives the connection what may be reached of it. With one address that may not be, the whole name
 * is refused: it was pointed there.
 */
export function guardedLookup(reach: Reach, isPlain: boolean, resolve: Resolve = resolveAll): LookupFunction {
  return (name, options, done) => {
    resolve(name).then(
      (found) => {
        const [first] = found;
        const mayNot = found.some(({ address }) => !mayReach(address, reach, isPlain));
        if (!first || mayNot) done(fetchError('address_refused'), '');
        else if (options.all) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      () => done(fetchError('name_not_found'), ''),
    );
  };
}
