/** Takes the pictures of the page that the docs show, of the sample day: `npm run page:pictures`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClient, orThrow } from '@afterword/client';
import { chromium } from 'playwright-core';
import { chromiumProgram } from '../tests/page/chromium.ts';
import { startServing } from './serving.ts';

const FOLDER = fileURLToPath(new URL('../docs/page/', import.meta.url));
const SETTLE_MS = 1_500;

const server = await startServing();
const browser = await chromium.launch({
  executablePath: await chromiumProgram(),
  args: ['--no-sandbox', '--no-proxy-server'],
});
try {
  await mkdir(FOLDER, { recursive: true });
  const api = createClient({ baseUrl: server.url });
  const { id } = orThrow(await api.POST('/api/v1/samples/day'));
  for await (const { type } of api.follow(`/api/v1/uploads/${id}/events`)) if (type === 'upload.done') break;
  const { conversationIds } = orThrow(await api.GET('/api/v1/uploads/{id}', { params: { path: { id } } }));
  const pages = {
    conversations: '/',
    conversation: `/c/${conversationIds[0]}`,
    upload: `/uploads/${id}`,
    operation: '/operation',
    settings: '/settings',
  };
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  for (const [name, path] of Object.entries(pages)) {
    const page = await context.newPage();
    await page.goto(`${server.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The waveform and the words come after the heading; nothing is measured here.
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: `${FOLDER}${name}.png` });
    await page.close();
    console.log(`docs/page/${name}.png`);
  }
} finally {
  await browser.close();
  await server.close();
}
