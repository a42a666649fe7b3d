import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS } from '../errors.ts';
import { EVENT_DATA, EVENT_TYPES, eventBody } from '../events/types.ts';
import { VERSION } from '../version.ts';
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
      tags: [
        { name: 'recordings', description: 'One file with its state and its result' },
        { name: 'uploads', description: 'One request that brought files, and what became of each' },
        { name: 'conversations', description: 'What was said, when, and what it was about' },
        { name: 'person', description: "What is a person's own" },
        { name: 'events', description: 'What happens, as it happens' },
        { name: 'webhooks', description: 'Where events are sent, and what came of it' },
        { name: 'omi', description: "The routes of Omi's app" },
        { name: 'sign-in', description: 'What lets a person in: sessions, identities, keys' },
        { name: 'operation', description: 'Health and usage' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) =>
      withUploadBodies(sortSchemas(withEvents(jsonSchemaTransformObject(document)))),
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
  // A person who opens the address in a browser sees that the server runs, and where to go on.
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html').header(POLICY, policyFor(FRONT_PAGE)).send(FRONT_PAGE),
  );
  // The `type` of every problem document links here.
  const errors = errorsPage();
  app.get('/errors', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html').header(POLICY, policyFor(errors)).send(errors),
  );
}

/** Documents each type of event as what a webhook is sent; event streams send the same. */
function withEvents(document: ReturnType<typeof jsonSchemaTransformObject>) {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const data = Object.entries(EVENT_DATA).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema);
    return [name, json] as const;
  });
  const nameOf = (schema: unknown) => Object.entries(EVENT_DATA).find(([, one]) => one === schema)?.[0];
  const webhooks = Object.entries(EVENT_TYPES).map(([type, { summary, data: schema }]) => {
    const body = eventBody(type, { $ref: `#/components/schemas/${nameOf(schema)}` });
    const timestamp = { type: 'string', format: 'date-time', description: '`atMs`; webhooks have both' };
    Object.assign(body.properties, { timestamp });
    const requestBody = { required: true, content: { 'application/json': { schema: body } } };
    const responses = { '2XX': { description: 'Taken' } };
    return [type, { post: { tags: ['events'], summary, requestBody, responses } }] as const;
  });
  return {
    ...document,
    webhooks: Object.fromEntries(webhooks),
    components: { ...components, schemas: { ...components?.schemas, ...Object.fromEntries(data) } },
  } as unknown as typeof document;
}

/** Sorts the schemas by name. They come in the order in which the modules were loaded, which any import may change. */
function sortSchemas(document: ReturnType<typeof jsonSchemaTransformObject>) {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const sorted = Object.entries(components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...document,
    components: { ...components, schemas: Object.fromEntries(sorted) },
  } as typeof document;
}

const FORM = {
  schema: {
    type: 'object',
    required: ['files'],
    properties: {
      files: {
        type: 'array',
        items: { type: 'string', contentMediaType: 'application/octet-stream' },
        description: 'The files, each with its name, as `memo_1774000000.wav`',
      },
      startedAtMs: {
        type: 'array',
        items: { type: 'integer' },
        description: 'When each file was recorded, in the order of the files: UTC epoch, milliseconds',
        example: [1_774_000_000_000],
      },
    },
  },
};
const BYTES = {
  schema: { type: 'string', contentMediaType: 'application/octet-stream' },
};
const UPLOAD_BODIES: Record<string, object> = {
  '/api/v1/recordings': { 'multipart/form-data': FORM, 'application/octet-stream': BYTES },
  '/v1/sync-local-files': { 'multipart/form-data': FORM },
  '/v2/sync-local-files': { 'multipart/form-data': FORM },
};

/** Describes the bodies of uploads here, because a schema at the route would have the body parsed before it is stored. */
function withUploadBodies<Doc extends { paths?: Record<string, unknown> }>(document: Doc): Doc {
  for (const [path, content] of Object.entries(UPLOAD_BODIES)) {
    const route = document.paths?.[path] as { post?: object } | undefined;
    if (route?.post) Object.assign(route.post, { requestBody: { required: true, content } });
  }
  return document;
}

const FRONT_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterword</title>
<style>body{font:16px/1.6 system-ui;margin:3rem auto;max-width:40rem;padding:0 1rem}code{background:#eee;padding:.1rem .3rem}</style>
<h1>Afterword ${VERSION}</h1>
<p>The server is running. It turns recordings into conversations. So far it has an API and no pages for people.
<ul>
<li><a href="/docs">The API</a>, and <a href="/openapi.json">its OpenAPI document</a>
<li><a href="/health">Health: are the database, the storage and the workers well?</a>
<li><a href="/api/v1/recordings">Your recordings</a> and <a href="/api/v1/conversations">your conversations</a>
<li><a href="/errors">What each error means</a>, and what to do about it
</ul>
<p>To send a recording: <code>curl -F files=@memo_1774000000.wav http://THIS-ADDRESS/api/v1/recordings</code>, where the
number is the start of the recording in Unix seconds.
</html>`;

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, title, remedy }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retryable ? 'yes' : 'no'}<td>${title}.<td>${remedy}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterword: errors</title>
<style>body{font:15px/1.5 system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left;vertical-align:top}:target{background:#ffd}</style>
<h1>Errors and verdicts</h1><table><tr><th>code<th>status<th>worth retrying<th>what it means<th>what you can do${rows.join('')}</table>`;
}
