import { expect, test } from 'vitest';
import { anAnswer, answering, patient } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

/** Anthropic and Google in their own formats, by what their servers answer. */
const talk = conversation(spoken(['We plan the kitchen.']));

test('Anthropic', async () => {
  const body = {
    type: 'message',
    id: 'msg',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: JSON.stringify(anAnswer) }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 90, output_tokens: 9 },
  };
  const { server, understander } = await answering([{ body }], {
    name: 'anthropic:claude-sonnet-4-5',
    key: 'sk-ant',
  });
  const result = await understander.understand(talk, { signal: patient() });
  expect(result).toMatchObject({
    title: 'The kitchen',
    usage: { calls: 3, inputTokens: 270, outputTokens: 27 },
    madeBy: { model: 'anthropic:claude-sonnet-4-5' },
  });
  expect(server.asked[0]).toMatchObject({ url: '/v1/messages', headers: { 'x-api-key': 'sk-ant' } });
  expect(server.asked[0]?.body.toString()).toContain('additionalProperties');
});

test('Anthropic, overloaded: tried again', async () => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const { server, understander } = await answering([{ status: 529, body: overloaded }], {
    name: 'anthropic:claude-sonnet-4-5',
    key: 'sk-ant',
  });
  await expect(understander.understand(talk, { signal: patient() })).rejects.toMatchObject({
    code: 'upstream',
  });
  expect(server.asked.length).toBeGreaterThanOrEqual(3);
});

test('Google', async () => {
  const body = {
    candidates: [
      { content: { role: 'model', parts: [{ text: JSON.stringify(anAnswer) }] }, finishReason: 'STOP' },
    ],
    usageMetadata: { promptTokenCount: 80, candidatesTokenCount: 8, totalTokenCount: 88 },
  };
  const { server, understander } = await answering([{ body }], {
    name: 'google:gemini-2.5-flash',
    key: 'g-key',
  });
  const result = await understander.understand(talk, { signal: patient() });
  expect(result).toMatchObject({
    title: 'The kitchen',
    usage: { calls: 3, inputTokens: 240, outputTokens: 24 },
  });
  expect(server.asked[0]?.url).toBe('/v1/models/gemini-2.5-flash:generateContent');
  expect(server.asked[0]?.headers['x-goog-api-key']).toBe('g-key');
  expect(server.asked[0]?.body.toString()).toContain('responseJsonSchema');
});
