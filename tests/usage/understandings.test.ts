/** Understandings on a real database, with a language model over real HTTP. */
import { expect, it, onTestFinished } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { createExtractiveUnderstander } from '../../src/meaning/extractive/extractive.ts';
import { createLanguageModelUnderstander } from '../../src/meaning/language-model/understander.ts';
import type { TokenUsage, Understanding } from '../../src/meaning/understanding.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { understand } from '../../src/pipeline/understand.ts';
import type { Prices } from '../../src/usage/prices.ts';
import { recordUnderstanding } from '../../src/usage/record.ts';
import { readUsage } from '../../src/usage/sums.ts';
import { until } from '../engine/fixtures/scene.ts';
import { patient } from '../providers/voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const PRICES: Prices = { 'openai-compatible:*': { perMillionInputTokens: 1, perMillionOutputTokens: 4 } };

async function scene(text = 'We need to paint the kitchen') {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  await placer.place({
    id: 'rec',
    userId: 'ada',
    startedAtMs: Date.UTC(2026, 2, 20),
    microphone: 'omi',
    words: [{ atS: 0, forS: 10, text }],
  });
  await placer.stop();
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  return {
    db,
    databaseUrl,
    id,
    usage: () => readUsage(db, { userId: 'ada' }),
  };
}

const said = (usage: TokenUsage): Understanding => ({
  title: '',
  overview: '',
  emoji: '',
  category: 'other',
  keyPoints: [],
  actionItems: [],
  usage,
  madeBy: { kind: 'language-model', model: 'openai-compatible:qwen3:8b', version: '1' },
});
const USED: TokenUsage = { calls: 3, failedCalls: 1, inputTokens: 1000, outputTokens: 100 };

it('one that came too late for its words was paid for, and is counted', async () => {
  const { db, databaseUrl, id, usage } = await scene();
  const providers = await startProviders({ seed: 1 });
  onTestFinished(() => providers.close());
  const understander = await createLanguageModelUnderstander({
    name: 'openai-compatible:simulated',
    url: providers.openAiUrl,
  });
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await understander.close();
    await lease.release();
  });
  const stages = {
    db,
    lease,
    understander,
    prices: PRICES,
    log,
    languageCallsPerDay: null,
  } as unknown as PipelineContext;
  const turn = (revision: number) => ({ conversationId: id, revision, attempt: 1 });
  const underWay = await db.transaction().execute(async (tx) => {
    // Held until the model has answered: then it finds that there are more words.
    await tx.updateTable('conversations').set({ revision: 2 }).execute();
    const outcome = understand(stages, turn(1), patient());
    await until('three answers', () => providers.stats().answered === 3);
    return { outcome };
  });
  expect(await underWay.outcome).toBe('superseded');
  expect(await understand(stages, turn(2), patient())).toBe('understood');
  expect(await understand(stages, turn(2), patient())).toBe('superseded');

  const { billed, calls } = providers.stats();
  const { rows } = await usage();
  expect(rows).toMatchObject([
    {
      stage: 'understand',
      provider: 'openai-compatible',
      model: 'simulated',
      results: 2,
      calls,
      failedCalls: 0,
      audioMs: 0,
      inputTokens: billed.inputTokens,
      outputTokens: billed.outputTokens,
    },
  ]);
  const dollars = (billed.inputTokens + 4 * billed.outputTokens) / 1e6;
  expect(Math.abs((rows[0]?.costMicros ?? 0) / 1e6 - dollars)).toBeLessThan(2e-6);
});

it('filler costs no call of a language model, until its person keeps it or speech joins it', async () => {
  const { db, databaseUrl, id } = await scene('Hm, yeah. Okay.');
  const providers = await startProviders({ seed: 1 });
  onTestFinished(() => providers.close());
  const understander = await createLanguageModelUnderstander({
    name: 'openai-compatible:simulated',
    url: providers.openAiUrl,
  });
  const fallback = createExtractiveUnderstander();
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await Promise.all([understander.close(), fallback.close()]);
    await lease.release();
  });
  const stages = {
    ...{ db, lease, understander, fallback, prices: PRICES, log },
    languageCallsPerDay: null,
  } as unknown as PipelineContext;
  const madeBy = async (revision: number) => {
    expect(await understand(stages, { conversationId: id, revision, attempt: 1 }, patient())).toBe(
      'understood',
    );
    const { understanding } = await db
      .selectFrom('conversations')
      .select('understanding')
      .executeTakeFirstOrThrow();
    return understanding?.madeBy.kind;
  };
  expect(await madeBy(1)).toBe('extractive');
  expect(providers.stats().calls).toBe(0);
  // Other words, as those of a recording that joins it.
  await db.updateTable('conversations').set({ revision: 2 }).execute();
  expect(await madeBy(2)).toBe('language-model');
  await db
    .updateTable('conversations')
    .set({
      revision: 3,
      fragment_revision: 3,
      decided: JSON.stringify({ kept: true }),
      understood_words: null,
    })
    .execute();
  const { calls } = providers.stats();
  expect(await madeBy(3)).toBe('language-model');
  expect(providers.stats().calls).toBeGreaterThan(calls);
});

it('one revision is counted once, under the model that its name holds after the first colon', async () => {
  const { db, id: conversationId, usage } = await scene();
  for (const inputTokens of [1000, 5000]) {
    await db.transaction().execute((tx) =>
      recordUnderstanding(tx, PRICES, {
        conversationId,
        revision: 1,
        userId: 'ada',
        understanding: said({ ...USED, inputTokens }),
      }),
    );
  }
  const { rows } = await usage();
  expect(rows).toMatchObject([
    { model: 'qwen3:8b', results: 1, calls: 3, failedCalls: 1, inputTokens: 1000, costMicros: 1400 },
  ]);
});

it('what a server says of its tokens never keeps an understanding from being stored', async () => {
  const { db, id: conversationId, usage } = await scene();
  const odd = [Number.NaN, -5, 12.4, Number.POSITIVE_INFINITY, 1e300];
  for (const [revision, tokens] of odd.entries()) {
    await db.transaction().execute((tx) =>
      recordUnderstanding(tx, PRICES, {
        conversationId,
        revision,
        userId: 'ada',
        understanding: said({ ...USED, inputTokens: tokens, outputTokens: tokens }),
      }),
    );
  }
  // Nothing told is not nothing used.
  expect((await usage()).total).toMatchObject({ results: 5, costMicros: null, unpricedResults: 3 });
});

it('costs nothing where no language model is asked', async () => {
  const { db, id: conversationId, usage } = await scene();
  const { usage: _, ...extract } = said(USED);
  await db.transaction().execute((tx) =>
    recordUnderstanding(
      tx,
      {},
      {
        conversationId,
        revision: 1,
        userId: 'ada',
        understanding: { ...extract, madeBy: { kind: 'extractive', model: 'sentences', version: '1' } },
      },
    ),
  );
  expect((await usage()).rows).toMatchObject([{ provider: 'local', results: 1, calls: 0, costMicros: 0 }]);
});
