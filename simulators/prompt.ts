/** What the formats of all language models have in common: a request with words and a schema, an answer with tokens. */
import { z } from 'zod';
import { type Question, Refusal, type Request } from './dialect.ts';
import { type Schema, written } from './written.ts';

/** As a text, or in parts. */
export const Text = z.union([z.string(), z.array(z.object({ text: z.string() }))]);
export const JsonSchema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);

export interface Written {
  /** JSON, or nothing at all. */
  text: string;
  tokens: { input: number; output: number };
}

/** @throws Refusal that names the first field that does not fit */
export function parsed<T>(schema: z.ZodType<T>, { body }: Request): T {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch (error) {
    const field = error instanceof z.ZodError ? error.issues[0]?.path.join('.') : 'body';
    throw new Refusal(400, 'invalid_request', `Invalid value: ${field}`, field);
  }
}

export function textOf(content: z.infer<typeof Text>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

export function question(
  { body }: Request,
  { material, schema }: { material: string; schema: Schema },
  wrap: (answer: Written) => unknown,
): Question {
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
