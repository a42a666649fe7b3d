import { describe, expect, test } from 'vitest';
import { endpointOf } from '../../src/providers/http/endpoint.ts';
import { refusal } from '../../src/providers/http/refusal.ts';
import { retryAfterMsOf } from '../../src/providers/http/retry-after.ts';

const endpoint = endpointOf('https://stt.example/v1?tier=secret', '/audio/transcriptions', {
  scheme: 'Bearer',
  apiKey: 'sk-1',
});
const refused = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  refusal({ status, headers: new Headers(headers), body: JSON.stringify(body) }, endpoint);

describe('what a refusal means', () => {
  test.each([
    [
      'OpenAI, audio',
      400,
      { error: { message: 'Audio file is too short.', param: 'file', code: 'audio_too_short' } },
      'invalid_input',
    ],
    [
      'OpenAI, format of the file',
      400,
      { error: { message: 'Unrecognized file format.', param: 'file', code: null } },
      'invalid_input',
    ],
    [
      'OpenAI, language',
      400,
      { error: { message: "Invalid language 'xx'.", param: 'language', code: 'invalid_language' } },
      'configuration',
    ],
    [
      'Deepgram, audio',
      400,
      {
        err_code: 'Bad Request',
        err_msg: 'Bad Request: failed to process audio: corrupt or unsupported data',
      },
      'invalid_input',
    ],
    [
      'Deepgram, model',
      400,
      { err_code: 'Bad Request', err_msg: 'Bad Request: No such model/language/tier combination found.' },
      'configuration',
    ],
    [
      'AssemblyAI, no credit',
      400,
      { error: 'Your current account balance is negative. Please top up to continue using the API.' },
      'configuration',
    ],
    [
      'FastAPI, model',
      422,
      { detail: [{ loc: ['body', 'model'], msg: 'Field required', type: 'missing' }] },
      'configuration',
    ],
    ['FastAPI, in words', 404, { detail: "Model 'x' is not installed locally." }, 'configuration'],
    [
      'OpenAI, busy',
      429,
      { error: { message: 'Rate limit reached.', code: 'rate_limit_exceeded' } },
      'rate_limited',
    ],
    // Waiting does not fill an account.
    [
      'OpenAI, no credit',
      429,
      { error: { message: 'You exceeded your current quota.', code: 'insufficient_quota' } },
      'configuration',
    ],
  ])('%s', (_, status, body, kind) => {
    expect(refused(status, body)).toMatchObject({ name: 'ProviderError', code: kind });
  });

  test('the message says who refused and of what it speaks, without the query and without its own words', () => {
    const said = { error: { message: "Invalid language:\n 'she said hello'", code: 'invalid_language' } };
    expect(refused(500, said).message).toBe(
      'stt.example/v1/audio/transcriptions answered 500: it speaks of invalid, language',
    );
    expect(refused(500, { error: { message: 'she said hello' } }).message).toBe(
      'stt.example/v1/audio/transcriptions answered 500',
    );
    expect(refused(500, { message: 'x'.repeat(5000) }).message.length).toBeLessThan(300);
    expect(refused(502, 'html').message).toBe('stt.example/v1/audio/transcriptions answered 502');
  });

  test.each([429, 503])('a %i carries how long to wait', (status) => {
    expect(refused(status, {}, { 'retry-after': '12' }).retryAfterMs).toBe(12_000);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 24, 12, 0, 0);
  test.each([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '120' }, 120_000],
    ['no wait', { 'retry-after': '0' }, 0],
    ['parts of a second', { 'retry-after': '0.25' }, 250],
    ['milliseconds first', { 'retry-after': '120', 'retry-after-ms': '1500' }, 1500],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 12:01:30 GMT' }, 90_000],
    ['a date gone by', { 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [
      'a date by another clock',
      { 'retry-after': 'Tue, 24 Nov 2026 09:00:10 GMT', date: 'Tue, 24 Nov 2026 09:00:00 GMT' },
      10_000,
    ],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    ['a blank', { 'retry-after': ' ' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMsOf(new Headers(Object.entries(headers)), now)).toBe(expected);
  });
});
