/**
 * How the page does by Lighthouse: median of five runs on a phone, on a server that is built and running. Prints a table and
 * the size of the first load, and fails below what the page promises. With `-- --runs N`.
 */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { chromiumProgram } from '../tests/page/chromium.ts';
import { startServing } from './serving.ts';

const LEAST = { performance: 90, accessibility: 95, 'best-practices': 95, seo: 95 } as const;
type Category = keyof typeof LEAST;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });

const server = await startServing();
const port = await freePort();
const browser = await chromium.launch({
  executablePath: await chromiumProgram(),
  args: ['--no-sandbox', '--no-proxy-server', `--remote-debugging-port=${port}`],
});
try {
  const scores: Record<Category, number[]> = {
    performance: [],
    accessibility: [],
    'best-practices': [],
    seo: [],
  };
  let firstLoadBytes = 0;
  for (let run = 0; run < Number(values.runs); run++) {
    const result = await lighthouse(server.url, {
      port,
      logLevel: 'error',
      onlyCategories: Object.keys(LEAST),
    });
    if (!result) throw new Error('lighthouse gave no result');
    for (const name of Object.keys(LEAST) as Category[])
      scores[name].push(Math.round((result.lhr.categories[name]?.score ?? 0) * 100));
    const requests = result.lhr.audits['network-requests']?.details as unknown as {
      items: { resourceType?: string; transferSize?: number }[];
    };
    firstLoadBytes = requests.items
      .filter(({ resourceType }) => resourceType === 'Script')
      .reduce((sum, { transferSize = 0 }) => sum + transferSize, 0);
  }
  let isGood = true;
  for (const [name, least] of Object.entries(LEAST) as [Category, number][]) {
    const middle = median(scores[name]);
    isGood &&= middle >= least;
    console.log(`${name.padEnd(16)} ${middle}  (at least ${least}; runs: ${scores[name].join(', ')})`);
  }
  console.log(`JavaScript of the first load, as sent: ${Math.round(firstLoadBytes / 1000)} kB`);
  if (!isGood) process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
