/** The names under which a language model is reached, each with its own format on the wire. */
import { messages } from '../../simulators/anthropic.ts';
import { chatCompletions, responses } from '../../simulators/chat.ts';
import { type Dialect, Refusal } from '../../simulators/dialect.ts';
import { generateContentAt } from '../../simulators/google.ts';
import type { Line } from '../providers/scripted.ts';

export const KEY = 'sk-afterword-5d21b8c0';

/** How a model ends: as it wanted to, at its longest, or because it will not. */
export type Ending = 'done' | 'length' | 'refused';

export interface Adapter {
  /** What comes before the colon of AFTERWORD_LANGUAGE_MODEL. */
  name: string;
  model: string;
  dialect: Dialect;
  /** What AFTERWORD_LANGUAGE_MODEL_URL is for a server at this address. */
  baseOf: (url: string) => string;
  path: string;
  keyHeader: string;
  askedIn: (body: string) => { system: string; material: string; schema: Record<string, unknown> };
  answer: (text: string, ending: Ending) => unknown;
  /** Says that the account has nothing left. */
  broke: Line;
}

const OPENAI_QUOTA = {
  message: 'You exceeded your current quota, please check your plan and billing details.',
  type: 'insufficient_quota',
  param: null,
  code: 'insufficient_quota',
};

const google = generateContentAt('POST /v1beta/models/gemini-2.5-flash:generateContent');
if (!google) throw new Error('the simulated Google does not know its own address');

/** Everything that a language model has to do is asked of each of these. */
export const ADAPTERS: readonly Adapter[] = [
  {
    name: 'openai',
    model: 'gpt-5-mini',
    dialect: responses,
    baseOf: (url) => `${url}/v1`,
    path: '/v1/responses',
    keyHeader: 'authorization',
    askedIn: (body) => {
      const { input, text } = JSON.parse(body);
      return { system: input[0].content, material: input[1].content[0].text, schema: text.format.schema };
    },
    answer: (text, ending) => ({
      id: 'r',
      created_at: 0,
      model: 'm',
      status: ending === 'done' ? 'completed' : 'incomplete',
      incomplete_details:
        ending === 'done' ? null : { reason: ending === 'length' ? 'max_output_tokens' : 'content_filter' },
      output: [
        {
          type: 'message',
          id: 'm',
          role: 'assistant',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: { input_tokens: 100, output_tokens: 10 },
    }),
    broke: { status: 429, body: { error: OPENAI_QUOTA } },
  },
  {
    name: 'openai-compatible',
    model: 'llama3:8b',
    dialect: chatCompletions,
    baseOf: (url) => `${url}/v1`,
    path: '/v1/chat/completions',
    keyHeader: 'authorization',
    askedIn: (body) => {
      const { messages: said, response_format } = JSON.parse(body);
      return {
        system: said[0].content,
        material: said[1].content,
        schema: response_format.json_schema.schema,
      };
    },
    answer: (content, ending) => ({
      id: 'c',
      created: 0,
      model: 'm',
      choices: [
        {
          index: 0,
          finish_reason: { done: 'stop', length: 'length', refused: 'content_filter' }[ending],
          message: { role: 'assistant', content },
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    }),
    broke: { status: 402, body: { error: { message: 'Insufficient credits.', code: 402 } } },
  },
  {
    name: 'anthropic',
    model: 'claude-sonnet-4-5',
    dialect: messages,
    baseOf: (url) => `${url}/v1`,
    path: '/v1/messages',
    keyHeader: 'x-api-key',
    askedIn: (body) => {
      const { system, messages: said, output_config } = JSON.parse(body);
      return {
        system: system[0].text,
        material: said[0].content[0].text,
        schema: output_config.format.schema,
      };
    },
    answer: (text, ending) => ({
      type: 'message',
      id: 'm',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text }],
      stop_reason: { done: 'end_turn', length: 'max_tokens', refused: 'refusal' }[ending],
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 10 },
    }),
    broke: {
      status: 400,
      body: messages.refusal(
        new Refusal(400, 'billing', 'Your credit balance is too low to access the Anthropic API.'),
      ),
    },
  },
  {
    name: 'google',
    model: 'gemini-2.5-flash',
    dialect: google,
    baseOf: (url) => `${url}/v1beta`,
    path: '/v1beta/models/gemini-2.5-flash:generateContent',
    keyHeader: 'x-goog-api-key',
    askedIn: (body) => {
      const { systemInstruction, contents, generationConfig } = JSON.parse(body);
      return {
        system: systemInstruction.parts[0].text,
        material: contents[0].parts[0].text,
        schema: generationConfig.responseJsonSchema,
      };
    },
    answer: (text, ending) => ({
      candidates: [
        {
          content: { role: 'model', parts: [{ text }] },
          finishReason: { done: 'STOP', length: 'MAX_TOKENS', refused: 'SAFETY' }[ending],
        },
      ],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
    }),
    broke: {
      status: 429,
      body: {
        error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted.' },
      },
    },
  },
];

export const nameOf = ({ name, model }: Adapter, another = model): string => `${name}:${another}`;

/** A line in which a model writes this. */
export function says({ answer }: Adapter, writes: unknown, ending: Ending = 'done'): Line {
  return { body: answer(typeof writes === 'string' ? writes : JSON.stringify(writes), ending) };
}

/** A refusal in the provider's own words. */
export function refuses({ dialect }: Adapter, status: number, message: string, code = 'invalid'): Line {
  return { status, body: dialect.refusal(new Refusal(status, code, message)) };
}
