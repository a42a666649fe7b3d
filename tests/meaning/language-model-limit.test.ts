/** The limit of a language model over all processes, on a real PostgreSQL. */
import { expect, onTestFinished, test } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { startProviders } from '../../simulators/providers.ts';
import { readConfig } from '../../src/config.ts';
import type { Understander } from '../../src/meaning/understanding.ts';
import { openLimits } from '../../src/serve/limits.ts';
import { createUnderstander } from '../../src/serve/providers.ts';
import { patient } from '../providers/voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { conversation, spoken } from './spoken.ts';

const NAME = 'openai-compatible:simulated';
const PROCESSES = 3;

async function scene(behaviour: BehaviourChange, limit: number) {
  const { databaseUrl, db } = await databaseForTest();
  const providers = await startProviders({ seed: 1, ...behaviour });
  onTestFinished(() => providers.close());
  /** As each worker has its own: a share, and connections to renew it with. */
  const worker = async (): Promise<Understander> => {
    const config = readConfig({
      AFTERWORD_LANGUAGE_MODEL: NAME,
      AFTERWORD_LANGUAGE_MODEL_URL: providers.openAiUrl,
      AFTERWORD_LANGUAGE_MODEL_LIMIT: String(limit),
    });
    const limits = openLimits({ ...config, databaseUrl }, log);
    const understander = await createUnderstander(config, limits);
    onTestFinished(async () => {
      await understander.close();
      await limits?.end();
    });
    return understander;
  };
  const workers = await Promise.all(Array.from({ length: PROCESSES }, worker));
  const understand = async (count: number) =>
    await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const talk = conversation(spoken([`We plan kitchen number ${at}.`]));
        return await workers[at % PROCESSES]?.understand(talk, { signal: patient() });
      }),
    );
  const allowed = async () =>
    (await db.selectFrom('provider_limits').selectAll().where('provider', '=', NAME).executeTakeFirst())
      ?.allowed;
  return { providers, understand, allowed };
}

test('is not exceeded by all workers together, and everything is understood', async () => {
  const { providers, understand } = await scene({ latency: { kind: 'fixed', ms: 100 } }, 4);
  const pages = await understand(12);
  expect(pages.map((page) => page?.title)).toEqual(
    pages.map((_, at) => expect.stringContaining(`number ${at}`)),
  );
  expect(providers.stats()).toMatchObject({ calls: 36, answered: 36 });
  expect(providers.stats().maxInFlight).toBeLessThanOrEqual(4);
});

test('goes down where the model refuses, and what was refused is asked again', async () => {
  const busy = { limit: { concurrent: 6 }, retryAfter: { seconds: 0.2, form: 'seconds' as const } };
  const { providers, understand, allowed } = await scene(
    { latency: { kind: 'fixed', ms: 150 }, ...busy },
    16,
  );
  const pages = await understand(40);
  for (const page of pages) expect(page?.madeBy.kind).toBe('language-model');
  expect(providers.stats().limited).toBeGreaterThan(0);
  expect(providers.stats().answered).toBe(120);
  await expect.poll(allowed, { timeout: 20_000 }).toBeLessThan(9);
});

test('is none where nobody wants one', async () => {
  const { databaseUrl } = await databaseForTest();
  const off = readConfig({
    AFTERWORD_LANGUAGE_MODEL: NAME,
    AFTERWORD_LANGUAGE_MODEL_URL: 'http://127.0.0.1:9/v1',
    AFTERWORD_LANGUAGE_MODEL_LIMIT: 'off',
  });
  expect(openLimits({ ...off, databaseUrl }, log)).toBeNull();
  expect(openLimits({ ...readConfig({}), databaseUrl }, log)).toBeNull();
});
