/**
 * Takes the pictures of the page that the docs show: the pages with the sample day, and every state as a picture.
 *
 *   npm run page:pictures
 *   npm run page:pictures -- --only states     or pages
 */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { BrowserContextOptions } from 'playwright-core';
import { BUILD } from '../packages/page/built.ts';
import { type Camera, openCamera } from './pictures/camera.ts';
import { takeStates } from './pictures/states.ts';
import { addSampleDay } from './sample-day.ts';
import { startServing } from './serving.ts';

/** In dark and in German, so that these are seen once too. */
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  colorScheme: 'dark',
  locale: 'de-DE',
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });

const camera = await openCamera();
try {
  if (values.only !== 'states') await takePages(camera);
  if (values.only !== 'pages') await takeStates(camera);
} finally {
  await camera.close();
}

async function takePages({ open, take }: Camera): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD]);
  const server = await startServing();
  const takeAt = async (name: string, path: string, options?: BrowserContextOptions, opens?: string) => {
    const page = await open(options);
    await page.goto(`${server.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (opens !== undefined) await page.locator(opens).first().click();
    await take(page, name);
    await page.context().close();
  };
  try {
    // The server answers before it has read the page.
    while (!(await fetch(`${server.url}/settings`)).ok) await delay(200);
    await takeAt('welcome', '/');
    const { uploadId, conversationIds } = await addSampleDay(server.url);
    const [conversation] = conversationIds;
    await takeAt('conversations', '/');
    await takeAt('search', '/?q=country');
    await takeAt('conversation', `/c/${conversation}`);
    await takeAt('uploads', '/uploads', {}, '[data-upload]');
    await takeAt('upload', `/uploads/${uploadId}`);
    await takeAt('operation', '/operation');
    await takeAt('settings', '/settings');
    await takeAt('phone-conversations', '/', PHONE);
    await takeAt('phone-conversation', `/c/${conversation}`, PHONE);
  } finally {
    await server.close();
  }
}
