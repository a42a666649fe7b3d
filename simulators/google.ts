/** Google's `POST /v1beta/models/{model}:generateContent`. The model is in the address, and the wait in the body of a 429. */
import { z } from 'zod';
import { type Asking, Refusal } from './dialect.ts';
import { JsonSchema, parsed, question, Text, textOf } from './prompt.ts';

const Content = z.object({ role: z.enum(['user', 'model']).optional(), parts: Text });

const GenerateContent = z.object({
  systemInstruction: Content.optional(),
  contents: z.array(Content).min(1),
  generationConfig: z.object({
    responseMimeType: z.literal('application/json'),
    responseJsonSchema: JsonSchema,
  }),
});

const STATUSES: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** What a limit for each minute is answered with too; that no credit is left sounds much the same. */
const OVER_QUOTA = 'You exceeded your current quota, please check your plan and billing details.';

export function generateContentAt(route: string): Asking | undefined {
  const [, model] = /^POST \/v1beta\/models\/([^/:]+):generateContent$/.exec(route) ?? [];
  return model === undefined ? undefined : generateContent(decodeURIComponent(model));
}

const refusal = ({ status, message }: Refusal, details: object[] = []) => ({
  error: {
    code: status,
    message: status === 429 ? OVER_QUOTA : message,
    status: STATUSES[status] ?? 'INVALID_ARGUMENT',
    ...(details.length > 0 ? { details } : {}),
  },
});

function generateContent(model: string): Asking {
  return {
    scheme: null,
    keyHeader: 'x-goog-api-key',
    wrongKey: new Refusal(400, 'invalid_api_key', 'API key not valid. Please pass a valid API key.'),

    async read(request) {
      if (!model.startsWith('gemini-'))
        throw new Refusal(404, 'not_found', `models/${model} is not found for API version v1beta`);
      const { contents, generationConfig } = parsed(GenerateContent, request);
      const material = textOf(contents.at(-1)?.parts ?? '');
      const asked = { material, schema: generationConfig.responseJsonSchema };
      return question(request, asked, ({ text, tokens }) => ({
        candidates: [
          {
            content: { role: 'model', ...(text === '' ? {} : { parts: [{ text }] }) },
            finishReason: 'STOP',
            index: 0,
          },
        ],
        usageMetadata: {
          promptTokenCount: tokens.input,
          candidatesTokenCount: tokens.output,
          totalTokenCount: tokens.input + tokens.output,
        },
        modelVersion: model,
        responseId: 'simulated',
      }));
    },

    refusal: (refused) =>
      refused.code === 'invalid_api_key'
        ? refusal(refused, [
            { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
          ])
        : refusal(refused),

    refusalFor: (refused, waitSeconds) =>
      refusal(refused, [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${waitSeconds}s` },
      ]),
  };
}
