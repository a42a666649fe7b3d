/** A status means the same whether a transcriber, a detector or a language model answered with it. */
import { APICallError } from 'ai';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../src/meaning/language-model/failure.ts';
import { endpointOf } from '../../src/providers/http/endpoint.ts';
import { refusal } from '../../src/providers/http/refusal.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import { canHeal } from '../../src/providers/retry.ts';

const endpoint = endpointOf('https://stt.example/v1', '/audio/transcriptions', { scheme: null, apiKey: 'k' });

const fromSpeech = (status: number, said: string) =>
  refusal({ status, headers: new Headers(), body: JSON.stringify({ error: { message: said } }) }, endpoint);
const fromModel = (status: number, said: string) =>
  failureOf(
    new APICallError({
      message: said,
      url: 'https://model.example',
      requestBodyValues: {},
      statusCode: status,
      responseBody: JSON.stringify({ error: { message: said } }),
    }),
    'a model',
    (text) => text,
  );

const STATUSES = [
  301,
  307,
  ...Array.from({ length: 52 }, (_, at) => 400 + at),
  498,
  499,
  500,
  501,
  502,
  503,
  504,
  520,
  529,
  599,
];

describe('both sides read', () => {
  test.each([
    ['nothing', ''],
    ['a full account', 'insufficient_quota'],
    [
      'a call to look at the plan, as Google makes for a minute',
      'You exceeded your current quota, please check your plan and billing details.',
    ],
    ['a setting', 'no such model'],
  ])('every status alike, with %s', (_, said) => {
    for (const status of STATUSES)
      expect([status, fromModel(status, said).code]).toEqual([status, fromSpeech(status, said).code]);
  });

  test.each([
    [409, '', 'upstream'],
    [415, '', 'invalid_input'],
    [418, '', 'upstream'],
    [498, '', 'rate_limited'],
    [429, 'You exceeded your current quota, please check your plan and billing details.', 'rate_limited'],
    [429, 'insufficient_quota', 'configuration'],
    [400, 'Unsupported parameter', 'configuration'],
  ] as const)('%i with %j as %s', (status, said, code) => {
    expect(fromSpeech(status, said).code).toBe(code);
    expect(fromModel(status, said).code).toBe(code);
  });
});

test('what waiting heals is a late answer, a limit and an outage', () => {
  const healing = (['timeout', 'rate_limited', 'upstream', 'configuration', 'invalid_input'] as const).filter(
    (code) => canHeal(new ProviderError(code, 'x')),
  );
  expect(healing).toEqual(['timeout', 'rate_limited', 'upstream']);
  expect(canHeal(new Error('a bug'))).toBe(false);
});
