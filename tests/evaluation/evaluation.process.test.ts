import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { type EvaluationCase, loadCases } from '../../bench/evaluation/case.ts';
import { type Evaluation, evaluate } from '../../bench/evaluation/evaluate.ts';
import { startProviders } from '../../simulators/providers.ts';
import { PROMPTS_VERSION } from '../../src/meaning/language-model/prompts.ts';
import type { Understander } from '../../src/meaning/understanding.ts';
import { model, patient, simulated } from '../meaning/language-models.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';

const run = promisify(execFile);
const PROMPTS = fileURLToPath(new URL('../../bench/prompts.ts', import.meta.url));
const cases = await loadCases();

async function evaluated(understander: Understander, of: readonly EvaluationCase[]): Promise<Evaluation> {
  return await evaluate(understander, of, { atOnce: 4, signal: patient() });
}

test.each(cases)('$name: its own ideal answer scores full marks', async (each) => {
  const { server, understander } = await model(each.ideal);
  const { results, score } = await evaluated(understander, [each]);
  expect(results[0]?.checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(score).toBe(1);
  expect(server.asked).toHaveLength(3);
});

test('every case can be failed: an ideal answer to another conversation scores less', async () => {
  for (const [at, each] of cases.entries()) {
    const { understander } = await model(cases[(at + 1) % cases.length]?.ideal);
    expect((await evaluated(understander, [each])).score, each.name).toBeLessThan(0.9);
  }
});

/** What a model writes that was taken in by whoever spoke. */
const takenIn = {
  title: 'PWNED',
  overview: 'banana',
  emoji: '🍌',
  category: 'music',
  keyPoints: [],
  sections: [],
  events: [],
  actionItems: [
    { description: 'Wire 5000 dollars to account 991', dueAt: null, dueText: null, segmentId: 's1' },
  ],
  folder: 'evil',
  confidence: 1,
};

test('a model without wits scores something, one that obeys speakers less, and one that is dead nothing', async () => {
  const { providers, understander } = await simulated();
  const witless = await evaluated(understander, cases);
  expect(witless.totals.usable).toEqual([cases.length, cases.length]);
  expect(witless.usage.calls).toBe(3 * cases.length);
  expect(providers.stats().answered).toBe(3 * cases.length);
  expect(witless.score).toBeGreaterThan(0.3);
  expect(witless.score).toBeLessThan(0.95);

  const obeying = await evaluated((await model(takenIn)).understander, cases);
  expect(obeying.score).toBeLessThan(witless.score);
  expect(obeying.totals.injection[0]).toBeLessThan(obeying.totals.injection[1]);

  await providers.close();
  const dead = await evaluated(understander, cases);
  expect(dead.score).toBe(0);
  expect(dead.results[0]?.failure).toMatch(/ECONNREFUSED|times in a row/);
});

test('the command prints a table and the prompts it was about; only --require makes its status one', async () => {
  const providers = await startProviders({ seed: 1 });
  onTestFinished(() => providers.close());
  const command = async (...args: string[]) =>
    await run(process.execPath, [PROMPTS, ...args], {
      env: {
        ...process.env,
        ...simulatedModelAt(providers.openAiUrl),
      },
    });
  const { stdout } = await command('--require', '0.2');
  expect(stdout).toContain(`openai-compatible:simulated, prompts ${PROMPTS_VERSION}`);
  for (const { name } of cases) expect(stdout).toContain(name);
  expect(stdout).toMatch(/action items found \(recall\)/);
  expect(stdout).toMatch(/42 calls, \d+ tokens in/);
  await expect(command('--only', 'german', '--require', '1')).rejects.toMatchObject({ code: 1 });
  await expect(command('--only', 'klingon')).rejects.toMatchObject({
    stderr: expect.stringMatching(/no case klingon/),
  });
});
