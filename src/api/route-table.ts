/**
 * Lists every route of the server: who may ask it, with which scope, and which of a person's limits it counts against.
 * A route that is registered without a row here, and a row without its route, end the start: a route that was forgotten
 * would be open to everybody.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scope } from '../sign-in/scopes.ts';

/** Which bound of a person a request counts against; `none` is for what is cheap and needs no person. */
type LimitClass = 'none' | 'read' | 'upload' | 'change';

export interface RouteRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** `anybody`: the answer holds nothing of a person. */
  readonly who: 'anybody' | 'person';
  /** Any one of these is enough. */
  readonly scopes: readonly Scope[];
  readonly limit: LimitClass;
  /** An event stream: it lasts, and a token in its address opens it too, if whoever may read may open it. */
  readonly stream?: true;
  /** Sound of this kind: an address of it opens it too. */
  readonly audio?: 'conversation' | 'recording';
}

const open = (path: string): RouteRow => ({ method: 'GET', path, who: 'anybody', scopes: [], limit: 'none' });

/** Of Omi's server only: it is answered with 404 to whoever asks. */
const internal = (path: string): RouteRow => ({ ...open(path), method: 'POST' });

const own = (
  method: RouteRow['method'],
  path: string,
  scopes: Scope | readonly Scope[],
  limit: Exclude<LimitClass, 'none'>,
): RouteRow => ({ method, path, who: 'person', scopes: [scopes].flat(), limit });

const stream = (path: string, scopes: Scope | readonly Scope[]): RouteRow => ({
  ...own('GET', path, scopes, 'read'),
  stream: true,
});

const audio = (path: string, kind: 'conversation' | 'recording'): RouteRow => ({
  ...own('GET', path, 'read', 'read'),
  audio: kind,
});

