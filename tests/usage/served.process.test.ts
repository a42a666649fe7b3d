/** The whole server with a transcriber and a language model: the sums are what the providers would put on their bills. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { startProviders } from '../../simulators/providers.ts';
import { UsageBody } from '../../src/api/schemas.ts';
import { until } from '../engine/fixtures/scene.ts';
import { askedIn } from '../pipeline/calls.ts';
import { Person } from '../pipeline/person.ts';
import { dayFiles } from '../pipeline/sample-day.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

// Before the server starts, for its settings name them.
const speech = await startProviders({ seed: 1, faults: { rate5xx: 0.3 } });
const meaning = await startProviders({ seed: 2 });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: speech.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  ...simulatedModelAt(meaning.openAiUrl),
  AFTERWORD_QUIET_MS: '100',
  AFTERWORD_PRICES: JSON.stringify({
    'openai-compatible:whisper-1': { perHour: 0.36 },
    'openai-compatible:simulated': { perMillionInputTokens: 1, perMillionOutputTokens: 4 },
  }),
});
afterAll(async () => {
  await speech.close();
  await meaning.close();
});

const ada = new Person(server, 'ada');

async function usageOf(person: Person, query = ''): Promise<z.infer<typeof UsageBody>> {
  const response = await person.fetch(`/api/v1/usage${query}`);
  expect(response.status).toBe(200);
  return UsageBody.parse(await response.json());
}

async function allUnderstood(person: Person): Promise<void> {
  await until(
    'the understanding of all conversations',
    async () => {
      const list = await person.list();
      return list.length > 0 && list.every(({ status }) => status === 'ready');
    },
    60_000,
  );
}

test('every piece and every understanding is counted once, and only its owner sees it', async () => {
  const { id } = await ada.upload(dayFiles);
  await ada.uploadDone(id);
  await allUnderstood(ada);
  const { rows, total } = await usageOf(ada);
  const { pieces, calls } = await server.query(async (db) => ({
    pieces: await askedIn(db),
    calls: await db.selectFrom('outside_calls').selectAll().where('kind', '=', 'transcribe').execute(),
  }));
  const byAudio = Object.values(speech.callsByAudio());
  // So that what follows is not true of nothing.
  expect(pieces.length).toBeGreaterThan(3);
  expect(byAudio.map(({ answered }) => answered)).toEqual(pieces.map(() => 1));
  // A try that came to nothing has its calls in `provider_calls`, and not here.
  const questions = Map.groupBy(calls, (call) => call.question_id);
  const inVain = [...questions.values()]
    .filter((asked) => !asked.some(({ outcome }) => outcome === 'answered'))
    .flat()
    .filter(({ outcome }) => outcome !== 'not_asked').length;
  const silentMs = pieces
    .flatMap(({ pauses }) => pauses ?? [])
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const audioMs = pieces.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, -silentMs);
  const { stats } = speech;
  expect(stats().faults.rate5xx, 'nothing failed, so no retry was counted').toBeGreaterThan(0);
  expect(rows).toMatchObject([
    {
      stage: 'transcribe',
      provider: 'openai-compatible',
      model: 'whisper-1',
      results: pieces.length,
      calls: stats().calls - inVain,
      failedCalls: stats().faults.rate5xx - inVain,
      audioMs,
      inputTokens: 0,
      unpricedResults: 0,
    },
    {
      stage: 'understand',
      provider: 'openai-compatible',
      model: 'simulated',
      calls: meaning.stats().calls,
      failedCalls: 0,
      audioMs: 0,
      inputTokens: meaning.stats().billed.inputTokens,
      outputTokens: meaning.stats().billed.outputTokens,
      unpricedResults: 0,
    },
  ]);
  // A piece begins and ends at a whole millisecond in its row, and at a sample on the wire.
  expect(Math.abs(stats().billed.audioMs - audioMs)).toBeLessThanOrEqual(pieces.length);
  const [heard, understood] = rows.map(({ costMicros }) => costMicros ?? Number.NaN);
  expect(Math.abs((heard ?? 0) - audioMs / 10)).toBeLessThanOrEqual(pieces.length / 2);
  expect(total.costMicros).toBe((heard ?? 0) + (understood ?? 0));
  expect((await usageOf(new Person(server, 'bob'))).rows).toEqual([]);
});

test('the same upload again counts nothing, and a deleted recording stays counted', async () => {
  const before = await usageOf(ada);
  const again = await ada.upload(dayFiles);
  expect(again.status).toBe('done');
  expect(await usageOf(ada)).toEqual(before);
  const [file] = again.files;
  expect((await ada.fetch(`/api/v1/recordings/${file?.recordingId}`, { method: 'DELETE' })).status).toBe(204);
  const [conversation] = await ada.list();
  await ada.fetch(`/api/v1/conversations/${conversation?.id}`, { method: 'DELETE' });
  const transcribed = ({ rows }: z.infer<typeof UsageBody>) =>
    rows.filter(({ stage }) => stage === 'transcribe');
  expect(transcribed(await usageOf(ada))).toEqual(transcribed(before));
  // Fewer words may be understood anew, which adds; nothing takes away.
  expect((await usageOf(ada)).total.costMicros).toBeGreaterThanOrEqual(before.total.costMicros ?? 0);
});

test('a stretch of time has what was committed in it', async () => {
  // What was deleted has left a conversation that is understood again.
  await allUnderstood(ada);
  const all = await usageOf(ada);
  const middle = await server.query(async (db) => {
    const rows = await db.selectFrom('usage').select('at_ms').orderBy('at_ms').execute();
    return rows[Math.floor(rows.length / 2)]?.at_ms ?? 0;
  });
  const [before, after] = [await usageOf(ada, `?toMs=${middle}`), await usageOf(ada, `?fromMs=${middle}`)];
  expect(before.total.results).toBeGreaterThan(0);
  expect(after.total.results).toBeGreaterThan(0);
  for (const sum of ['results', 'calls', 'audioMs', 'inputTokens', 'outputTokens', 'costMicros'] as const)
    expect((before.total[sum] ?? 0) + (after.total[sum] ?? 0)).toBe(all.total[sum]);
  expect((await ada.fetch('/api/v1/usage?fromMs=yesterday')).status).toBe(400);
  const reversed = await ada.fetch('/api/v1/usage?fromMs=2&toMs=1');
  expect(reversed.status).toBe(400);
  expect(await reversed.text()).toContain('fromMs is later than toMs');
});

test('an operator sees everybody from the command line', async () => {
  const bob = new Person(server, 'bob');
  await bob.uploadDone((await bob.upload(dayFiles.slice(3, 4))).id);
  await allUnderstood(bob);
  await allUnderstood(ada);
  const cli = async (...args: string[]) => {
    const env = { ...process.env, AFTERWORD_DATA_DIR: server.dataDir };
    return (await run(process.execPath, [MAIN, 'usage', ...args], { env })).stdout;
  };
  const [hers, his] = [await usageOf(ada), await usageOf(bob)];
  const everybody = JSON.parse(await cli('--json'));
  expect(everybody.total.costMicros).toBe((hers.total.costMicros ?? 0) + (his.total.costMicros ?? 0));
  expect(everybody.rows.map((row: { userId: string }) => row.userId)).toEqual([
    ...hers.rows.map(() => 'ada'),
    ...his.rows.map(() => 'bob'),
  ]);
  expect(JSON.parse(await cli('--json', '--user', 'bob')).total).toEqual(his.total);
  expect(await cli('--to', '2020-01-01')).toBe('Nothing was used.\n');
  const dollars = (everybody.total.costMicros / 1e6).toFixed(6);
  expect(await cli('--from', '2020-01-01')).toMatch(new RegExp(`^all .* ${dollars}$`, 'm'));
  await expect(cli('--from', 'yesterday')).rejects.toThrow('--from is no time: yesterday');
  await expect(cli('--from', '2026-04-01', '--to', '2026-03-01')).rejects.toThrow(
    '--from (2026-04-01T00:00:00.000Z) is later than --to (2026-03-01T00:00:00.000Z).',
  );
  await expect(cli('--from', '2026-04-01', '--to', '2026-04-01')).rejects.toThrow('--to must be later');
});

test('who is deleted leaves no usage behind', async () => {
  expect((await ada.fetch('/api/v1/me', { method: 'DELETE' })).status).toBe(204);
  const left = await server.query((db) => db.selectFrom('usage').select('user_id').distinct().execute());
  expect(left).toEqual([{ user_id: 'bob' }]);
});
