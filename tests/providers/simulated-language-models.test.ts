/** What the simulated Anthropic and Google ask for and answer, by the letter of their formats. */
import { afterEach, describe, expect, test } from 'vitest';
import type { BehaviourChange, Faults } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';

const KEY = 'k';
const MATERIAL = '<transcript>\n{"id":"s1","text":"I need to buy milk."}\n</transcript>';
const SCHEMA = {
  type: 'object',
  properties: { title: { type: 'string' }, segmentId: { type: ['string', 'null'] } },
};
const WRITTEN = { title: 'I need to buy milk.', segmentId: 's1' };

let providers: Providers | undefined;
afterEach(async () => {
  await providers?.close();
  providers = undefined;
});
const start = async (behaviour: BehaviourChange = {}) => {
  providers = await startProviders({
    seed: 1,
    apiKey: KEY,
    latency: { kind: 'fixed', ms: 1 },
    ...behaviour,
  });
  return providers;
};

interface Message {
  content: unknown;
  stop_reason: string;
  usage: { input_tokens: number; output_tokens: number };
}

interface Content {
  candidates: unknown;
  usageMetadata: { promptTokenCount: number; candidatesTokenCount: number };
  error: { message: string };
}

interface Asked {
  model?: string;
  key?: string;
  body?: object;
  headers?: Record<string, string>;
}

const post = (url: string, headers: Record<string, string>, body: unknown) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const anthropic = (
  { url }: Providers,
  { model = 'claude-sonnet-4-5', key = KEY, body, headers }: Asked = {},
) =>
  post(`${url}/v1/messages`, headers ?? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }, {
    model,
    max_tokens: 1000,
    system: [{ type: 'text', text: 'Read it.' }],
    messages: [{ role: 'user', content: [{ type: 'text', text: MATERIAL }] }],
    ...(body ?? { output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
  });

const google = ({ url }: Providers, { model = 'gemini-2.5-flash', key = KEY, body, headers }: Asked = {}) =>
  post(`${url}/v1beta/models/${model}:generateContent`, headers ?? { 'x-goog-api-key': key }, {
    systemInstruction: { parts: [{ text: 'Read it.' }] },
    contents: [{ role: 'user', parts: [{ text: MATERIAL }] }],
    ...(body ?? { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA } }),
  });

describe('Anthropic', () => {
  test('writes text that fits the schema, and bills the tokens it tells', async () => {
    const on = await start();
    const reply = await anthropic(on);
    expect(reply.status).toBe(200);
    const { content, usage, ...rest } = (await reply.json()) as Message;
    expect(rest).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(WRITTEN) }]);
    expect(on.stats()).toMatchObject({
      answered: 1,
      billed: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, audioMs: 0 },
    });
    expect(usage.input_tokens).toBeGreaterThan(50);
    expect(usage.output_tokens).toBeGreaterThan(5);
  });

  test('uses the one tool that it is given, where the schema is the tool', async () => {
    const tools = [{ name: 'json', description: 'Respond.', input_schema: SCHEMA }];
    const reply = await anthropic(await start(), { body: { tools, tool_choice: { type: 'any' } } });
    const { content, stop_reason } = (await reply.json()) as Message;
    expect(stop_reason).toBe('tool_use');
    expect(content).toEqual([{ type: 'tool_use', id: expect.any(String), name: 'json', input: WRITTEN }]);
  });

  test.each<[number, string, Asked]>([
    [401, 'authentication_error', { key: 'other' }],
    [401, 'authentication_error', { headers: { authorization: `Bearer ${KEY}` } }],
    [400, 'invalid_request_error', { headers: { 'x-api-key': KEY } }],
    [400, 'invalid_request_error', { body: {} }],
    [400, 'invalid_request_error', { body: { max_tokens: 0 } }],
    [404, 'not_found_error', { model: 'no-such-model' }],
  ])('refuses with %i %s: %o', async (status, type, asked) => {
    const on = await start();
    const reply = await anthropic(on, asked);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ type: 'error', error: { type, message: expect.any(String) } });
    expect(on.stats()).toMatchObject({ refused: 1, answered: 0 });
  });

  test('says how long to wait in a header, and by a status of its own that it is overloaded', async () => {
    const on = await start({ faults: { rate429: 1 }, retryAfter: { seconds: 7 } });
    const reply = await anthropic(on);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await reply.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
    on.behave({ faults: { rate429: 0, rate5xx: 1 } });
    const statuses = new Set<number>();
    for (let nth = 0; nth < 20; nth++) statuses.add((await anthropic(on)).status);
    expect([...statuses].toSorted()).toEqual([500, 502, 529]);
  });
});

