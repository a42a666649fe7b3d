import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { changed, type Latency } from '../../simulators/behaviour.ts';
import { fateOf } from '../../simulators/fate.ts';
import { type Providers, type ProvidersOptions, startProviders } from '../../simulators/providers.ts';
import { pcmSha256, sentenceOf, spokenBy, wordsOf } from '../../simulators/spoken.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { voice } from './voices.ts';

let providers: Providers | undefined;
afterEach(async () => {
  await providers?.close();
  providers = undefined;
});

const start = async (options: Partial<ProvidersOptions> = {}) => {
  providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 1 }, ...options });
  return providers;
};

const listen = (url: string, samples: Float32Array, signal?: AbortSignal) =>
  fetch(`${url}/v1/listen?model=nova-3`, {
    method: 'POST',
    body: toWav(samples),
    ...(signal ? { signal } : {}),
  });

const callOf = (number: number, nth = 1, seed = 1) => ({ seed, sha256: pcmSha256(voice(number, 0.01)), nth });

describe('what is spoken', () => {
  test('depends on the samples and on nothing else', () => {
    expect(spokenBy(voice(1))).toBe(spokenBy(voice(1)));
    expect(spokenBy(voice(1))).toBe(sentenceOf(pcmSha256(voice(1))));
    expect(spokenBy(voice(1))).toMatch(/^[A-Z][a-z]{4}( [a-z]{5}){5}\.$/);
    const softer = voice(1).map((sample) => sample * 0.999);
    expect(spokenBy(softer)).not.toBe(spokenBy(voice(1)));
    expect(new Set(Array.from({ length: 500 }, (_, at) => spokenBy(voice(at, 0.01)))).size).toBe(500);
  });

  test('is six of 256 words', () => {
    const all = Array.from({ length: 256 }, (_, byte) => wordsOf(Buffer.alloc(32, byte).toString('hex'))[0]);
    expect(new Set(all).size).toBe(256);
    expect(() => wordsOf('abc')).toThrow('not a SHA-256');
  });
});

describe('fate', () => {
  const behaviour = changed({
    latency: { kind: 'lognormal', medianMs: 100, sigma: 0.5 },
    faults: { rate429: 0.1, rate5xx: 0.1, hangRate: 0.05, halfAnswerRate: 0.05, wrongJsonRate: 0.1 },
  });

  test('is the same for the same seed, audio and attempt, in whatever order', () => {
    const fates = (numbers: number[], seed: number) =>
      new Map(
        numbers.map((number) => {
          const { fault, latencyMs } = fateOf(callOf(number, 1, seed), behaviour, 1);
          return [number, `${fault} ${latencyMs}`];
        }),
      );
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const expected = fates(numbers, 1);
    for (const [number, fate] of fates(numbers.toReversed(), 1)) expect(fate).toBe(expected.get(number));
    expect(fates(numbers, 2)).not.toEqual(expected);
  });

  test('is another one at the next attempt, so that retries can succeed', () => {
    const faults = Array.from({ length: 50 }, (_, nth) => fateOf(callOf(1, nth), behaviour, 1).fault);
    expect(faults).toContain(null);
    expect(new Set(faults).size).toBeGreaterThan(2);
  });

  test('deals faults at their rates, and latencies around their median', () => {
    const fates = Array.from({ length: 4000 }, (_, nth) => fateOf(callOf(1, nth), behaviour, 1));
    const share = (fault: string | null) => fates.filter((fate) => fate.fault === fault).length / 4000;
    expect(share('rate429')).toBeCloseTo(0.1, 1);
    expect(share('wrongJsonRate')).toBeCloseTo(0.1, 1);
    expect(share('emptyRate')).toBe(0);
    expect(share(null)).toBeCloseTo(0.6, 1);
    const sorted = fates.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    expect(sorted[2000]).toBeGreaterThan(95);
    expect(sorted[2000]).toBeLessThan(105);
    expect(sorted[3900]).toBeGreaterThan(230);
  });

  test('is slower the more is in flight, beyond the capacity', () => {
    const latency: Latency = { kind: 'load-dependent', ms: 100, capacity: 10 };
    const at = (inFlight: number) => fateOf(callOf(1), changed({ latency }), inFlight).latencyMs;
    expect([1, 10, 20, 50].map(at)).toEqual([100, 100, 200, 500]);
  });
});

