import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { cleanJson, isPossibleId } from '../text.ts';

/**
 * Cleans what comes in as parameters and JSON of any route, before it is validated: PostgreSQL takes no NUL, and what it
 * refuses would look like a fault of ours. File names are cleaned where a form is read.
 */
export function installCleaning(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const params = Object.values((request.params ?? {}) as Record<string, string>);
    if (!params.every(isPossibleId)) throw new AfterwordError('not_found');
    request.query = cleanJson(request.query);
    if (!(request.body instanceof Readable)) request.body = cleanJson(request.body);
  });
}
