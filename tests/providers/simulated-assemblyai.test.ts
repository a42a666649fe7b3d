/** The simulator of AssemblyAI, asked by hand. */
import { expect, onTestFinished, test } from 'vitest';
import { changed } from '../../simulators/behaviour.ts';
import { fateOf } from '../../simulators/fate.ts';
import { type ProvidersOptions, startProviders } from '../../simulators/providers.ts';
import { pcmSha256, spokenBy } from '../../simulators/spoken.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { voice } from './voices.ts';

const SEED = 1;
const ORDER = { speech_models: ['universal-2'], speaker_labels: true, language_detection: true };

async function start(options: Partial<ProvidersOptions> = {}) {
  const providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 1 }, ...options });
  onTestFinished(() => providers.close());
  const call = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, key = '') => {
    const headers = key ? { authorization: key } : {};
    const reply = await fetch(`${providers.url}/v2/${path}`, { method, headers, ...(body ? { body } : {}) });
    const text = await reply.text();
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    return { status: reply.status, retryAfter: reply.headers.get('retry-after'), json };
  };
  const upload = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await call('POST', 'upload', bytes)).json?.upload_url;
  const order = (audioUrl: string, more: object = {}) =>
    call('POST', 'transcript', JSON.stringify({ audio_url: audioUrl, ...ORDER, ...more }));
  const read = async (id: string) => (await call('GET', `transcript/${id}`)).json;
  const finished = async (id: string) => {
    await expect.poll(async () => (await read(id)).status).toMatch(/completed|error/);
    return await read(id);
  };
  const transcribe = async (samples: Float32Array, more: object = {}) =>
    await finished((await order(await upload(toWav(samples)), more)).json.id);
  return { ...providers, call, upload, order, read, transcribe };
}

test('an order is one call, in flight until its transcript is there', async () => {
  const { upload, order, read, stats, callsByAudio, call } = await start({
    latency: { kind: 'fixed', ms: 300 },
  });
  const samples = voice(1, 7);
  const audioUrl = await upload(toWav(samples));
  expect(stats()).toMatchObject({ calls: 1, inFlight: 0 });
  const { status, json } = await order(audioUrl);
  expect({ status, json }).toMatchObject({ status: 200, json: { status: 'queued', audio_url: audioUrl } });
  expect(stats()).toMatchObject({ calls: 1, inFlight: 1, maxInFlight: 1 });
  const statuses = new Set<string>();
  const now = async () => {
    const { status: at } = await read(json.id);
    statuses.add(at);
    return at;
  };
  await expect.poll(now, { interval: 10 }).toBe('completed');
  expect([...statuses]).toEqual(expect.arrayContaining(['processing', 'completed']));
  expect(stats()).toMatchObject({ calls: 1, answered: 1, inFlight: 0, kept: 1, abandoned: 0 });
  expect(callsByAudio()).toEqual({ [pcmSha256(samples)]: { calls: 1, answered: 1 } });
  expect((await read(json.id)).text).toBe(spokenBy(samples));

  expect((await call('DELETE', `transcript/${json.id}`)).status).toBe(200);
  expect(await read(json.id)).toMatchObject({ status: 'completed', text: 'Deleted by user.', words: null });
  expect(stats()).toMatchObject({ answered: 1, kept: 0, abandoned: 0 });
});

test('its answer has what was ordered, in milliseconds', async () => {
  const { transcribe } = await start();
  const all = await transcribe(voice(1, 7));
  expect(all).toMatchObject({ language_code: 'en_us', speech_model_used: 'universal-2' });
  expect(all.utterances).toHaveLength(2);
  expect(all.utterances[1]).toMatchObject({
    start: 3500,
    end: 7000,
    speaker: expect.stringMatching(/^[AB]$/),
  });
  expect(all.utterances[0].words).toHaveLength(3);
  const less = await transcribe(voice(1, 7), {
    speaker_labels: false,
    language_detection: false,
    language_code: 'sv',
  });
  expect(less).toMatchObject({ utterances: null, language_code: 'sv' });
  expect(less.words[0].speaker).toBe(null);
});

