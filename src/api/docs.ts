import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ERRORS } from '../errors.ts';
import { VERSION } from '../version.ts';

/** OpenAPI 3.1 at `/openapi.json`, made from the schemas that validate, and readable at `/docs`. */
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
      tags: [
        { name: 'recordings', description: 'One file, once' },
        { name: 'uploads', description: 'One request of files' },
        { name: 'conversations', description: 'What was said, and what it was about' },
        { name: 'omi', description: "The routes of Omi's app" },
        { name: 'operation', description: 'For whoever runs it' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  // It works without a network, so it asks nothing of one: no fonts from elsewhere, no telemetry.
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: { withDefaultFonts: false, telemetry: false },
  });
  // Where the `type` of every problem leads.
  app.get('/errors', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html').send(errorsPage()),
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