export const ROUTES: readonly RouteRow[] = [
  open('/'),
  // The page's document and files hold nothing of a person: it asks the API for that.
  open('/c/:id'),
  open('/uploads'),
  open('/uploads/:id'),
  open('/operation'),
  open('/settings'),
  open('/assets/:file'),
  open('/icons/:file'),
  open('/sw.js'),
  open('/manifest.webmanifest'),
  open('/openapi.json'),
  open('/errors'),
  open('/docs'),
  open('/docs/'),
  open('/docs/openapi.json'),
  open('/docs/openapi.yaml'),
  open('/docs/js/scalar.js'),
  open('/health'),
  open('/health/ready'),
  open('/health/live'),
  // Whether it is open depends on AFTERWORD_METRICS_TOKEN; it tells of no person.
  open('/metrics'),

  own('POST', '/api/v1/recordings', 'upload', 'upload'),
  own('POST', '/api/v1/samples/day', 'upload', 'upload'),
  own('GET', '/api/v1/recordings', 'read', 'read'),
  own('GET', '/api/v1/recordings/:id', 'read', 'read'),
  own('PATCH', '/api/v1/recordings/:id', 'operate', 'change'),
  own('DELETE', '/api/v1/recordings/:id', 'operate', 'change'),
  own('POST', '/api/v1/recordings/:id/retry', 'operate', 'change'),
  own('POST', '/api/v1/recordings/retry', 'operate', 'change'),
  own('POST', '/api/v1/recordings/known', ['read', 'upload'], 'read'),
  own('POST', '/api/v1/resumable', 'upload', 'upload'),
  own('PATCH', '/api/v1/resumable/:id', 'upload', 'upload'),
  own('GET', '/api/v1/resumable/:id', 'upload', 'read'),
  own('DELETE', '/api/v1/resumable/:id', 'upload', 'change'),
  audio('/api/v1/recordings/:id/audio', 'recording'),
  own('GET', '/api/v1/recordings/:id/audio/map', 'read', 'read'),
  own('GET', '/api/v1/recordings/:id/peaks', 'read', 'read'),
  own('POST', '/api/v1/recordings/:id/audio/address', 'read', 'read'),
  own('GET', '/api/v1/uploads', ['read', 'upload'], 'read'),
  own('GET', '/api/v1/uploads/:id', ['read', 'upload'], 'read'),
  own('GET', '/api/v1/uploads/:id/timing', ['read', 'upload'], 'read'),
  stream('/api/v1/uploads/:id/events', ['read', 'upload']),
  own('POST', '/api/v1/uploads/:id/cancel', 'operate', 'change'),

  own('GET', '/api/v1/conversations', 'read', 'read'),
  own('GET', '/api/v1/conversations/:id', 'read', 'read'),
  own('GET', '/api/v1/conversations/:id/transcript', 'read', 'read'),
  audio('/api/v1/conversations/:id/audio', 'conversation'),
  own('GET', '/api/v1/conversations/:id/audio/map', 'read', 'read'),
  own('GET', '/api/v1/conversations/:id/peaks', 'read', 'read'),
  own('POST', '/api/v1/conversations/:id/audio/address', 'read', 'read'),
  stream('/api/v1/conversations/:id/events', 'read'),
  own('DELETE', '/api/v1/conversations/:id', 'operate', 'change'),
  own('POST', '/api/v1/conversations/:id/retry', 'operate', 'change'),
  own('PATCH', '/api/v1/conversations/:id', 'operate', 'change'),
  own('PATCH', '/api/v1/conversations/:id/segments', 'operate', 'change'),
  own('PATCH', '/api/v1/conversations/:id/events', 'operate', 'change'),
  own('PATCH', '/api/v1/conversations/:id/segments/:segmentId', 'operate', 'change'),
  own('POST', '/api/v1/conversations/:id/split', 'operate', 'change'),
  own('POST', '/api/v1/conversations/:id/reprocess', 'operate', 'change'),
  own('POST', '/api/v1/conversations/merge', 'operate', 'change'),
  own('PUT', '/api/v1/conversations/:id/speakers/:speakerId', 'operate', 'change'),
  own('DELETE', '/api/v1/conversations/:id/speakers/:speakerId', 'operate', 'change'),
  own('POST', '/api/v1/conversations/:id/speakers/:speakerId/separate', 'operate', 'change'),
  own('GET', '/api/v1/search', 'read', 'read'),

  own('GET', '/api/v1/action-items', 'read', 'read'),
  own('POST', '/api/v1/action-items', 'operate', 'change'),
  own('GET', '/api/v1/action-items/:id', 'read', 'read'),
  own('PATCH', '/api/v1/action-items/:id', 'operate', 'change'),
  own('DELETE', '/api/v1/action-items/:id', 'operate', 'change'),
  own('GET', '/api/v1/people', 'read', 'read'),
  own('POST', '/api/v1/people', 'operate', 'change'),
  own('GET', '/api/v1/people/:id', 'read', 'read'),
  own('PATCH', '/api/v1/people/:id', 'operate', 'change'),
  own('DELETE', '/api/v1/people/:id', 'operate', 'change'),
  own('GET', '/api/v1/folders', 'read', 'read'),
  own('POST', '/api/v1/folders', 'operate', 'change'),
  own('PUT', '/api/v1/folders/order', 'operate', 'change'),
  own('PATCH', '/api/v1/folders/:id', 'operate', 'change'),
  own('DELETE', '/api/v1/folders/:id', 'operate', 'change'),
  own('POST', '/api/v1/folders/:id/conversations', 'operate', 'change'),

  stream('/api/v1/events', 'read'),
  own('POST', '/api/v1/events/token', 'read', 'read'),

  own('GET', '/api/v1/webhooks', 'operate', 'read'),
  own('POST', '/api/v1/webhooks', 'operate', 'change'),
  own('GET', '/api/v1/webhooks/:id', 'operate', 'read'),
  own('PATCH', '/api/v1/webhooks/:id', 'operate', 'change'),
  own('DELETE', '/api/v1/webhooks/:id', 'operate', 'change'),
  own('POST', '/api/v1/webhooks/:id/secret', 'operate', 'change'),
  own('POST', '/api/v1/webhooks/:id/test', 'operate', 'change'),
  own('POST', '/api/v1/webhooks/:id/recover', 'operate', 'change'),
  own('GET', '/api/v1/webhooks/:id/deliveries', 'operate', 'read'),
  own('POST', '/api/v1/webhooks/:id/deliveries/:deliveryId/replay', 'operate', 'change'),
  own('GET', '/api/v1/push/devices', 'read', 'read'),
  own('POST', '/api/v1/push/devices', 'operate', 'change'),
  own('DELETE', '/api/v1/push/devices/:id', 'operate', 'change'),

  own('GET', '/api/v1/usage', 'read', 'read'),
  own('GET', '/api/v1/me', 'read', 'read'),
  own('PATCH', '/api/v1/me', 'operate', 'change'),
  own('GET', '/api/v1/me/export', 'read', 'read'),
  own('DELETE', '/api/v1/me', 'operate', 'change'),

  open('/auth/ways'),
  open('/auth/sign-in'),
  open('/auth/callback'),
  { method: 'POST', path: '/auth/sign-out', who: 'anybody', scopes: [], limit: 'none' },
  own('POST', '/auth/link', 'operate', 'change'),
  own('GET', '/api/v1/me/sessions', 'operate', 'read'),
  own('DELETE', '/api/v1/me/sessions', 'operate', 'change'),
  own('DELETE', '/api/v1/me/sessions/:id', 'operate', 'change'),
  own('GET', '/api/v1/me/identities', 'operate', 'read'),
  own('POST', '/api/v1/me/identities', 'operate', 'change'),
  own('DELETE', '/api/v1/me/identities/:id', 'operate', 'change'),
  own('GET', '/api/v1/me/keys', 'operate', 'read'),
  own('POST', '/api/v1/me/keys', 'operate', 'change'),
  own('DELETE', '/api/v1/me/keys/:id', 'operate', 'change'),
  own('GET', '/api/v1/users', 'admin', 'read'),
  own('GET', '/api/v1/operation', 'admin', 'read'),
  stream('/api/v1/operation/events', 'admin'),
  own('GET', '/api/v1/operation/dead-letters', 'admin', 'read'),
  own('POST', '/api/v1/operation/dead-letters/retry', 'admin', 'change'),

  own('POST', '/v1/sync-local-files', 'upload', 'upload'),
  own('POST', '/v2/sync-local-files', 'upload', 'upload'),
  own('GET', '/v2/sync-local-files/:id', ['read', 'upload'], 'read'),
  own('POST', '/v2/sync-capture-manifest', 'upload', 'read'),
  own('GET', '/v1/conversations', 'read', 'read'),
  own('GET', '/v1/conversations/count', 'read', 'read'),
  own('POST', '/v1/conversations/search', 'read', 'read'),
  own('GET', '/v1/conversations/:id', 'read', 'read'),
  own('GET', '/v1/conversations/:id/transcripts', 'read', 'read'),
  own('DELETE', '/v1/conversations/:id', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/title', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/starred', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/visibility', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/folder', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/summary', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/segments/text', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/segments/:index/assign', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/segments/assign-bulk', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/assign-speaker/:speaker', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/events', 'operate', 'change'),
  own('POST', '/v1/conversations/:id/mutations', 'operate', 'change'),
  own('POST', '/v1/conversations/:id/reprocess', 'operate', 'change'),
  own('POST', '/v1/conversations/merge', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/action-items', 'operate', 'change'),
  own('PATCH', '/v1/conversations/:id/action-items/:place', 'operate', 'change'),
  own('DELETE', '/v1/conversations/:id/action-items', 'operate', 'change'),
  own('GET', '/v1/action-items', 'read', 'read'),
  own('POST', '/v1/action-items', 'operate', 'change'),
  own('GET', '/v1/action-items/:id', 'read', 'read'),
  own('PATCH', '/v1/action-items/:id', 'operate', 'change'),
  own('DELETE', '/v1/action-items/:id', 'operate', 'change'),
  own('POST', '/v1/action-items/batch-delete', 'operate', 'change'),
  own('PATCH', '/v1/action-items/batch', 'operate', 'change'),
  own('PATCH', '/v1/action-items/sync-batch', 'operate', 'change'),
  own('GET', '/v1/action-items/pending-sync', 'read', 'read'),
  own('POST', '/v1/action-items/share', 'operate', 'read'),
  own('POST', '/v1/action-items/accept', 'operate', 'read'),
  own('GET', '/v1/folders', 'read', 'read'),
  own('POST', '/v1/folders', 'operate', 'change'),
  own('GET', '/v1/folders/:id', 'read', 'read'),
  own('PATCH', '/v1/folders/:id', 'operate', 'change'),
  own('DELETE', '/v1/folders/:id', 'operate', 'change'),
  own('POST', '/v1/folders/reorder', 'operate', 'change'),
  own('POST', '/v1/folders/:id/conversations/bulk-move', 'operate', 'change'),
  own('GET', '/v1/users/people', 'read', 'read'),
  own('POST', '/v1/users/people', 'operate', 'change'),
  own('GET', '/v1/users/people/:id', 'read', 'read'),
  own('PATCH', '/v1/users/people/:id/name', 'operate', 'change'),
  own('DELETE', '/v1/users/people/:id', 'operate', 'change'),
  own('POST', '/v1/conversations', 'operate', 'read'),
  own('GET', '/v1/conversations/:id/recording', 'read', 'read'),
  own('GET', '/v1/conversations/:id/photos', 'read', 'read'),
  own('GET', '/v1/conversations/:id/photos/:photoId/image', 'read', 'read'),
  own('GET', '/v1/conversations/:id/suggested-apps', 'read', 'read'),
  own('POST', '/v1/conversations/:id/test-prompt', 'read', 'read'),
  own('POST', '/v1/conversations/:id/calendar-event', 'operate', 'read'),
  own('POST', '/v1/conversations/:id/calendar-event/auto-link', 'operate', 'read'),
  own('DELETE', '/v1/conversations/:id/calendar-event', 'operate', 'read'),
  own('GET', '/v1/fair-use/status', 'read', 'read'),
  internal('/v2/sync-jobs/run'),
  internal('/v2/audio-merge-jobs/run'),
  internal('/v2/sync-backfill-sequencer/sweep'),
  internal('/v2/sync-backfill-sequencer/wake'),
  own('POST', '/v1/sync/audio/:id/precache', 'read', 'read'),
  own('GET', '/v1/sync/audio/:id/urls', 'read', 'read'),
  own('GET', '/v1/sync/audio/:id/:file', 'read', 'read'),
  own('GET', '/v1/users/language', 'read', 'read'),
  own('PATCH', '/v1/users/language', 'operate', 'change'),
  own('GET', '/v1/users/transcription-preferences', 'read', 'read'),
  own('PATCH', '/v1/users/transcription-preferences', 'operate', 'change'),
  own('POST', '/v1/users/fcm-token', 'operate', 'change'),
];

/** A token is made for whoever may read, so it opens no stream that takes more than that. */
export function takesToken({ stream: isStream, scopes }: RouteRow): boolean {
  return isStream === true && scopes.includes('read');
}

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: RouteEntry[];
  }
  interface FastifyContextConfig {
    row?: RouteRow;
  }
}

