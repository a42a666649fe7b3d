/** A folder arrives whole and once over a link that breaks, at a server that is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ApiProcess } from '../support/api-process.ts';
import { pushOverBadLink } from '../support/bad-link.ts';
import { createDatabase } from '../support/database.ts';

test('pushes 20 MB over a link that is cut five times, to a server that is killed once', async () => {
  const database = await createDatabase();
  const api = new ApiProcess(database.databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'afterword-push-link-'));
  onTestFinished(async () => {
    await api.remove();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  await api.start();
  const told = await pushOverBadLink(api, folder, { bytes: 20 * 1024 * 1024, cuts: 5, kills: 1 });
  expect(told).toMatchObject({ arrived: told.files, stored: told.files, cuts: 5, kills: 1 });
  // A cut within 4 MB costs more of it than within the 10 MB of `npm run bench:push`.
  expect(told.sentShare).toBeLessThan(1.8);
}, 240_000);
