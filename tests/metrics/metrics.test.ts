/** What Prometheus reads: in its format, with what happened, with bounded labels and nothing of a person. */
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { ERRORS } from '../../src/errors.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { parseExposition } from './exposition.ts';

const TOKEN = 'a-token-that-only-the-scraper-has-12';

async function scrape(api: TestApi) {
  const response = await fetch(`${api.url}/metrics`);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const text = await response.text();
  return { text, families: parseExposition(text) };
}

const sampleOf = (families: ReturnType<typeof parseExposition>, name: string, labels: object = {}) =>
  families
    .get(name)
    ?.samples.find((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value;

async function busyApi(): Promise<TestApi> {
  const api = await startApi();
  const headers = { 'x-afterword-user': 'ana-whom-nobody-sees' };
  const post = async (body: FormData | string) =>
    await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', headers, body });
  expect((await post(formOf({ [NAME]: 'x' }))).status).toBe(202);
  expect((await post('no form and no name')).status).toBe(400);
  expect((await fetch(`${api.url}/v2/sync-local-files/upl_x`, { headers })).status).toBe(404);
  expect((await fetch(`${api.url}/no/such/address`)).status).toBe(404);
  const broken = connect(Number(new URL(api.url).port), '127.0.0.1', () => broken.write('NO HTTP\r\n\r\n'));
  await new Promise((resolve) => broken.once('close', resolve).resume());
  return api;
}

it('tells what was accepted and refused, what waits, and who listens', async () => {
  const api = await busyApi();
  const stream = new AbortController();
  await fetch(`${api.url}/api/v1/events`, { signal: stream.signal });
  const { families, text } = await scrape(api);
  const accepted = families.get('afterword_recordings_accepted_total')?.samples ?? [];
  expect(accepted.reduce((sum, { value }) => sum + value, 0)).toBe(1);
  const waiting = families.get('afterword_queue_waiting')?.samples ?? [];
  expect(Object.fromEntries(waiting.map(({ labels, value }) => [labels.lane, value]))).toEqual({
    fresh: 0,
    backfill: 1,
    conversations: 0,
  });
  expect(sampleOf(families, 'afterword_queue_oldest_seconds', { lane: 'backfill' })).toBeGreaterThanOrEqual(
    0,
  );
  expect(sampleOf(families, 'afterword_recordings_finished_total', { outcome: 'completed' })).toBe(0);
  expect(sampleOf(families, 'afterword_event_streams')).toBe(1);
  expect(sampleOf(families, 'afterword_database_up')).toBe(1);
  for (const code of ['no_files', 'no_such_address', 'http_broken'])
    expect(sampleOf(families, 'afterword_requests_refused_total', { code }), code).toBe(1);
  for (const { labels } of families.get('afterword_requests_refused_total')?.samples ?? [])
    expect(Object.keys(ERRORS)).toContain(labels.code);
  expect(text).not.toMatch(/ana-whom|upl_|rec_|audio_omi/);
  stream.abort();
});

it('answers without a database, and says that it is away', async () => {
  const api = await startApi();
  await api.cutDatabase();
  const { families } = await scrape(api);
  expect(sampleOf(families, 'afterword_database_up')).toBe(0);
  expect(families.get('afterword_queue_waiting')?.samples).toEqual([]);
});

it('is open on loopback, closed elsewhere, and wants the token where there is one', async () => {
  const api = await startApi({ metricsToken: TOKEN });
  const ask = async (authorization?: string) =>
    (await fetch(`${api.url}/metrics`, authorization ? { headers: { authorization } } : {})).status;
  expect(await ask()).toBe(401);
  expect(await ask(`Bearer ${TOKEN}x`)).toBe(401);
  expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
  const reachable = await startApi({ host: '0.0.0.0', modes: ['header'] });
  const refused = await fetch(`${reachable.url}/metrics`);
  expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'not_signed_in' }]);
});

const promtool = (() => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('promtool is not installed (on Debian: apt install prometheus), so it checks nothing here.');
    return false;
  }
})();

it.skipIf(!promtool)('promtool finds nothing to say about it', async () => {
  const { text } = await scrape(await busyApi());
  // It ends with another status when it has found something.
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
});
