/** The api with the page, for tests that need no worker. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { startPage } from '../../src/serve/page.ts';
import { startApi, type TestApi } from '../support/api.ts';

const silent = pino({ level: 'silent' });

/** @param settings as of the api; the page is that of the present sources, and is built if it has to be */
export async function startApiWithPage(settings: Parameters<typeof startApi>[0] = {}): Promise<TestApi> {
  const page = startPage(silent);
  onTestFinished(() => page.stop());
  const api = await startApi({ ...settings, page: page.source });
  await page.settled;
  return api;
}
