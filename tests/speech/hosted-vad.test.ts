import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ProvidersOptions, startProviders } from '../../simulators/providers.ts';
import { pcmSha256 } from '../../simulators/spoken.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import { createHostedVad, type HostedVadOptions } from '../../src/speech/vad/hosted-vad.ts';
import type { VoiceActivityDetector } from '../../src/speech/voice-activity.ts';
import { type Line, scripted } from '../providers/scripted.ts';
import { patient, voice } from '../providers/voices.ts';

const RATE = 16_000;
const KEY = 'vad-key-51f0a9';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function detectorAt(url: string, options: Partial<HostedVadOptions> = {}): VoiceActivityDetector {
  const detector = createHostedVad({ url, apiKey: KEY, concurrency: 8, deadlineMs: 20_000, ...options });
  open.push(detector);
  return detector;
}

async function simulated(behaviour: Partial<ProvidersOptions> = {}, options: Partial<HostedVadOptions> = {}) {
  const providers = await startProviders({ seed: 7, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  open.push(providers);
  return { providers, detector: detectorAt(providers.vadUrl, options) };
}

async function answered(...lines: Line[]) {
  const server = await scripted(...lines);
  open.push(server);
  return { server, detector: detectorAt(`${server.url}/v1/vad`) };
}

const detect = (detector: VoiceActivityDetector, samples = voice(1, 4), signal = patient()) =>
  detector.detect(samples, { signal });

const failure = (detector: VoiceActivityDetector, signal = patient()) =>
  detect(detector, voice(1), signal).then(
    (spans) => Promise.reject(new Error(`there was an answer of ${spans.length} spans`)),
    (error: unknown) => error,
  );

/** 2 s of noise from 1.5 s on, in 5 s of silence. */
function noiseInSilence(): Float32Array {
  const samples = new Float32Array(5 * RATE);
  samples.set(voice(3, 2), 1.5 * RATE);
  return samples;
}

describe('a window', () => {
  test('goes out as the file of a form, with the key, and is left as it was', async () => {
    const { server, detector } = await answered({ body: [] });
    const samples = voice(2, 3);
    await detect(detector, samples);
    expect(samples).toEqual(voice(2, 3));
    const [asked] = server.asked;
    expect(asked?.url).toBe('/v1/vad');
    expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`);
    const type = asked?.headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(asked?.body ?? []), {
      headers: { 'content-type': type },
    }).formData();
    const file = form.get('file') as File;
    expect([file.type, file.size]).toEqual(['audio/wav', 44 + 2 * samples.length]);
    expect([...form.keys()]).toEqual(['file']);
  });

  test('comes back as where its sound is, in samples', async () => {
    const { providers, detector } = await simulated();
    const samples = noiseInSilence();
    const [span, ...others] = await detect(detector, samples);
    expect(others).toEqual([]);
    // The simulator lets a span begin 0.2 s before what is loud, and end 0.2 s after.
    expect(Math.abs((span?.startSample ?? 0) - 1.3 * RATE)).toBeLessThan(0.05 * RATE);
    expect(Math.abs((span?.endSample ?? 0) - 3.7 * RATE)).toBeLessThan(0.05 * RATE);
    expect(Object.keys(providers.callsByAudio())).toEqual([pcmSha256(samples)]);
  });

  test('without speech is one whose answer says so', async () => {
    const { detector } = await simulated();
    expect(await detect(detector, new Float32Array(5 * RATE))).toEqual([]);
    const { detector: deaf } = await simulated({ faults: { emptyRate: 1 } });
    expect(await detect(deaf, noiseInSilence())).toEqual([]);
  });
});

describe('an answer', () => {
  const spansOf = async (body: unknown) =>
    (await detect((await answered({ body })).detector)).map(({ startSample, endSample }) => [
      startSample / RATE,
      endSample / RATE,
    ]);

  test.each([
    [
      'out of order',
      [
        { start: 2, end: 3 },
        { start: 0.5, end: 1 },
      ],
      [
        [0.5, 1],
        [2, 3],
      ],
    ],
    [
      'with overlaps',
      [
        { start: 1, end: 2.5 },
        { start: 0.5, end: 3 },
        { start: 3, end: 3.5 },
      ],
      [[0.5, 3.5]],
    ],
    ['a little outside', [{ start: -0.3, end: 4.4, duration: 4.7 }], [[0, 4]]],
    [
      'of nothing',
      [
        { start: 1, end: 1, duration: 0 },
        { start: 4.2, end: 4.3 },
      ],
      [],
    ],
    ['with more than we know', [{ start: 1, end: 2, duration: null, label: 'SPEECH' }], [[1, 2]]],
  ])('%s is mended', async (_, body, expected) => {
    expect(await spansOf(body)).toEqual(expected);
  });

  test.each([
    ['that is no list', { status: 'ok' }],
    ['of null', null],
    ['of nothing at all', ''],
    ['that was cut off', '[{"start":1,"end":2}'],
    ['in HTML', '<html>OK</html>'],
    ['without an end', [{ start: 1 }]],
    ['in words', [{ start: '1', end: '2' }]],
    ['past all numbers', '[{"start":1,"end":1e999}]'],
    ['that ends before it begins', [{ start: 2, end: 1 }]],
    ['in milliseconds', [{ start: 500, end: 3500 }]],
    ['about longer audio', [{ start: 0, end: 30 }]],
    ['from before the start', [{ start: -3, end: 1 }]],
  ])('%s is none, and least of all silence', async (_, body) => {
    const { detector } = await answered({ body });
    const error = await failure(detector);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code: 'upstream' });
  });

  test('a status without content is none either', async () => {
    for (const status of [202, 204]) {
      const { detector } = await answered({ status, headers: { 'content-length': '0' }, body: '' });
      expect(await failure(detector)).toMatchObject({ code: 'upstream' });
    }
  });
});

describe('what goes wrong', () => {
  test.each([
    ['an error of the server', { rate5xx: 1 }, 'upstream'],
    ['an answer that breaks off', { halfAnswerRate: 1 }, 'upstream'],
    ['a broken answer', { wrongJsonRate: 1 }, 'upstream'],
    ['too many requests', { rate429: 1 }, 'rate_limited'],
  ])('%s has its kind', async (_, faults, kind) => {
    const { detector } = await simulated({ faults, retryAfter: { seconds: 7 } });
    const error = await failure(detector);
    expect(error).toMatchObject({ name: 'ProviderError', code: kind });
    if (kind === 'rate_limited') expect(error).toMatchObject({ retryAfterMs: 7000 });
  });

  test('no answer in time, and the request is ended', async () => {
    const { providers, detector } = await simulated({ faults: { hangRate: 1 } }, { deadlineMs: 300 });
    expect(await failure(detector)).toMatchObject({ code: 'timeout' });
    await vi.waitFor(() => expect(providers.stats()).toMatchObject({ abandoned: 1, inFlight: 0 }));
  });

  test('a server that is gone', async () => {
    const { providers, detector } = await simulated();
    await providers.close();
    expect(await failure(detector)).toMatchObject({ code: 'upstream' });
  });

  test('a wrong key and a wrong address; neither gives the key away', async () => {
    const { providers, detector } = await simulated({ apiKey: 'another' });
    const refused = await failure(detector);
    expect(refused).toMatchObject({ code: 'configuration' });
    expect(inspect(refused)).not.toContain(KEY);
    expect(await failure(detectorAt(`${providers.url}/elsewhere`))).toMatchObject({ code: 'configuration' });
  });

  test.each([
    ['no address', { url: 'vad.example' }],
    ['another protocol', { url: 'ftp://vad.example/vad' }],
    ['a password in the address', { url: 'https://me:secret-word@vad.example/vad' }],
    ['a key that cannot be one', { apiKey: 'secret-word\nX: y' }],
  ])('%s is found at the start and not repeated', (_, options) => {
    const create = () =>
      createHostedVad({ url: 'http://vad.example', concurrency: 1, deadlineMs: 100, ...options });
    expect(create).toThrow(ProviderError);
    expect(create).toThrow(/of the voice activity detector/);
    expect(create).not.toThrow(/secret-word/);
  });
});

describe('turns', () => {
  test('no more at once than it says', async () => {
    const { providers, detector } = await simulated(
      { latency: { kind: 'fixed', ms: 30 } },
      { concurrency: 2 },
    );
    await Promise.all(Array.from({ length: 8 }, (_, at) => detect(detector, voice(at, 0.3))));
    expect(providers.stats()).toMatchObject({ calls: 8, answered: 8, maxInFlight: 2 });
  });

  test('who has none in half of the time has not asked, and does not say that the server is late', async () => {
    const { providers, detector } = await simulated(
      { faults: { hangRate: 1 } },
      { concurrency: 1, deadlineMs: 600 },
    );
    const [first, second] = await Promise.all([failure(detector), failure(detector)]);
    expect(first).not.toMatchObject({ call: 'not_made' });
    expect(first).toMatchObject({ code: 'timeout' });
    expect(second).toMatchObject({ call: 'not_made' });
    expect(providers.stats().calls).toBe(1);
  });
});

describe('giving up', () => {
  test('an abort ends the request with its reason', async () => {
    const { providers, detector } = await simulated({ faults: { hangRate: 1 } });
    const controller = new AbortController();
    const failed = failure(detector, controller.signal);
    await vi.waitFor(() => expect(providers.stats().faults.hangRate).toBe(1));
    const reason = new Error('not needed any more');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    await vi.waitFor(() => expect(providers.stats()).toMatchObject({ abandoned: 1, inFlight: 0 }));
    expect(await failure(detector, controller.signal)).toBe(reason);
    expect(providers.stats().calls).toBe(1);
  });

  test('an abort at any moment is rejected here and nowhere else', async () => {
    const { providers, detector } = await simulated({ faults: { hangRate: 1 } });
    const elsewhere: unknown[] = [];
    const note = (error: unknown) => elsewhere.push(error);
    process.on('unhandledRejection', note);
    for (let moment = 0; moment < 100; moment++) {
      const controller = new AbortController();
      const failed = failure(detector, controller.signal);
      for (let passed = 0; passed < moment; passed++) await null;
      controller.abort(moment);
      expect(await failed).toBe(moment);
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.off('unhandledRejection', note);
    expect(elsewhere).toEqual([]);
    await vi.waitFor(() => expect(providers.stats().inFlight).toBe(0));
  });

  test('closing ends all requests, those that wait for a turn too, and makes no new one', async () => {
    const { providers, detector } = await simulated({ faults: { hangRate: 1 } }, { concurrency: 2 });
    const failed = Array.from({ length: 4 }, () => failure(detector));
    await vi.waitFor(() => expect(providers.stats().faults.hangRate).toBe(2));
    await Promise.all([detector.close(), detector.close()]);
    for (const error of await Promise.all(failed)) expect(error).toMatchObject({ code: 'upstream' });
    expect(await failure(detector)).toMatchObject({ code: 'upstream' });
    await vi.waitFor(() => expect(providers.stats()).toMatchObject({ calls: 2, inFlight: 0 }));
  });
});
