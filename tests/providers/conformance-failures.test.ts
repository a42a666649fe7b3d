/** Every remote adapter: whatever goes wrong has a kind, and no message gives a secret away. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { spokenBy } from '../../simulators/spoken.ts';
import { ADAPTERS, KEY } from './adapters.ts';
import { failure, start, startScripted, textOf } from './conformance.ts';
import { patient, piece, voice } from './voices.ts';

describe.each(ADAPTERS)('$name', (adapter) => {
  const { create, model } = adapter;

  describe('fails by the kind of trouble', () => {
    test.each([
      [{ rate429: 1 }, 'rate_limited'],
      [{ rate5xx: 1 }, 'upstream'],
      [{ halfAnswerRate: 1 }, 'upstream'],
      [{ wrongJsonRate: 1 }, 'upstream'],
      [{ hangRate: 1 }, 'timeout'],
    ] as const)('%o is %s, in all its variants', async (faults, kind) => {
      const { providers, transcriber } = await start(
        adapter,
        { faults },
        kind === 'timeout' ? { deadlineMs: 700 } : {},
      );
      const errors = await Promise.all(
        Array.from({ length: 12 }, (_, number) => failure(transcriber, voice(number))),
      );
      for (const error of errors) {
        expect(error).toMatchObject({ name: 'ProviderError', code: kind });
      }
      expect(providers.stats()).toMatchObject({
        answered: 0,
        faults: { [Object.keys(faults)[0] ?? '']: 12 },
      });
    });

    test.each([
      ['seconds', { seconds: 7, form: 'seconds' }, 7000, 7000],
      ['a date', { seconds: 30, form: 'date' }, 28_000, 31_000],
    ] as const)('a 429 carries Retry-After in %s', async (_, retryAfter, least, most) => {
      const { transcriber } = await start(adapter, { faults: { rate429: 1 }, retryAfter });
      const error = (await failure(transcriber)) as { retryAfterMs: number };
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(least);
      expect(error.retryAfterMs).toBeLessThanOrEqual(most);
    });

    test('a 429 without Retry-After does not invent one', async () => {
      const { transcriber } = await start(adapter, { faults: { rate429: 1 }, retryAfter: { form: 'none' } });
      expect(await failure(transcriber)).toMatchObject({ code: 'rate_limited', retryAfterMs: undefined });
    });

    test('a refusal counts by its status, even when it breaks off', async () => {
      const { transcriber } = await startScripted(adapter, {
        status: 429,
        headers: { 'retry-after': '3' },
        body: { error: 'slow down' },
        cutAt: 5,
      });
      expect(await failure(transcriber)).toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 });
    });

    test('a wrong key is a matter of configuration, and stays a secret', async () => {
      const { transcriber } = await start(adapter, { apiKey: 'another' });
      const error = await failure(transcriber);
      expect(error).toMatchObject({ name: 'ProviderError', code: 'configuration' });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
    });

    test('a model that does not exist is a matter of configuration', async () => {
      const { transcriber } = await start(adapter, {}, { model: 'no-such-model' });
      expect(await failure(transcriber)).toMatchObject({ code: 'configuration' });
    });

    test('the right key and model are let in', async () => {
      const { transcriber } = await start(adapter, { apiKey: KEY });
      expect(transcriber.model).toBe(model);
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });

    test.each([
      [301, 'configuration'],
      [400, 'invalid_input'],
      [402, 'configuration'],
      [403, 'configuration'],
      [404, 'configuration'],
      [408, 'timeout'],
      [413, 'invalid_input'],
      [422, 'invalid_input'],
      [498, 'rate_limited'],
      [418, 'upstream'],
      [504, 'upstream'],
      [529, 'upstream'],
    ] as const)('%i is %s', async (status, kind) => {
      const { server, transcriber } = await startScripted(adapter, {
        status,
        headers: { location: '/elsewhere' },
        body: 'no',
      });
      expect(await failure(transcriber)).toMatchObject({ name: 'ProviderError', code: kind });
      expect(server.asked.length).toBe(1);
    });

    test.each([
      ['nothing at all', ''],
      ['null', 'null'],
      ['a list', '[]'],
      ['a text that is none', { text: 7, results: { channels: [{ alternatives: [{ transcript: 7 }] }] } }],
      ['no channel', { results: { channels: [], utterances: [] } }],
      ['an error with status 200', { error: { message: 'overloaded' } }],
      ['megabytes of blanks', ' '.repeat(9 * 1024 * 1024)],
    ])('200 with %s is upstream', async (_, body) => {
      const { transcriber } = await startScripted(adapter, { body });
      expect(await failure(transcriber)).toMatchObject({ code: 'upstream' });
    });
  });

  describe('secrets', () => {
    test('are in no error, even when the provider repeats them, and not in the transcriber', async () => {
      const { server, transcriber } = await startScripted(
        adapter,
        ...[400, 401, 403, 404, 429, 500].map((status) => ({
          status,
          body: { error: { message: `Bearer ${KEY} and Token ${KEY}` }, err_msg: KEY },
        })),
      );
      for (let asked = 0; asked < 6; asked++) {
        expect(inspect(await failure(transcriber), { depth: 10, showHidden: true })).not.toContain(KEY);
      }
      expect(inspect(transcriber, { depth: 10, showHidden: true })).not.toContain(KEY);
      expect(server.asked[0]?.headers.authorization).toContain(KEY);
    });

    test.each([
      ['a key with a line break in it', { apiKey: `${KEY}\nx` }, {}],
      ['a password in the address', {}, { url: `http://me:${KEY}@host`, openAiUrl: `http://me:${KEY}@host` }],
      ['an address that is none', {}, { url: `${KEY}://x`, openAiUrl: KEY }],
      ['a deadline that is none', { deadlineMs: 0 }, {}],
      ['no concurrency', { concurrency: Number.NaN }, {}],
    ])('%s is refused at once, without repeating it', (_, settings, at) => {
      const address = { url: 'http://127.0.0.1:1', openAiUrl: 'http://127.0.0.1:1/v1', ...at };
      try {
        create(address, settings);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProviderError', code: 'configuration' });
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
      }
    });

    test('a key copied with its line break works', async () => {
      const { transcriber } = await start(adapter, { apiKey: KEY }, { apiKey: ` ${KEY}\n` });
      const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
      expect(textOf(answer)).toBe(spokenBy(voice(1)));
    });
  });
});
