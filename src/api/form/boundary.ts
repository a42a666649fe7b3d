import { AfterwordError } from '../../errors.ts';

export function isForm(contentType: string | undefined): boolean {
  return /^\s*multipart\/form-data\s*(;|$)/i.test(contentType ?? '');
}

/**
 * RFC 2046 has 1 to 70 characters of an alphabet without controls; some clients leave the quotes away where it wants
 * them, so only what cannot be a line is refused.
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
