/** `POST /v1/chat/completions` and `POST /v1/responses`, as OpenAI and the many that speak like it answer a JSON schema. */
import { z } from 'zod';
import { type Asking, type Question, Refusal, type Request } from './dialect.ts';
import { openAi } from './openai.ts';
import { type Schema, written } from './written.ts';

const Content = z.union([z.string(), z.array(z.object({ text: z.string() }))]);
const Message = z.object({ role: z.string(), content: Content });
const JsonSchema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);

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
    return question(request, messages, response_format.json_schema.schema, ({ text, tokens }) => ({
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
    return question(request, input, wanted.format.schema, ({ text, tokens }) => ({
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

function parsed<T>(schema: z.ZodType<T>, { body }: Request): T {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch (error) {
    const field = error instanceof z.ZodError ? error.issues[0]?.path.join('.') : 'body';
    throw new Refusal(400, 'invalid_request', `Invalid value: ${field}`, field);
  }
}

type Written = { text: string; tokens: { input: number; output: number } };

function question(
  { body }: Request,
  messages: readonly z.infer<typeof Message>[],
  schema: Schema,
  wrap: (answer: Written) => unknown,
): Question {
  const content = messages.at(-1)?.content ?? '';
  const material = typeof content === 'string' ? content : content.map(({ text }) => text).join('');
  const text = JSON.stringify(written(schema, material));
  const tokens = { input: Math.ceil(body.length / 4), output: Math.ceil(text.length / 4) };
  return {
    pcm: body,
    seconds: 1,
    tokens,
    // Without a word, when that is the fault dealt: a model that says nothing.
    answer: ({ parts }) => wrap(parts.length === 0 ? { text: '', tokens } : { text, tokens }),
  };
}
