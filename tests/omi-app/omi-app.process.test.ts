import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { chance } from '../pipeline/chance.ts';
import { TestServer } from '../support/server.ts';
import { OmiApp } from './app.ts';
import { judge, summary } from './checker.ts';
import { Link } from './link.ts';
import { MUTATIONS } from './mutations.ts';
import { Microphone } from './recordings.ts';
import type { Entry } from './traffic.ts';

const SEED = 20_261;
const SYNC_LIMIT_MS = 120_000;
const HOUR_MS = 3_600_000;

let providers: Providers;
let server: TestServer;

beforeAll(async () => {
  providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 100 } });
  server = new TestServer({
    AFTERWORD_TRANSCRIBER: 'openai',
    AFTERWORD_OPENAI_URL: providers.openAiUrl,
    AFTERWORD_OPENAI_MODEL: 'whisper-1',
    AFTERWORD_QUIET_MS: '300',
  });
  await server.start();
});

afterAll(async () => {
  await server.remove();
  await providers.close();
});

test('the Omi app syncs every recording once over a bad network, and its own routes show all of them', async () => {
  const random = chance(SEED);
  const link = await Link.open({ target: () => server.url, random, share: 0.04, longestDelayMs: 300 });
  const traffic: Entry[] = [];
  const app = new OmiApp({ server: link.url, headers: {}, traffic, scale: 0.01 });
  const microphone = await Microphone.open(random);
  const beginMs = Date.now() - 3 * HOUR_MS;
  const at = (seconds: number) => beginMs + seconds * 1000;
  // Two talks that are 200 s apart, and a file of nothing beside good ones.
  app.record([0, 30, 70, 130, 350, 400, 440].map((seconds) => microphone.record(at(seconds))));
  app.record(
    [
      microphone.record(at(460), 'silent'),
      microphone.record(at(480), 'damaged'),
      microphone.record(at(1000)),
      microphone.record(at(1030), 'garbage'),
    ],
    '7d3c1f0e-5a44-4b0c-9d7b-2f4f6f1f0a11',
  );
  expect(await app.sync(SYNC_LIMIT_MS), 'everything is settled').toBe(true);
  await app.lookAtAll();
  // What the pendant had kept joins two conversations of which the phone knows the ids.
  app.record([microphone.record(at(240)), microphone.record(at(1900))]);
  expect(await app.sync(SYNC_LIMIT_MS), 'everything is settled').toBe(true);
  await app.lookAtAll();
  await link.close();
  expect(summary(judge(traffic))).toEqual([]);
  for (const { what, rule, apply } of MUTATIONS)
    expect(
      judge(apply(traffic)).map((one) => one.rule),
      what,
    ).toContain(rule);
});
