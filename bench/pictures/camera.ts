/** Takes pictures of the page for the docs: with emoji, which a server's system has no font for, and in few colours, so that they are small. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import UPNG from 'upng-js';
import { chromiumProgram } from '../../tests/page/chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'docs/page');
const FONT = join(ROOT, 'node_modules/@fontsource/noto-emoji');
/** What the browser is told that the font's files lie at; nothing is asked for there. */
const FONT_ADDRESS = 'http://emoji.invalid/';

/** A page of the docs shows several of them. */
const MOST_BYTES = 120_000;
/** Text on plain grounds needs no more, and a picture of 256 is a third larger. */
const COLOURS = 64;
const SETTLE_MS = 1_500;
/** It bounds no speed: a busy machine draws a long page slowly. */
const TAKE_MS = 180_000;

export interface Camera {
  /** A window of its own. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Writes docs/page/`name`.png. */
  take(of: Page | Locator, name: string, colours?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openCamera(folder = FOLDER): Promise<Camera> {
  const browser = await chromium.launch({
    executablePath: await chromiumProgram(),
    args: ['--no-sandbox', '--no-proxy-server', '--disable-gpu', '--font-render-hinting=none'],
  });
  const styles = (await readFile(join(FONT, '400.css'), 'utf8'))
    .replaceAll('url(./', `url(${FONT_ADDRESS}`)
    // The page asks for the coloured one, which this browser does not draw.
    .replaceAll("'Noto Emoji'", "'Noto Color Emoji'");
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        serviceWorkers: 'block',
        // The page's policy allows no font of another place.
        bypassCSP: true,
        ...options,
      });
      await context.route(`${FONT_ADDRESS}**`, async (route) => {
        const path = join(FONT, new URL(route.request().url()).pathname);
        await route.fulfill({ path, headers: { 'access-control-allow-origin': '*' } });
      });
      return await context.newPage();
    },
    async take(of, name, colours = COLOURS) {
      const page = 'page' in of ? of.page() : of;
      await page.addStyleTag({ content: styles });
      // The waveform, the words and the font come after the heading; nothing is measured here.
      await page.waitForTimeout(SETTLE_MS);
      await page.evaluate('document.fonts.ready');
      const picture = inFewColours(await of.screenshot({ timeout: TAKE_MS }), colours);
      const file = join(folder, `${name}.png`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, picture);
      console.log(`${relative(ROOT, file)}: ${Math.ceil(picture.length / 1000)} kB`);
      if (picture.length > MOST_BYTES) throw new Error(`${name} has more than ${MOST_BYTES} bytes`);
    },
    close: () => browser.close(),
  };
}

function inFewColours(picture: Buffer, colours: number): Buffer {
  const image = UPNG.decode(Uint8Array.from(picture).buffer);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, colours));
}
