/** The API on one page: what is installed, and in which order. */

import { Readable } from 'node:stream';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  fastify,
  LogController,
  type RawRequestDefaultExpression,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { AfterwordError } from '../errors.ts';
import { cleanJson, isPossibleId } from '../text.ts';
import { installAdmission } from './admission.ts';
import { conversationRoutes } from './conversations.ts';
import { installDocs, installRouteTable } from './docs.ts';
import { healthRoutes } from './health.ts';
import { usageRoutes, userRoutes } from './me.ts';
import { omiSyncRoutes } from './omi/sync.ts';
import { installOwnPages } from './own-pages.ts';
import type { ApiParts } from './parts.ts';
import { installClosing } from './prefer.ts';
import { answerBrokenHttp, installProblems, sendProblem } from './problem.ts';
import { recordingRoutes, recordingTimeRoutes } from './recordings.ts';
import { installSenders } from './sender.ts';
import { speakerRoutes } from './speakers.ts';
import { uploadRoutes } from './uploads.ts';

export async function buildApi(parts: ApiParts) {
  const app = fastify({
    loggerInstance: parts.log as FastifyBaseLogger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    clientErrorHandler: answerBrokenHttp,
    // Node answers a request without a Host with a bare 400, which Omi's app takes for final.
    http: { requireHostHeader: false },
    // An address that cannot be decoded, or is too long, is one at which there is nothing.
    frameworkErrors: (_error, request, reply) =>
      void sendProblem(request, reply, new AfterwordError('not_found')),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A phone on a bad network may need long for a large body; it is the silence that is bounded, not the length.
    requestTimeout: 0,
    connectionTimeout: 120_000,
    // Stopping waits for running requests, and not for idle connections that browsers keep.
    forceCloseConnections: 'idle',
    // What still comes over a connection that is open is answered in full, and the connection closed after it: the
    // framework's own refusal would be none of ours, without a code and without a time to come again.
    return503OnClosing: false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installRouteTable(app);
  installProblems(app);
  installClosing(app);
  installOwnPages(app, parts.config);
  installCleaning(app);
  installAdmission(app, parts);
  // A body is a stream to be read as it comes, JSON too: nothing is parsed into memory but where a route says so.
  app.removeAllContentTypeParsers();
  await installDocs(app);
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  await app.register(healthRoutes(parts));
  await app.register(async (persons) => {
    installSenders(persons, parts.config);
    await persons.register(recordingRoutes(parts));
    await persons.register(recordingTimeRoutes(parts));
    await persons.register(uploadRoutes(parts));
    await persons.register(conversationRoutes(parts));
    await persons.register(usageRoutes(parts));
    await persons.register(speakerRoutes(parts));
    await persons.register(userRoutes(parts));
  });
  // Omi's app reads `detail`, also where nobody knows who it is.
  await app.register(async (omi) => {
    installSenders(omi, parts.config);
    await omi.register(omiSyncRoutes(parts));
  });
  return app;
}

/** A gateway's own id leads from its log to ours. */
function requestIdOf({ headers }: RawRequestDefaultExpression): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}

/**
 * Cleans what comes in as parameters and JSON of any route, before it is validated: PostgreSQL takes no NUL, and what it
 * refuses would look like a fault of ours. File names are cleaned where a form is read.
 */
function installCleaning(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const params = Object.values((request.params ?? {}) as Record<string, string>);
    if (!params.every(isPossibleId)) throw new AfterwordError('not_found');
    request.query = cleanJson(request.query);
    if (!(request.body instanceof Readable)) request.body = cleanJson(request.body);
  });
}