describe('Google', () => {
  test('writes text that fits the schema, and bills the tokens it tells', async () => {
    const on = await start();
    const reply = await google(on);
    expect(reply.status).toBe(200);
    const { candidates, usageMetadata } = (await reply.json()) as Content;
    expect(candidates).toMatchObject([
      { content: { role: 'model', parts: [{ text: JSON.stringify(WRITTEN) }] }, finishReason: 'STOP' },
    ]);
    const { promptTokenCount: inputTokens, candidatesTokenCount: outputTokens } = usageMetadata;
    expect(on.stats()).toMatchObject({ answered: 1, billed: { inputTokens, outputTokens, audioMs: 0 } });
    expect(inputTokens).toBeGreaterThan(50);
    expect(outputTokens).toBeGreaterThan(5);
  });

  test.each<[number, string, Asked]>([
    // Not 401: it takes a wrong key for a wrong argument.
    [400, 'INVALID_ARGUMENT', { key: 'other' }],
    [400, 'INVALID_ARGUMENT', { headers: { authorization: `Bearer ${KEY}` } }],
    [400, 'INVALID_ARGUMENT', { body: {} }],
    [404, 'NOT_FOUND', { model: 'no-such-model' }],
  ])('refuses with %i %s: %o', async (code, status, asked) => {
    const on = await start();
    const reply = await google(on, asked);
    expect(reply.status).toBe(code);
    expect(await reply.json()).toMatchObject({ error: { code, status, message: expect.any(String) } });
    expect(on.stats()).toMatchObject({ refused: 1, answered: 0 });
  });

  test('says how long to wait in the body, and speaks of billing to whom has only been too fast', async () => {
    const on = await start({ faults: { rate429: 1 }, retryAfter: { seconds: 7 } });
    const reply = await google(on);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, null]);
    const { error } = (await reply.json()) as Content;
    expect(error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '7s' }] });
    expect(error.message).toContain('billing');
    on.behave({ retryAfter: { form: 'none' } });
    expect((await (await google(on)).json()) as Content).not.toHaveProperty('error.details');
  });
});

describe.each([
  ['Anthropic', anthropic],
  ['Google', google],
])('%s meets', (_, ask) => {
  const meeting = async (fault: keyof Faults) => {
    const on = await start({ faults: { [fault]: 1 } });
    return { on, asked: ask(on) };
  };

  test('an answer that breaks off', async () => {
    const { on, asked } = await meeting('halfAnswerRate');
    await expect(asked.then((reply) => reply.text())).rejects.toThrow();
    expect(on.stats()).toMatchObject({ answered: 0, faults: { halfAnswerRate: 1 } });
  });

  test('an answer that never ends, until it gives up', async () => {
    const { on, asked } = await meeting('hangRate');
    const failed = expect(asked.then((reply) => reply.text())).rejects.toThrow();
    await expect.poll(() => on.stats().faults.hangRate).toBe(1);
    await on.close();
    await failed;
  });

  test('an answer without a word', async () => {
    const { on, asked } = await meeting('emptyRate');
    const reply = await asked;
    expect(reply.status).toBe(200);
    expect(await reply.text()).not.toContain('milk');
    expect(on.stats()).toMatchObject({ answered: 1, faults: { emptyRate: 1 } });
  });

  test('an answer in a format that is none of its own', async () => {
    const { on, asked } = await meeting('wrongJsonRate');
    const reply = await asked;
    expect(reply.status).toBe(200);
    await reply.text();
    expect(on.stats()).toMatchObject({ answered: 0, faults: { wrongJsonRate: 1 } });
  });
});