/** A registered route as tests and the fuzzer ask it: a HEAD is a route of its own here and shares the row of its GET. */
export interface RouteEntry {
  method: string;
  url: string;
  /** Names of the parameters in its schemas. */
  query: string[];
  body: string[];
  row: RouteRow;
}

/** Must come before the first route: a hook that is added later does not see the routes before it. */
export function installRouteTable(app: FastifyInstance, rows: readonly RouteRow[] = ROUTES): void {
  const table: RouteEntry[] = [];
  app.decorate('routeTable', table);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const row = rowFor(rows, method, route.url);
      route.config = { ...route.config, row };
      const { querystring, body } = route.schema ?? {};
      table.push({ method, url: route.url, query: keysOf(querystring), body: keysOf(body), row });
    }
  });
  app.addHook('onReady', async () => {
    const used = new Set(table.map(({ row }) => row));
    const unused = rows.filter((row) => !used.has(row)).map(({ method, path }) => `${method} ${path}`);
    if (unused.length > 0) throw new Error(`The route table names routes that do not exist: ${unused}`);
  });
}

/** @returns null where no route matches the address: everybody gets the same 404 there */
export function rowOf(request: FastifyRequest): RouteRow | null {
  return request.routeOptions.config.row ?? null;
}

function rowFor(rows: readonly RouteRow[], method: string, url: string): RouteRow {
  const asked = method === 'HEAD' ? 'GET' : method;
  const row = rows.find((one) => one.method === asked && one.path === url);
  if (row) return row;
  throw new Error(
    `The route ${method} ${url} has no row in src/api/route-table.ts, which says who may ask it.`,
  );
}

function keysOf(schema: unknown): string[] {
  const { shape } = (schema ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}
