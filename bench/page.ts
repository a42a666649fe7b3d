/**
 * How the page does by Lighthouse, as on a phone with a slow network: the median of some runs for each page of a server that
 * holds the sample day, for somebody who is signed in. Prints a table, what kept a page from full marks, and the size of the
 * first load, and fails below what the page promises.
 *
 *   npm run bench:page                         a quarter of an hour
 *   npm run bench:page -- --runs 1 --pages conversations,uploads
 *   npm run bench:page -- --reports FOLDER     keeps what Lighthouse has found, as JSON
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import lighthouse, { type RunnerResult } from 'lighthouse';
import { chromium } from 'playwright-core';
import { BUILD } from '../packages/page/built.ts';
import { chromiumProgram } from '../tests/page/chromium.ts';
import { quantile } from '../torture/pace.ts';
import { addSampleDay } from './sample-day.ts';
import { startServing } from './serving.ts';

const LEAST = { performance: 90, accessibility: 95, 'best-practices': 95, seo: 95 } as const;
type Category = keyof typeof LEAST;
const CATEGORIES = Object.keys(LEAST) as Category[];
const MOST_SCRIPT_KB = 230;
const LISTED_SHARE = 0.9;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    pages: { type: 'string' },
    reports: { type: 'string' },
  },
});

await promisify(execFile)(process.execPath, [BUILD]);
const server = await startServing();
const port = await freePort();
const browser = await chromium.launch({
  executablePath: await chromiumProgram(),
  args: ['--no-sandbox', '--no-proxy-server', '--disable-gpu', `--remote-debugging-port=${port}`],
});
try {
  const day = await addSampleDay(server.url);
  const pages: Record<string, string> = {
    conversations: '/',
    conversation: `/c/${day.conversationIds[0]}`,
    uploads: '/uploads',
    upload: `/uploads/${day.uploadId}`,
    operation: '/operation',
    settings: '/settings',
  };
  const wanted = values.pages?.split(',') ?? Object.keys(pages);
  const rows = [];
  for (const name of wanted) rows.push(await judge(name, `${server.url}${pages[name]}`));
  console.table(rows);
  const isGood = rows.every(
    (row) =>
      CATEGORIES.every((category) => row[category] >= LEAST[category]) && row['script kB'] <= MOST_SCRIPT_KB,
  );
  const goals = CATEGORIES.map((category) => `${category} ${LEAST[category]}`).join(', ');
  console.log(`goals: ${goals}, scripts of a first load ${MOST_SCRIPT_KB} kB: ${isGood ? 'met' : 'MISSED'}`);
  if (!isGood) process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
}

async function judge(name: string, url: string) {
  const results: RunnerResult['lhr'][] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const result = await lighthouse(url, { port, logLevel: 'error', onlyCategories: CATEGORIES });
    if (!result) throw new Error('lighthouse gave no result');
    results.push(result.lhr);
    if (values.reports) await keepReport(values.reports, `${name}-${run + 1}.json`, result.lhr);
    for (const warning of result.lhr.runWarnings) console.log(`${name}: ${warning}`);
  }
  const median = (of: (lhr: RunnerResult['lhr']) => number) => quantile(results.map(of), 0.5);
  const score = (category: Category) =>
    median(({ categories }) => Math.round((categories[category]?.score ?? 0) * 100));
  const performances = results.map(({ categories }) =>
    Math.round((categories.performance?.score ?? 0) * 100),
  );
  const spread = `${Math.min(...performances)}–${Math.max(...performances)}`;
  const figure = (audit: string) => median(({ audits }) => Math.round(audits[audit]?.numericValue ?? 0));
  for (const line of shortcomings(results.at(-1))) console.log(`${name}: ${line}`);
  return {
    page: name,
    performance: score('performance'),
    'of all runs': spread,
    accessibility: score('accessibility'),
    'best-practices': score('best-practices'),
    seo: score('seo'),
    'first paint ms': figure('first-contentful-paint'),
    'largest paint ms': figure('largest-contentful-paint'),
    'blocking ms': figure('total-blocking-time'),
    shift: median(({ audits }) => audits['cumulative-layout-shift']?.numericValue ?? 0).toFixed(3),
    'script kB': Math.round(median(scriptBytes) / 1000),
  };
}

async function keepReport(folder: string, name: string, lhr: RunnerResult['lhr']): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), JSON.stringify(lhr));
}

/** What counts for a score and is less than good. */
function shortcomings(lhr: RunnerResult['lhr'] | undefined): string[] {
  if (!lhr) return [];
  const counted = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => id),
  );
  return [...new Set(counted)].flatMap((id) => {
    const { score, title, displayValue = '', details } = lhr.audits[id] ?? { score: null, title: id };
    if (score === null || score >= LISTED_SHARE) return [];
    const items = details && 'items' in details ? JSON.stringify(details.items).slice(0, 300) : '';
    return [`${title} ${displayValue} ${items}`.trim()];
  });
}

/** As they are sent. */
function scriptBytes({ audits }: RunnerResult['lhr']): number {
  const details = audits['network-requests']?.details;
  const items = details && 'items' in details ? details.items : [];
  return (items as { resourceType?: string; transferSize?: number }[])
    .filter(({ resourceType }) => resourceType === 'Script')
    .reduce((sum, { transferSize = 0 }) => sum + transferSize, 0);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
