/**
 * Takes the pictures of the page that the docs show: the pages with the sample day, and every state as a picture.
 *
 *   npm run page:pictures
 *   npm run page:pictures -- --only states     or pages
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { BUILD } from '../packages/page/built.ts';
import { type Camera, openCamera } from './pictures/camera.ts';
import { takeStates } from './pictures/states.ts';
import { addSampleDay } from './sample-day.ts';
import { startServing } from './serving.ts';

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
  try {
    const { uploadId, conversationIds } = await addSampleDay(server.url);
    const pages = {
      conversations: '/',
      conversation: `/c/${conversationIds[0]}`,
      upload: `/uploads/${uploadId}`,
      operation: '/operation',
      settings: '/settings',
    };
    for (const [name, path] of Object.entries(pages)) {
      const page = await open();
      await page.goto(`${server.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await take(page, name);
      await page.close();
    }
  } finally {
    await server.close();
  }
}
