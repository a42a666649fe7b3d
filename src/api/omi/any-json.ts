import type { FastifyInstance } from 'fastify';

/**
 * Lets the routes of one plugin take JSON under any content type. Omi's app sends some bodies as text, and empty ones with the
 * type of JSON.
 */
export function takeAnyJson(app: FastifyInstance, mostBytes: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: mostBytes }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}
