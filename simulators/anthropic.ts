/** Anthropic's `POST /v1/messages`: the answer as text that fits a schema, or as the use of a tool that takes one. */
import { z } from 'zod';
import { type Asking, Refusal } from './dialect.ts';
import { JsonSchema, parsed, question, Text, textOf } from './prompt.ts';

const Message = z.object({ role: z.enum(['user', 'assistant']), content: Text });

const Messages = z.object({
  model: z.string(),
  max_tokens: z.int().min(1),
  system: Text.optional(),
  messages: z.array(Message).min(1),
  output_config: z
    .object({ format: z.object({ type: z.literal('json_schema'), schema: JsonSchema }) })
    .optional(),
  tools: z
    .array(z.object({ name: z.string(), input_schema: JsonSchema }))
    .length(1)
    .optional(),
});

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

export const messages: Asking = {
  scheme: null,
  keyHeader: 'x-api-key',
  busy: 529,

  async read(request) {
    if (request.headers['anthropic-version'] === undefined)
      throw new Refusal(400, 'invalid_request', 'anthropic-version: header is required');
    const { model, messages: said, output_config, tools = [] } = parsed(Messages, request);
    if (!model.startsWith('claude-')) throw new Refusal(404, 'not_found', `model: ${model}`);
    const [tool] = tools;
    const schema = output_config?.format.schema ?? tool?.input_schema;
    if (!schema) throw new Refusal(400, 'invalid_request', 'output_config: Field required');
    const material = textOf(said.at(-1)?.content ?? '');
    return question(request, { material, schema }, ({ text, tokens }) => ({
      id: 'msg_simulated',
      type: 'message',
      role: 'assistant',
      model,
      content: contentOf(text, output_config ? undefined : tool?.name),
      stop_reason: output_config || text === '' ? 'end_turn' : 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: tokens.input, output_tokens: tokens.output },
    }));
  },

  refusal: ({ status, message }) => ({
    type: 'error',
    error: { type: TYPES[status] ?? 'invalid_request_error', message },
    request_id: 'req_simulated',
  }),
};

function contentOf(text: string, tool: string | undefined): unknown[] {
  if (text === '') return [];
  if (tool === undefined) return [{ type: 'text', text }];
  return [{ type: 'tool_use', id: 'toolu_simulated', name: tool, input: JSON.parse(text) }];
}
