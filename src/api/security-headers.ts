/**
 * Tells browsers what pages of this server may do: load scripts and styles of this server only, be shown in no other page,
 * and be taken for nothing else than what they are.
 */
import { createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Answers that are no pages need nothing at all. */
const STRICT = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

export async function installSecurityHeaders(
  app: FastifyInstance,
  { publicUrl }: { publicUrl: string | undefined },
): Promise<void> {
  const isEncrypted = publicUrl !== undefined && new URL(publicUrl).protocol === 'https:';
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: STRICT },
    strictTransportSecurity: isEncrypted ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
  });
}

/**
 * For a page of ours with styles or a script inside: exactly these may run. Only for pages that hold nothing of a request or
 * a person, since whatever stood in them would be allowed.
 */
export function policyFor(html: string, overrides: Record<string, readonly string[]> = {}): string {
  const directives: Record<string, readonly string[]> = {
    ...STRICT,
    'script-src': [...STRICT['script-src'], ...hashesOf(html, 'script')],
    'style-src': [...STRICT['style-src'], ...hashesOf(html, 'style')],
    ...overrides,
  };
  return Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join(';');
}

function hashesOf(html: string, element: 'script' | 'style'): string[] {
  const inside = new RegExp(`<${element}(?![^>]*\\bsrc=)[^>]*>([\\s\\S]*?)</${element}>`, 'g');
  return [...html.matchAll(inside)].map(([, text = '']) => {
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  });
}