describe('behaviour', () => {
  test('changes while it runs, and what is left out stays', async () => {
    const { url, behave } = await start({ faults: { rate429: 0.25 } });
    const change = (body: unknown) =>
      fetch(`${url}/behaviour`, { method: 'POST', body: JSON.stringify(body) });
    const outage = await change({ faults: { rate5xx: 0.75 }, limit: { concurrent: 2 } });
    expect(outage.status).toBe(200);
    expect(await outage.json()).toMatchObject({
      latency: { kind: 'fixed', ms: 1 },
      faults: { rate429: 0.25, rate5xx: 0.75 },
      limit: { concurrent: 2 },
    });
    expect(behave({ limit: null, faults: { rate429: 0 } })).toMatchObject({
      limit: null,
      faults: { rate5xx: 0.75 },
    });
    for (const wrong of [
      { faults: { rate429: 0.5 } },
      { faults: { rate: 1 } },
      { latency: 5 },
      { limits: {} },
    ]) {
      const refused = await change(wrong);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toEqual({ error: expect.any(String) });
    }
    expect((await fetch(`${url}/behaviour`, { method: 'POST', body: '{' })).status).toBe(400);
    expect(behave({})).toMatchObject({ faults: { rate429: 0, rate5xx: 0.75 } });
  });

  test('a limit on calls at once lets no more through', async () => {
    const { url, stats } = await start({ limit: { concurrent: 3 }, latency: { kind: 'fixed', ms: 1000 } });
    const replies = await Promise.all(Array.from({ length: 8 }, (_, at) => listen(url, voice(at, 0.2))));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
    expect(replies.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('1');
    expect(stats()).toMatchObject({ calls: 8, answered: 3, limited: 5, faults: { rate429: 0 } });
  });

  test('a limit on calls a second lets more through in the next', async () => {
    const { url } = await start({ limit: { perSecond: 2 } });
    const statuses = async () =>
      (await Promise.all([1, 2, 3].map((at) => listen(url, voice(at, 0.2)))))
        .map(({ status }) => status)
        .sort();
    expect(await statuses()).toEqual([200, 200, 429]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await statuses()).toEqual([200, 200, 429]);
  });
});

describe('counters', () => {
  test('say how often each audio was asked about and answered', async () => {
    const { url } = await start();
    for (const number of [1, 2, 2]) await listen(url, voice(number));
    const calls = await (await fetch(`${url}/stats/calls`)).json();
    expect(calls).toEqual({
      [pcmSha256(voice(1))]: { calls: 1, answered: 1 },
      [pcmSha256(voice(2))]: { calls: 2, answered: 2 },
    });
    const stats = await (await fetch(`${url}/stats`)).json();
    expect(stats).toMatchObject({ calls: 3, answered: 3, inFlight: 0, maxInFlight: 1 });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/v1/elsewhere`)).status).toBe(404);
  });

  test('what is no audio is refused', async () => {
    const { url, stats } = await start();
    const refused = await fetch(`${url}/v1/listen?model=nova-3`, { method: 'POST', body: 'RIFF' });
    expect(refused.status).toBe(400);
    const noForm = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: 'RIFF' });
    expect(noForm.status).toBe(400);
    expect(stats()).toMatchObject({ refused: 2, answered: 0 });
  });
});

describe('voice activity', () => {
  const detect = async (url: string, samples: Float32Array) => {
    const form = new FormData();
    form.set('file', new Blob([toWav(samples)]), 'window.wav');
    return await fetch(url, { method: 'POST', body: form });
  };

  test('is where the audio is loud, with a margin, in seconds', async () => {
    const { vadUrl } = await start();
    const samples = new Float32Array(6 * 16_000);
    for (const from of [1, 4]) samples.set(voice(from, 0.5), from * 16_000);
    const spans = await (await detect(vadUrl, samples)).json();
    expect(spans).toEqual(
      [0.8, 3.8].map((from) => ({
        start: expect.closeTo(from, 1),
        end: expect.closeTo(from + 0.9, 1),
        duration: expect.closeTo(0.9, 1),
      })),
    );
    expect(await (await detect(vadUrl, new Float32Array(16_000))).json()).toEqual([]);
  });

  test('is refused as FastAPI refuses, and meets the same faults', async () => {
    const { vadUrl, behave } = await start({ apiKey: 'k' });
    const refused = await detect(vadUrl, voice(1));
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ detail: expect.any(String) });
    expect((await fetch(vadUrl, { method: 'POST', body: 'RIFF' })).status).toBe(401);
    behave({ limit: { perSecond: 1 } });
    const headers = { authorization: 'Bearer k' };
    expect((await fetch(vadUrl, { method: 'POST', headers, body: 'RIFF' })).status).toBe(400);
    expect((await fetch(vadUrl, { method: 'POST', headers, body: 'RIFF' })).status).toBe(429);
  });
});

test('clients that disappear at any moment leave nothing behind', async () => {
  const { url, port, stats } = await start({
    latency: { kind: 'lognormal', medianMs: 500, sigma: 1 },
    faults: { hangRate: 0.2, halfAnswerRate: 0.2, rate5xx: 0.2 },
  });
  // Half of them leave by the clock, on a busy machine before they are seen; the others once they are.
  const leaving = new AbortController();
  const calls = Array.from({ length: 60 }, (_, at) =>
    listen(url, voice(at, 0.5), at % 2 ? leaving.signal : AbortSignal.timeout(1 + at))
      .then((response) => response.text())
      .catch(() => {}),
  );
  // In the middle of the head, and of the body.
  for (const sent of [
    'POST /v1/listen HT',
    'POST /v1/listen HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nRIFF',
  ]) {
    const socket = connect(port, '127.0.0.1', () => socket.write(sent, () => socket.destroy()));
    await once(socket, 'close');
  }
  await vi.waitFor(() => expect(stats().calls).toBeGreaterThan(20), { timeout: 10_000 });
  leaving.abort();
  await Promise.all(calls);
  await vi.waitFor(() => expect(stats().inFlight).toBe(0));
  expect(stats().abandoned).toBeGreaterThan(10);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('the command prints its address, answers there, and ends when told to', async () => {
  const main = fileURLToPath(new URL('../../simulators/main.ts', import.meta.url));
  const behaviour = JSON.stringify({ faults: { rate5xx: 1 }, latency: { kind: 'fixed', ms: 0 } });
  const child = spawn(process.execPath, [main, '--api-key', 'k', '--behaviour', behaviour], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const part of child.stdout) {
    printed += part;
    if (printed.includes('control')) break;
  }
  const url = /http:\S+/.exec(printed)?.[0] ?? '';
  expect(printed).toContain(`VAD        ${url}/vad`);
  expect((await listen(url, voice(1))).status).toBe(401);
  const known = await fetch(`${url}/v1/listen?model=nova-3`, {
    method: 'POST',
    headers: { authorization: 'Token k' },
    body: toWav(voice(1)),
  });
  expect(known.status).toBeGreaterThanOrEqual(500);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
