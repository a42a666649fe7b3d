/** Pictures of every state of a recording, an upload, a conversation and a job, one of each kind. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { NOW_MS } from '../../packages/page/src/states/uploads.ts';
import type { Camera } from './camera.ts';

const PAGE = fileURLToPath(new URL('../../packages/page/', import.meta.url));
const KINDS = ['recordings', 'refusals', 'reasons', 'uploads', 'conversations', 'sounds', 'jobs'];

/** They show no waveform and no chart, and are long. */
const COLOURS = 32;
/** The first page waits until all libraries are bundled, which a busy machine does slowly. */
const FIRST_PAGE_MS = 180_000;

/** Of the sources as they are: the page that is served has no such address. */
export async function takeStates(camera: Camera): Promise<void> {
  const server = await createServer({
    root: PAGE,
    configFile: `${PAGE}vite.config.ts`,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, watch: null, hmr: false },
  });
  try {
    await server.listen();
    const [url] = server.resolvedUrls?.local ?? [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await camera.open({ colorScheme, viewport: { width: 1200, height: 900 } });
      // What is said of a time depends on how far away it is.
      await page.clock.setFixedTime(NOW_MS);
      await page.goto(`${url}states`, { timeout: FIRST_PAGE_MS });
      for (const kind of KINDS) {
        const section = page.locator(`#${kind}`);
        await section.waitFor();
        await camera.take(section, `states/${kind}-${colorScheme}`, COLOURS);
      }
      await page.close();
    }
  } finally {
    await server.close();
  }
}
