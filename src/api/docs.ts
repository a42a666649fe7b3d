import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ERRORS } from '../errors.ts';
import { VERSION } from '../version.ts';
import { DOCUMENT, toDocument } from './openapi.ts';
import { policyFor } from './security-headers.ts';

const POLICY = 'content-security-policy';
/** The reader of the document writes its styles itself, and draws with pictures inside of them. */
const OF_READER = {
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
};

/** Serves the OpenAPI 3.1 document at `/openapi.json`, made from the schemas that validate requests, and a reader for it at `/docs`. */
export async function installDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Afterword',
        version: VERSION,
        description: 'Recordings in, conversations out.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      ...DOCUMENT,
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => toDocument(jsonSchemaTransformObject(document)),
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  // The page must work without a network, so it loads no fonts from elsewhere and sends no telemetry.
  await app.register(async (docs) => {
    docs.addHook('onSend', async (_request, reply, page) => {
      const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
      if (isPage && typeof page === 'string') reply.header(POLICY, policyFor(page, OF_READER));
    });
    await docs.register(scalar, {
      routePrefix: '/docs',
      configuration: { withDefaultFonts: false, telemetry: false },
    });
  });
  // The `type` of every problem document links here.
  const errors = errorsPage();
  app.get('/errors', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html').header(POLICY, policyFor(errors)).send(errors),
  );
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, title, remedy }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retryable ? 'yes' : 'no'}<td>${title}.<td>${remedy}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterword: errors</title>
<style>body{font:15px/1.5 system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left;vertical-align:top}:target{background:#ffd}</style>
<h1>Errors and verdicts</h1><table><tr><th>code<th>status<th>worth retrying<th>what it means<th>what you can do${rows.join('')}</table>`;
}
