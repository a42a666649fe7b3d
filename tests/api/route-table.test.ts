/** Every route has a row that says who may ask it. */
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { installRouteTable, ROUTES, rowOf } from '../../src/api/route-table.ts';
import { startApi } from '../support/api.ts';

const row = { method: 'GET', path: '/known', who: 'person', scopes: ['read'], limit: 'read' } as const;

it('a route without a row ends the start and names itself', async () => {
  const app = fastify();
  installRouteTable(app, [row]);
  app.get('/known', async () => '');
  expect(() => app.get('/forgotten', async () => '')).toThrow(/GET \/forgotten has no row/);
  expect(() => app.post('/known', async () => '')).toThrow(/POST \/known has no row/);
  await app.register(async (inner) => {
    expect(() => inner.get('/deeper', async () => '')).toThrow(/GET \/deeper has no row/);
  });
});

it('a row without a route ends the start', async () => {
  const app = fastify();
  installRouteTable(app, [row]);
  await expect(app.ready()).rejects.toThrow(/GET \/known/);
});

it('a request knows its row, and a HEAD has that of its GET', async () => {
  const app = fastify();
  installRouteTable(app, [row]);
  app.get('/known', async (request) => rowOf(request));
  expect((await app.inject('/known')).json()).toEqual(row);
  expect((await app.inject({ method: 'HEAD', url: '/known' })).statusCode).toBe(200);
  expect(app.routeTable.map(({ method, row: { path } }) => `${method} ${path}`)).toEqual([
    'GET /known',
    'HEAD /known',
  ]);
  await app.close();
});

it('the server has exactly the routes of the table, each once', async () => {
  const { routes } = await startApi();
  expect(new Set(routes.map((route) => route.row))).toEqual(new Set(ROUTES));
  const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(names).size).toBe(names.length);
});

it('whatever belongs to a person needs a scope and counts against a limit', () => {
  for (const { path, who, scopes, limit } of ROUTES) {
    expect(scopes.length > 0, path).toBe(who === 'person');
    expect(limit !== 'none', path).toBe(who === 'person');
  }
});
