import { expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { warmUp } from '../../src/serve/warm-up.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { createHostedVad } from '../../src/speech/vad/hosted-vad.ts';
import { log } from '../support/database.ts';

const never = new AbortController().signal;

/** Notes how often listening ended well. */
async function warmed(listening: Listening, hasDetector = false): Promise<number> {
  let heard = 0;
  const start: Listening['start'] = (...given) => {
    const session = listening.start(...given);
    session.summary.then(
      () => heard++,
      () => {},
    );
    return session;
  };
  await warmUp({ listening: { start }, hasDetector, log }, never);
  await listening.close();
  return heard;
}

test('noise of ours goes through the whole of listening', async () => {
  expect(await warmed(new Listening({ threads: 1 }))).toBe(1);
});

test('a hosted detector is not asked about it', async () => {
  const providers = await startProviders({ seed: 1 });
  const detector = createHostedVad({ url: providers.vadUrl, concurrency: 1, deadlineMs: 5000 });
  expect(await warmed(new Listening({ threads: 1, detector }), true)).toBe(1);
  expect(providers.stats().calls).toBe(0);
  await detector.close();
  await providers.close();
});

test('a worker whose listening cannot be tried starts all the same', async () => {
  const listening = new Listening({ threads: 1 });
  await listening.close();
  expect(await warmed(listening)).toBe(0);
});
