/** Composes the API: what is installed, and in which order. */

import { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  fastify,
  LogController,
  type RawRequestDefaultExpression,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { AfterwordError } from '../errors.ts';
import { EventFeed } from '../events/feed.ts';
import { StreamTokens } from '../events/token.ts';
import { AudioAddresses } from '../playback/address.ts';
import { Playback } from '../playback/playback.ts';
import { Doors } from '../sign-in/doors.ts';
import { cleanJson, isPossibleId } from '../text.ts';
import { accountRoutes } from './account.ts';
import { actionItemRoutes } from './action-items.ts';
import { adminRoutes } from './admin.ts';
import { installAdmission } from './admission.ts';
import { audioRoutes } from './audio.ts';
import { authRoutes } from './auth.ts';
import { conversationChangeRoutes } from './conversation-changes.ts';
import { conversationRoutes } from './conversations.ts';
import { installDocs } from './docs.ts';
import { installEventNumbers } from './event-number.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './export.ts';
import { folderRoutes } from './folders.ts';
import { healthRoutes } from './health.ts';
import { knownRoutes } from './known.ts';
import { Listeners } from './listeners.ts';
import { usageRoutes, userRoutes } from './me.ts';
import { installRefusalCount, metricsRoutes } from './metrics.ts';
import { omiAbsentRoutes } from './omi/absent.ts';
import { omiActionItemRoutes } from './omi/action-items.ts';
import { omiAssignRoutes } from './omi/assign.ts';
import { omiAudioRoutes } from './omi/audio.ts';
import { omiChangeRoutes } from './omi/changes.ts';
import { omiConversationRoutes } from './omi/conversations.ts';
import { omiFolderRoutes } from './omi/folders.ts';
import { omiManifestRoutes } from './omi/manifest.ts';
import { omiPeopleRoutes } from './omi/people.ts';
import { omiPreferenceRoutes } from './omi/preferences.ts';
import { omiPushRoutes } from './omi/push.ts';
import { omiSearchRoutes } from './omi/search.ts';
import { omiSyncRoutes } from './omi/sync.ts';
import { omiTaskListRoutes } from './omi/task-lists.ts';
import { operationRoutes } from './operation.ts';
import { installOwnPages } from './own-pages.ts';
import { installPage, type PageSource, sendNowhere } from './page.ts';
import type { ApiParts } from './parts.ts';
import { peopleRoutes } from './people.ts';
import { installPersonBounds } from './person-bounds.ts';
import { installClosing } from './prefer.ts';
import { preferenceRoutes } from './preferences.ts';
import { answerBrokenHttp, installProblems } from './problem.ts';
import { pushRoutes } from './push.ts';
import { recordingRoutes, recordingTimeRoutes } from './recordings.ts';
import { installRepeatedRefusals } from './repeated-refusals.ts';
import { resumableRoutes } from './resumable.ts';
import { installRouteTable } from './route-table.ts';
import { sampleRoutes } from './samples.ts';
import { searchRoutes } from './search.ts';
import { installSecurityHeaders } from './security-headers.ts';
import { installSenders } from './sender.ts';
import { speakerRoutes } from './speakers.ts';
import { installStopping } from './stopping.ts';
import { installTimeLimits } from './time-limits.ts';
import { transcriptRoutes } from './transcript.ts';
import { uploadRoutes } from './uploads.ts';
import { webhookRoutes } from './webhooks.ts';

/**
 * A body is read on by so much while what came before it is written. At Node's default of 64 KB, which is one read of the
 * socket, reading stops and starts again for each.
 */
const READ_AHEAD_BYTES = 256 * 1024;

const NO_PAGE: PageSource = () => ({ absent: 'This process serves no page for people.' });

export async function buildApi(parts: ApiParts) {
  const page = parts.page ?? NO_PAGE;
  const app = fastify({
    loggerInstance: parts.log as FastifyBaseLogger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    clientErrorHandler: (error, socket) => answerBrokenHttp(error, socket, parts.metrics.refused),
    // Node answers a request without a Host with a bare 400, which Omi's app takes for final.
    http: { requireHostHeader: false, highWaterMark: READ_AHEAD_BYTES },
    // An address that cannot be decoded or is too long is answered as one that does not exist.
    frameworkErrors: (_error, request, reply) => void sendNowhere(request, reply, page()),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A phone on a bad network may need long for a large body, so silence is limited and not the duration.
    requestTimeout: 0,
    connectionTimeout: 120_000,
    // Stopping waits for running requests, and not for idle connections that browsers keep.
    forceCloseConnections: 'idle',
    // A request that still comes over an open connection while the server stops is answered in full, and the connection
    // is closed after it. The framework's own refusal would have no code and no Retry-After.
    return503OnClosing: false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installRouteTable(app);
  installProblems(app);
  installClosing(app);
  installStopping(app, parts.config);
  installRefusalCount(app, parts.metrics);
  installTimeLimits(app, { ...parts, drainMs: parts.config.drainMs });
  await installSecurityHeaders(app, parts.config);
  installOwnPages(app, parts.config);
  await app.register(cookie);
  const tokens = new StreamTokens(parts.db);
  const doors = new Doors(parts);
  app.addHook('onClose', async () => doors.stop());
  const addresses = new AudioAddresses(parts.db);
  installSenders(app, parts.signIn, { ...parts.config, tokens, addresses, doors });
  installPersonBounds(app, parts);
  installCleaning(app);
  installAdmission(app, parts);
  installEventNumbers(app, parts);
  installRepeatedRefusals(app, parts.metrics.refused);
  // A body is read as a stream, JSON too: nothing is parsed into memory unless a route asks for it.
  app.removeAllContentTypeParsers();
  await installDocs(app);
  await installPage(app, page);
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  await app.register(healthRoutes(parts));
  await app.register(metricsRoutes(parts));
  await app.register(recordingRoutes(parts));
  await app.register(recordingTimeRoutes(parts));
  await app.register(uploadRoutes(parts));
  await app.register(sampleRoutes(parts));
  await app.register(resumableRoutes(parts));
  await app.register(knownRoutes(parts));
  await app.register(conversationRoutes(parts));
  const playback = new Playback(parts);
  if (parts.isReadyToPlay) app.addHook('onListen', async () => playback.warmUp());
  app.addHook('onClose', async () => await playback.stop());
  const listening = { playback, addresses, listeners: new Listeners(), publicUrl: parts.config.publicUrl };
  await app.register(audioRoutes(listening));
  await app.register(omiAudioRoutes(listening));
  await app.register(transcriptRoutes({ ...parts, playback }));
  await app.register(conversationChangeRoutes(parts));
  await app.register(actionItemRoutes(parts));
  await app.register(folderRoutes(parts));
  await app.register(peopleRoutes(parts));
  const feed = new EventFeed(parts);
  app.addHook('onClose', async () => feed.stop());
  parts.metrics.tellStreams(() => feed.readers);
  await app.register(eventRoutes(parts, { feed, tokens, doors }));
  await app.register(webhookRoutes(parts));
  await app.register(pushRoutes(parts));
  await app.register(searchRoutes(parts));
  await app.register(usageRoutes(parts));
  await app.register(speakerRoutes(parts));
  await app.register(userRoutes(parts));
  await app.register(preferenceRoutes(parts));
  await app.register(exportRoutes(parts));
  await app.register(authRoutes(parts));
  await app.register(accountRoutes(parts));
  await app.register(adminRoutes(parts));
  await app.register(operationRoutes(parts, doors));
  await app.register(omiSyncRoutes(parts));
  await app.register(omiManifestRoutes());
  await app.register(omiConversationRoutes(parts));
  await app.register(omiChangeRoutes(parts));
  await app.register(omiAssignRoutes(parts));
  await app.register(omiActionItemRoutes(parts));
  await app.register(omiTaskListRoutes(parts));
  await app.register(omiFolderRoutes(parts));
  await app.register(omiPeopleRoutes(parts));
  await app.register(omiAbsentRoutes(parts));
  await app.register(omiSearchRoutes(parts));
  await app.register(omiPreferenceRoutes(parts));
  await app.register(omiPushRoutes(parts));
  return app;
}

/** A gateway's own request id leads from its log to ours. */
function requestIdOf({ headers }: RawRequestDefaultExpression): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}

/**
 * Cleans parameters and JSON of every route before they are validated. PostgreSQL refuses NUL, and its refusal would
 * look like a failure of the server. File names are cleaned where a form is read.
 */
function installCleaning(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const params = Object.values((request.params ?? {}) as Record<string, string>);
    if (!params.every(isPossibleId)) throw new AfterwordError('not_found');
    request.query = cleanJson(request.query);
    if (!(request.body instanceof Readable)) request.body = cleanJson(request.body);
  });
}