test('what cannot be is refused', async () => {
  const { upload, order, call, stats } = await start({ apiKey: 'k' });
  expect((await call('POST', 'upload', toWav(voice(1)))).status).toBe(401);
  expect((await call('POST', 'upload', toWav(voice(1)), 'Bearer k')).status).toBe(401);
  expect((await call('POST', 'upload', toWav(voice(1)), 'k')).status).toBe(200);
  expect((await call('GET', 'transcript/none')).status).toBe(401);
  for (const method of ['GET', 'DELETE']) {
    expect(await call(method, 'transcript/none', undefined, 'k')).toMatchObject({
      status: 400,
      json: { error: 'Transcript lookup error, transcript id not found' },
    });
  }
  expect((await order('http://x/upload/1')).status).toBe(401);
  expect(await upload(toWav(voice(1)))).toBeUndefined();
  expect(stats()).toMatchObject({ inFlight: 0, answered: 0, abandoned: 0 });
});

test.each([
  { speech_models: ['nova-3'] },
  { speech_models: [] },
  { word_boost: ['x'] },
  { keyterms_prompt: ['more than six words in one term'] },
  { language_code: 'sv' },
  { audio_url: 'http://elsewhere/upload/1' },
])('an order with %o is refused', async (more) => {
  const { upload, order, stats } = await start();
  expect(await order(await upload(toWav(voice(1))), more)).toMatchObject({
    status: 400,
    json: { error: expect.any(String) },
  });
  expect(stats()).toMatchObject({ refused: 1, inFlight: 0 });
});

test('that there is no audio, no speech, or too little, is told by the transcript', async () => {
  const refused = voice(5);
  const { upload, order, read, transcribe, behave, stats } = await start({
    refuses: new Set([pcmSha256(refused)]),
  });
  const { json } = await order(await upload(new TextEncoder().encode('RIFF')));
  const failed = { status: 'error', text: null, error: expect.stringMatching(/not appear to contain audio/) };
  await expect.poll(() => read(json.id)).toMatchObject(failed);
  expect(await transcribe(refused)).toMatchObject(failed);
  expect(stats()).toMatchObject({ refused: 2, answered: 0 });
  expect(await transcribe(voice(1, 0.1))).toMatchObject({ error: 'Audio duration is too short.' });

  behave({ faults: { emptyRate: 1 } });
  expect(await transcribe(voice(1))).toMatchObject({ error: expect.stringMatching(/no spoken audio/) });
  const known = { language_detection: false, language_code: 'en' };
  expect(await transcribe(voice(2), known)).toMatchObject({ status: 'completed', text: '' });
  expect(stats().faults.emptyRate).toBe(2);
});

test('a fault strikes the upload, the order or the polls, as the seed says, and is counted once', async () => {
  const faults = { rate5xx: 1 };
  const { call, order, stats } = await start({ faults });
  /** @returns the request at which it goes wrong */
  const strikes = async (samples: Float32Array) => {
    const uploaded = await call('POST', 'upload', toWav(samples));
    if (uploaded.status >= 500) return 0;
    const ordered = await order(uploaded.json.upload_url);
    if (ordered.status >= 500) return 1;
    const poll = async () => (await call('GET', `transcript/${ordered.json.id}`)).status;
    await expect.poll(poll).toBeGreaterThanOrEqual(500);
    expect(await poll()).toBeGreaterThanOrEqual(500);
    return 2;
  };
  const met = new Set<number>();
  for (let number = 0; number < 12; number++) {
    const samples = voice(number, 0.3);
    const fate = fateOf({ seed: SEED, sha256: pcmSha256(samples), nth: 1 }, changed({ faults }), 0);
    expect(await strikes(samples)).toBe(fate.request(3));
    met.add(fate.request(3));
  }
  expect([...met].sort()).toEqual([0, 1, 2]);
  await expect.poll(() => stats()).toMatchObject({ calls: 12, inFlight: 0, faults: { rate5xx: 12 } });
});

test('a limit refuses an order, and not the upload before it', async () => {
  const { upload, order, stats } = await start({
    limit: { concurrent: 1 },
    latency: { kind: 'fixed', ms: 60_000 },
  });
  const audio = [await upload(toWav(voice(1))), await upload(toWav(voice(2)))];
  expect((await order(audio[0] ?? '')).status).toBe(200);
  expect(await order(audio[1] ?? '')).toMatchObject({ status: 429, retryAfter: '1' });
  await expect.poll(() => stats()).toMatchObject({ limited: 1, inFlight: 1, maxInFlight: 2 });
});

test('what nobody waits for any more is given up by its deletion', async () => {
  const { upload, order, call, stats } = await start({ latency: { kind: 'fixed', ms: 60_000 } });
  const { json } = await order(await upload(toWav(voice(1))));
  expect(stats().inFlight).toBe(1);
  await call('DELETE', `transcript/${json.id}`);
  await call('DELETE', `transcript/${json.id}`);
  expect(stats()).toMatchObject({ inFlight: 0, abandoned: 1, kept: 0 });
});
