/** The hosted detector is asked calmly, and an outage is told once. */
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { readConfig } from '../../src/config.ts';
import { createDetector } from '../../src/serve/providers.ts';
import { guardVad } from '../../src/speech/vad/guarded.ts';
import { createHostedVad } from '../../src/speech/vad/hosted-vad.ts';
import type { VoiceActivityDetector } from '../../src/speech/voice-activity.ts';
import { patient, voice } from '../providers/voices.ts';

/** Long enough that it does not end by itself while a test looks, on a busy machine. */
const LONG_MS = 600_000;

const open: { close(): Promise<void> }[] = [];
let lines: { level: number; code?: string; reason?: string; msg: string }[];
const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(
  behaviour: BehaviourChange & { apiKey?: string },
  { closedAfterMs = LONG_MS, deadlineMs = 20_000, concurrency = 8 } = {},
): Promise<{ providers: Providers; detector: VoiceActivityDetector }> {
  const providers = await startProviders({ seed: 7, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  const hosted = createHostedVad({ url: providers.vadUrl, apiKey: 'guessed', concurrency, deadlineMs });
  const detector = guardVad(hosted, { log, closedAfterMs });
  open.push(providers, detector);
  return { providers, detector };
}

let asked = 0;
const outcome = (detector: VoiceActivityDetector, signal = patient()): Promise<string> =>
  detector.detect(voice(asked++, 0.2), { signal }).then(
    () => 'answered',
    (error: Error & { code?: string; call?: string }) =>
      error.call === 'not_made' && error.code === 'upstream' ? 'not asked' : (error.code ?? error.message),
  );
async function outcomes(detector: VoiceActivityDetector, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let at = 0; at < count; at++) all.push(await outcome(detector));
  return all;
}

describe('a server that is down', () => {
  test('is asked three times, then not any more, and told once', async () => {
    const { providers, detector } = await start({ faults: { rate5xx: 1 } });
    const found = await outcomes(detector, 10);
    expect(found).toEqual([...Array(3).fill('upstream'), ...Array(7).fill('not asked')]);
    expect(providers.stats().calls).toBe(3);
    expect(lines).toMatchObject([{ level: 40, code: 'upstream' }]);
  });

  test('and hangs costs no more than the windows that were asked about at once', async () => {
    const { providers, detector } = await start({ faults: { hangRate: 1 } }, { deadlineMs: 300 });
    const found = await Promise.all([outcome(detector), outcome(detector), outcome(detector)]);
    expect(found).toEqual(Array(3).fill('timeout'));
    expect(await outcomes(detector, 5)).toEqual(Array(5).fill('not asked'));
    expect(providers.stats().calls).toBe(3);
  });

  test('is tried with windows that do not wait for it, and asked again once it answers', async () => {
    const { providers, detector } = await start({ faults: { rate5xx: 1 } }, { closedAfterMs: 200 });
    await outcomes(detector, 3);
    const isAnsweredAgain = async () => (await outcome(detector)) === 'answered';
    // A failed probe is no news.
    await vi.waitUntil(async () => !(await isAnsweredAgain()) && providers.stats().calls >= 5, {
      timeout: 20_000,
    });
    expect(lines.length).toBe(1);
    providers.behave({ faults: { rate5xx: 0 } });
    await vi.waitUntil(isAnsweredAgain, { timeout: 20_000 });
    expect(lines).toMatchObject([{ level: 40 }, { level: 30, msg: expect.stringContaining('again') }]);
    providers.behave({ faults: { rate5xx: 1 } });
    await outcomes(detector, 5);
    expect(lines.length).toBe(3);
  });

  test('a probe that hangs keeps nobody waiting, and does not end with its recording', async () => {
    const { providers, detector } = await start({ faults: { rate5xx: 1 } }, { closedAfterMs: 1 });
    await outcomes(detector, 3);
    providers.behave({ faults: { rate5xx: 0, hangRate: 1 } });
    const recording = new AbortController();
    await vi.waitUntil(
      async () => {
        expect(await outcome(detector, recording.signal)).toBe('not asked');
        return providers.stats().faults.hangRate > 0;
      },
      { timeout: 20_000 },
    );
    recording.abort();
    expect(await outcomes(detector, 5)).toEqual(Array(5).fill('not asked'));
    expect(providers.stats()).toMatchObject({ inFlight: 1, abandoned: 0 });
    await detector.close();
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
  });
});

describe('what is no outage', () => {
  test('a failure between answers', async () => {
    const { providers, detector } = await start({});
    for (let round = 0; round < 4; round++) {
      providers.behave({ faults: { rate5xx: 1 } });
      expect(await outcomes(detector, 2)).toEqual(['upstream', 'upstream']);
      providers.behave({ faults: { rate5xx: 0 } });
      expect(await outcomes(detector, 1)).toEqual(['answered']);
    }
    expect(lines).toEqual([]);
  });

  test('late answers of calls that were made before the last answer came', async () => {
    const { providers, detector } = await start({ faults: { hangRate: 1 } }, { deadlineMs: 2000 });
    const late = Promise.all(Array.from({ length: 5 }, () => outcome(detector)));
    await vi.waitFor(() => expect(providers.stats().faults.hangRate).toBe(5));
    providers.behave({ faults: { hangRate: 0 } });
    expect(await outcome(detector)).toBe('answered');
    expect(await late).toEqual(Array(5).fill('timeout'));
    expect(await outcome(detector)).toBe('answered');
  });

  test('a window that had no turn', async () => {
    const { providers, detector } = await start(
      { latency: { kind: 'fixed', ms: 500 } },
      { deadlineMs: 1200, concurrency: 1 },
    );
    const found = await Promise.all(Array.from({ length: 8 }, () => outcome(detector)));
    expect(found.filter((each) => each === 'timeout').length).toBeGreaterThan(4);
    expect(providers.stats().calls).toBeLessThan(4);
    expect(await outcome(detector)).toBe('answered');
    expect(lines).toEqual([]);
  });

  test('a window that is refused, and one whose recording was given up', async () => {
    const { detector } = await start({});
    const tooShort = () => detector.detect(voice(1, 0.01), { signal: patient() });
    for (let at = 0; at < 4; at++) await expect(tooShort()).rejects.toMatchObject({ code: 'invalid_input' });
    for (let at = 0; at < 4; at++) {
      const gone = new AbortController();
      const given = outcome(detector, gone.signal);
      gone.abort(new Error('gone'));
      expect(await given).toBe('gone');
    }
    expect(await outcome(detector)).toBe('answered');
    expect(lines).toEqual([]);
  });

  test('a request to wait, which is followed', async () => {
    const { providers, detector } = await start({ faults: { rate429: 1 }, retryAfter: { seconds: 1 } });
    expect(await outcomes(detector, 4)).toEqual(['rate_limited', ...Array(3).fill('not asked')]);
    providers.behave({ faults: { rate429: 0 } });
    await vi.waitUntil(async () => (await outcome(detector)) === 'answered', { timeout: 20_000 });
    expect(providers.stats().calls).toBe(2);
  });
});

describe('a setting that is wrong', () => {
  test('and shows at once is told at once, without the key', async () => {
    const { detector } = await start({ apiKey: 'right' });
    expect(await outcomes(detector, 6)).toEqual([
      ...Array(3).fill('configuration'),
      ...Array(3).fill('not asked'),
    ]);
    expect(lines).toMatchObject([{ level: 40, code: 'configuration' }]);
    expect(JSON.stringify(lines)).not.toContain('guessed');
  });

  test.each([
    [{ AFTERWORD_VAD: 'hosted' }, /AFTERWORD_VAD=hosted needs .* set AFTERWORD_VAD_URL/],
    [{ AFTERWORD_VAD: 'hosted', AFTERWORD_VAD_URL: 'ftp://vad.example' }, /AFTERWORD_VAD_URL/],
    [{ AFTERWORD_VAD: 'somewhere' }, /AFTERWORD_VAD is "somewhere": use local or hosted/],
    [{ AFTERWORD_VAD_DEADLINE_MS: '5' }, /AFTERWORD_VAD_DEADLINE_MS/],
  ])('%j ends the start', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });

  test('none is needed where speech is found here', () => {
    expect(createDetector(readConfig({}), log)).toBeUndefined();
    expect(createDetector(readConfig({ AFTERWORD_VAD_URL: 'http://vad.example' }), log)).toBeUndefined();
  });
});
