/**
 * Completes the OpenAPI document that the routes' schemas make: who may ask each operation and how, names of operations,
 * bodies of uploads, and the events that webhooks are sent. Pure.
 */
import { z } from 'zod';
import { EVENT_DATA, EVENT_TYPES, eventBody } from '../events/types.ts';
import { ROUTES, takesToken } from './route-table.ts';

type Schemas = Record<string, unknown>;
type Operation = Record<string, unknown>;
/** The parts of a document that are looked at; the rest of it passes through. */
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Schemas };
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Stands at the top of the document. */
export const DOCUMENT = {
  servers: [{ url: '/', description: 'The server that gave this document' }],
  tags: [
    { name: 'recordings', description: 'One file with its state and its result' },
    { name: 'uploads', description: 'One request that brought files, and what became of each' },
    { name: 'conversations', description: 'What was said, when, and what it was about' },
    { name: 'person', description: "What is a person's own" },
    { name: 'events', description: 'What happens, as it happens' },
    { name: 'webhooks', description: 'Where events are sent, and what came of it' },
    { name: 'push', description: 'Phones and browsers that are told' },
    { name: 'omi', description: "The routes of Omi's app" },
    { name: 'sign-in', description: 'What lets a person in: sessions, identities, keys' },
    { name: 'operation', description: 'Health and usage' },
  ],
};

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or an ID token of Firebase' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-afterword',
    description: 'A browser that is signed in; without https the cookie is called `afterword`',
  },
  gateway: {
    type: 'apiKey',
    in: 'header',
    name: 'x-afterword-user',
    description: 'The person, from a gateway that has checked who it is, or on a server without sign-in',
  },
  streamToken: { type: 'apiKey', in: 'query', name: 'token', description: 'Opens one event stream' },
};

/** Of bodies whose text is cleaned as it is read: their schemas lose an example that stands beside them. */
const EXAMPLES: Record<string, object> = {
  'post /v1/action-items': { description: 'Call the builders', conversation_id: 'cnv_1' },
  'patch /v1/action-items/{id}': { completed: true },
  'patch /v1/action-items/sync-batch': { items: [{ id: 'act_1', exported: true }] },
  'patch /api/v1/me': { timeZone: 'Europe/Stockholm', languages: ['sv', 'en'], vocabulary: ['Afterword'] },
  'post /v1/conversations/search': { query: 'budget', page: 1, per_page: 10 },
  'patch /v1/users/transcription-preferences': { single_language_mode: true, vocabulary: ['Afterword'] },
};

export function toDocument<Doc extends object>(made: Doc): Doc {
  const document = made as Document;
  addUploadBodies(document);
  addOperations(document);
  const events = eventSchemas();
  const schemas = withoutDoubles({ ...document.components?.schemas }, document.paths);
  return renamed({
    ...document,
    webhooks: webhooks(events),
    components: {
      ...document.components,
      securitySchemes: SECURITY_SCHEMES,
      schemas: sorted({ ...schemas, ...Object.fromEntries(events.map(({ name, json }) => [name, json])) }),
    },
  }) as unknown as Doc;
}

/** Takes the ending `Input` off the names of schemas that only requests have. */
function renamed<Doc extends Document>(document: Doc): Doc {
  const { schemas = {} } = document.components ?? {};
  const json = JSON.stringify(document).replace(
    /"(#\/components\/schemas\/)?(\w+)Input"/g,
    (all, ref, name) => {
      const isOnlyOne = `${name}Input` in schemas && !(name in schemas);
      return isOnlyOne ? `"${ref ?? ''}${name}"` : all;
    },
  );
  return JSON.parse(json) as Doc;
}

/** Gives each operation a name, and says from the route table how a client proves who it is. */
function addOperations({ paths = {} }: Document): void {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!METHODS.has(method)) continue;
      operation.operationId ??= operationName(method, path);
      const example = EXAMPLES[`${method} ${path}`];
      const body = operation.requestBody as { content: Record<string, object> } | undefined;
      const json = body?.content['application/json'];
      if (json && example) Object.assign(json, { example });
      const row = ROUTES.find(
        (one) => one.method === method.toUpperCase() && one.path === path.replace(/\{(\w+)\}/g, ':$1'),
      );
      const ways = row?.who === 'person' ? ['bearer', 'session', 'gateway'] : [];
      if (row && takesToken(row)) ways.push('streamToken');
      operation.security = ways.map((way) => ({ [way]: [] }));
    }
  }
}

/** As `getRecordings`, `getRecordingsById`, `postV2SyncLocalFiles`. */
function operationName(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/v1/, '')
    .split('/')
    .flatMap((part) =>
      part.startsWith('{') ? ['by', ...part.slice(1, -1).split(/(?=[A-Z])/)] : part.split(/\W/),
    )
    .filter((word) => word !== '');
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/**
 * Keeps one schema where a request's and an answer's are the same, and drops what nothing refers to. Each schema is made
 * twice, once for requests, where it is called `…Input`.
 */
function withoutDoubles(schemas: Schemas, paths: Document['paths']): Schemas {
  const roots = JSON.stringify(paths);
  const used = new Set<string>();
  const follow = (json: string): void => {
    for (const [, name = ''] of json.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(JSON.stringify(schemas[name]));
    }
  };
  follow(roots);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}

/** Sorts by name. They come in the order in which the modules were loaded, which any import may change. */
function sorted(schemas: Schemas): Schemas {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function eventSchemas() {
  return Object.entries(EVENT_DATA).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema);
    return { name, schema, json };
  });
}

/** Documents each type of event as what a webhook is sent; event streams send the same. */
function webhooks(events: ReturnType<typeof eventSchemas>) {
  const entries = Object.entries(EVENT_TYPES).map(([type, { summary, data }]) => {
    const name = events.find(({ schema }) => schema === data)?.name;
    const body = eventBody(type, { $ref: `#/components/schemas/${name}` });
    const timestamp = { type: 'string', format: 'date-time', description: '`atMs`; webhooks have both' };
    Object.assign(body.properties, { timestamp });
    const requestBody = { required: true, content: { 'application/json': { schema: body } } };
    const post = {
      operationId: operationName('on', type.replace('.', '/')),
      tags: ['events'],
      summary,
      security: [],
      requestBody,
      responses: { '2XX': { description: 'Taken' } },
    };
    return [type, { post }] as const;
  });
  return Object.fromEntries(entries);
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
        examples: [[1_774_000_000_000]],
      },
    },
  },
  example: { files: ['the bytes of memo_1774000000.wav'], startedAtMs: [1_774_000_000_000] },
};
const BYTES = {
  schema: { type: 'string', contentMediaType: 'application/octet-stream' },
  example: 'the bytes of a file, whose name is in the address',
};
const UPLOAD_BODIES: Record<string, object> = {
  '/api/v1/recordings': { 'multipart/form-data': FORM, 'application/octet-stream': BYTES },
  '/v1/sync-local-files': { 'multipart/form-data': FORM },
  '/v2/sync-local-files': { 'multipart/form-data': FORM },
};

/** Describes the bodies of uploads here, because a schema at the route would have the body parsed before it is stored. */
function addUploadBodies({ paths }: Document): void {
  for (const [path, content] of Object.entries(UPLOAD_BODIES)) {
    const post = paths?.[path]?.post;
    if (post) Object.assign(post, { requestBody: { required: true, content } });
  }
}
