/**
 * The page in a real browser: one Chromium for each test file, a fresh window for each test. Whatever the page reports as
 * an error, or is forbidden by the server's policy, fails the test in which it happens.
 */
import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { chromiumProgram } from './chromium.ts';

/** None of these bounds a speed: they turn a hang into a failure with a name. */
const START_MS = 60_000;
const STEP_MS = 20_000;

const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** What is left of a screen of 1280 pixels on which the page is enlarged four times. */
export const ENLARGED = { width: 320, height: 640 };

const ARGS = [
  '--no-sandbox',
  // The server is on this machine, whatever proxy the environment names.
  '--no-proxy-server',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
  '--font-render-hinting=none',
];

export interface WindowOptions extends BrowserContextOptions {
  /** Errors that the test brings about itself. */
  expected?: RegExp;
}

export class TestBrowser {
  #browser: Browser | undefined;
  readonly #open: { context: BrowserContext; errors: string[] }[] = [];

  async start(): Promise<void> {
    const executablePath = await chromiumProgram();
    this.#browser = await chromium.launch({ executablePath, args: ARGS, headless: true, timeout: START_MS });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
  }

  /** A window of somebody who has never been here: nothing is stored in it. */
  async window(options: WindowOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error('the browser has not been started');
    const { expected, ...rest } = options;
    const context = await this.#browser.newContext({
      viewport: DESKTOP,
      locale: 'en-GB',
      timezoneId: 'UTC',
      colorScheme: 'light',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      // It keeps answers between pages of a test, which only the tests of being offline want.
      serviceWorkers: 'block',
      ...rest,
    });
    context.setDefaultTimeout(STEP_MS);
    const errors: string[] = [];
    const note = (text: string) => {
      if (!expected?.test(text)) errors.push(text);
    };
    context.on('console', (message) => {
      if (message.type() === 'error') note(message.text());
    });
    context.on('weberror', (error) => note(String(error.error().stack ?? error.error())));
    this.#open.push({ context, errors });
    if (options.isMobile) await context.addInitScript(reportSidewaysScroll);
    return await context.newPage();
  }

  /** Closes the windows of a test. @throws Error with what their pages have reported */
  async closeWindows(): Promise<void> {
    const open = this.#open.splice(0);
    await Promise.all(open.map(({ context }) => context.close()));
    const errors = open.flatMap(({ errors: reported }) => reported);
    if (errors.length > 0) throw new Error(`The page reported errors:\n${errors.join('\n')}`);
  }
}

/**
 * Runs in the page: on a phone nothing may scroll sideways at any moment, also not while content comes. An assertion at one
 * moment is a matter of luck: it meets the picture in which something was not measured yet, or misses it.
 */
function reportSidewaysScroll(): void {
  let told = 0;
  const look = () => {
    const { clientWidth = 0, scrollWidth = 0 } = document.documentElement ?? {};
    if (scrollWidth > Math.max(clientWidth, told)) {
      told = scrollWidth;
      console.error(`${location.pathname} scrolls sideways: ${scrollWidth} in ${clientWidth} pixels`);
    }
    requestAnimationFrame(look);
  };
  look();
}

/** One browser for the tests of a file. */
export function useBrowser(): TestBrowser {
  const browser = new TestBrowser();
  beforeAll(() => browser.start(), START_MS * 2);
  afterEach(() => browser.closeWindows());
  afterAll(() => browser.stop(), START_MS);
  return browser;
}

/** Nothing that axe finds, in the shade that is shown. What moves is let come to rest first. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  const { violations } = await new AxeBuilder({ page })
    // It would write the styles of shadow trees anew, which the server's policy forbids.
    .options({ preload: false })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect(told).toEqual([]);
}

/** The same page in light and in dark. */
export async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** On a phone nothing may scroll sideways but what is made to. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { width, scrolled } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    scrolled: document.documentElement.scrollWidth,
  }));
  expect(scrolled).toBeLessThanOrEqual(width);
}
