import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: RouteEntry[];
  }
}

export interface RouteEntry {
  method: string;
  url: string;
  /** The names that its schemas know. */
  query: string[];
  body: string[];
}

/** Lists the routes as they are added, so that what tries all of them forgets none. */
export function installRouteTable(app: FastifyInstance): void {
  const table: RouteEntry[] = [];
  app.decorate('routeTable', table);
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const one of [method].flat()) {
      table.push({ method: one, url, query: keysOf(schema?.querystring), body: keysOf(schema?.body) });
    }
  });
}

function keysOf(schema: unknown): string[] {
  const { shape } = (schema ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}
