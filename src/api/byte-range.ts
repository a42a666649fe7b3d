/** Which bytes a request wants (RFC 9110 section 14). Pure. */

export interface Part {
  from: number;
  /** Not part of it. */
  to: number;
}

/**
 * @returns null: all of it, also where several ranges are asked for, which a server may answer with all
 * @returns 'outside': there is none of it
 */
export function rangeOf(header: string | undefined, size: number): Part | null | 'outside' {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const count = Math.min(Number(last), size);
    return count === 0 ? 'outside' : { from: size - count, to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < from) return null;
  return from >= size ? 'outside' : { from, to };
}

/** Whether the range is still of the same bytes; a date is never exact enough. */
export function isSame(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

/** Whether the client has these bytes already. */
export function hasIt(ifNoneMatch: string | undefined, etag: string): boolean {
  const given = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return given.includes('*') || given.includes(etag);
}
