import { expect, it } from 'vitest';
import { fuzz } from '../../fuzz/fuzz.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { startApi } from '../support/api.ts';

it('3,000 hostile and honest requests: no fault, no hang, nothing lost, nothing left over', async () => {
  const { url, routes, db, blobFolder } = await startApi({ maxFileBytes: 100_000, syncWaitMs: 20 });
  const target = { url: new URL(url), routes, db, blobs: new FolderBlobStore(blobFolder), blobFolder };
  const { broken, asked, statuses } = await fuzz(target, { seed: 20261127, requests: 3000 });
  expect(broken).toEqual([]);
  expect(
    routes.map(({ method, url: path }) => `${method} ${path}`).filter((route) => !asked.has(route)),
  ).toEqual([]);
  for (const status of [200, 202, 204, 400, 401, 403, 404, 413, 415, 421]) {
    expect([...statuses.keys()], `answers`).toContain(String(status));
  }
}, 300_000);
