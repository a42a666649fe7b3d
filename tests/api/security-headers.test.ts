/** What browsers are told from the first page on. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

it('every answer says that it is what it is, and may be shown in no other page', async () => {
  const { url } = await startApi();
  for (const path of [
    '/',
    '/docs/',
    '/errors',
    '/health',
    '/api/v1/recordings',
    '/nowhere',
    '/openapi.json',
  ]) {
    const { headers } = await fetch(`${url}${path}`);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(headers.get('content-security-policy'), path).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers.get('x-powered-by'), path).toBeNull();
    // Over http it would be ignored, and on a name that others use without https it would lock them out.
    expect(headers.get('strict-transport-security'), path).toBeNull();
  }
});

it('scripts and styles of a page run only if they are the ones that it was made with', async () => {
  const { url } = await startApi();
  for (const path of ['/', '/docs/', '/errors']) {
    const answer = await fetch(`${url}${path}`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const page = await answer.text();
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
    expect(scripts, path).not.toMatch(/unsafe|\*|https?:/);
    for (const [, text = ''] of page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g))
      expect(scripts, path).toContain(createHash('sha256').update(text).digest('base64'));
    const styles = /style-src ([^;]*)/.exec(policy)?.[1] ?? '';
    // The reader of the OpenAPI document writes its styles at run time.
    if (path !== '/docs/') {
      expect(styles, path).not.toContain('unsafe');
      for (const [, text = ''] of page.matchAll(/<style>([\s\S]*?)<\/style>/g))
        expect(styles, path).toContain(createHash('sha256').update(text).digest('base64'));
    }
    expect(page, path).not.toMatch(/ on\w+="/);
  }
});

it('what belongs to somebody lies in no cache', async () => {
  const { url } = await startApi();
  for (const path of ['/api/v1/recordings', '/api/v1/recordings/rec_x', '/v2/sync-local-files/x'])
    expect((await fetch(`${url}${path}`)).headers.get('cache-control'), path).toBe('no-store');
});
