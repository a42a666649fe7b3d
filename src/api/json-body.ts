import type { FastifyInstance } from 'fastify';

/**
 * Lets the routes of one plugin take JSON, up to so many bytes. Everywhere else a body is a stream to be stored, and nothing of
 * it is parsed into memory.
 */
export function takeJson(
  app: Pick<FastifyInstance, 'addContentTypeParser' | 'getDefaultJsonParser'>,
  mostBytes: number,
): void {
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: mostBytes },
    app.getDefaultJsonParser('error', 'error'),
  );
}
