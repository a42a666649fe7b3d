/** `POST /v1/chat/completions` and `POST /v1/responses`, as OpenAI and the many that speak like it answer a JSON schema. */
import { z } from 'zod';
import { type Asking, Refusal } from './dialect.ts';
import { openAi } from './openai.ts';
import { JsonSchema, parsed, question, Text, textOf } from './prompt.ts';

const Message = z.object({ role: z.string(), content: Text });

const Chat = z.object({
  model: z.string(),
  messages: z.array(Message).min(1),
  response_format: z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: JsonSchema }),
  }),
});

const Responses = z.object({
  model: z.string(),
  input: z.array(Message).min(1),
  text: z.object({
    format: z.object({ type: z.literal('json_schema'), name: z.string(), schema: JsonSchema }),
  }),
});

export const chatCompletions: Asking = {
  ...openAi,
  async read(request) {
    const { model, messages, response_format } = parsed(Chat, request);
    requireModel(model);
    const asked = { material: lastOf(messages), schema: response_format.json_schema.schema };
    return question(request, asked, ({ text, tokens }) => ({
      id: 'chatcmpl-simulated',
      object: 'chat.completion',
      created: 0,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: tokens.input,
        completion_tokens: tokens.output,
        total_tokens: tokens.input + tokens.output,
      },
    }));
  },
};

export const responses: Asking = {
  ...openAi,
  async read(request) {
    const { model, input, text: wanted } = parsed(Responses, request);
    requireModel(model);
    const asked = { material: lastOf(input), schema: wanted.format.schema };
    return question(request, asked, ({ text, tokens }) => ({
      id: 'resp_simulated',
      object: 'response',
      created_at: 0,
      status: 'completed',
      model,
      output: [
        {
          type: 'message',
          id: 'msg_simulated',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        total_tokens: tokens.input + tokens.output,
      },
    }));
  },
};

function lastOf(messages: readonly z.infer<typeof Message>[]): string {
  return textOf(messages.at(-1)?.content ?? '');
}

/** Servers next door have models of all names: only one is known not to be there. */
function requireModel(model: string): void {
  if (model === 'no-such-model')
    throw new Refusal(404, 'model_not_found', `The model '${model}' does not exist`, 'model');
}
