import { afterEach, expect } from 'vitest';
import { type Providers, type ProvidersOptions, startProviders } from '../../simulators/providers.ts';
import type { AfterwordError } from '../../src/errors.ts';
import {
  createLanguageModelUnderstander,
  type LanguageModelOptions,
} from '../../src/meaning/language-model/understander.ts';
import type { Understander } from '../../src/meaning/understanding.ts';
import { type Line, type Scripted, scripted } from '../providers/scripted.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Waits so little between tries that a test can watch them. */
export const brisk = { calls: 3, waitMs: 10, longestWaitMs: 2000 };

export async function understanderAt(
  openAiUrl: string,
  options: Partial<LanguageModelOptions> = {},
): Promise<Understander> {
  const understander = await createLanguageModelUnderstander({
    name: 'openai-compatible:simulated',
    url: openAiUrl,
    callDeadlineMs: 5000,
    deadlineMs: 20_000,
    retry: brisk,
    ...options,
  });
  open.push(understander);
  return understander;
}

export async function simulated(
  behaviour: Partial<ProvidersOptions> = {},
  options: Partial<LanguageModelOptions> = {},
): Promise<{ providers: Providers; understander: Understander }> {
  const providers = await startProviders({ seed: 1, ...behaviour });
  open.push(providers);
  return { providers, understander: await understanderAt(providers.openAiUrl, options) };
}

/** A model that writes whatever it likes, the same to every question. */
export async function model(
  writes: unknown,
  options: Partial<LanguageModelOptions> = {},
): Promise<{ server: Scripted; understander: Understander }> {
  return await answering([{ body: completion(writes) }], options);
}

export async function answering(
  lines: Line[],
  options: Partial<LanguageModelOptions> = {},
): Promise<{ server: Scripted; understander: Understander }> {
  const server = await scripted(...lines);
  open.push(server);
  return { server, understander: await understanderAt(server.openAiUrl, options) };
}

export const completion = (writes: unknown, finish_reason = 'stop') => ({
  id: 'c',
  created: 0,
  model: 'm',
  choices: [
    {
      index: 0,
      finish_reason,
      message: { role: 'assistant', content: typeof writes === 'string' ? writes : JSON.stringify(writes) },
    },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
});

/** Fits all three questions. */
export const anAnswer = {
  title: 'The kitchen',
  overview: 'They spoke about the kitchen.',
  emoji: '🍳',
  category: 'personal',
  keyPoints: [],
  sections: [],
  events: [],
  actionItems: [],
  folder: 'personal',
  confidence: 0.9,
};

export interface Asked {
  task: string;
  system: string;
  material: string;
}

export const askedOf = ({ asked }: Scripted): Asked[] =>
  asked.map(({ body }) => {
    const { messages, response_format } = JSON.parse(body.toString());
    return {
      task: response_format.json_schema.name,
      system: messages[0].content,
      material: messages[1].content,
    };
  });

export const patient = (): AbortSignal => new AbortController().signal;

/** Of work that must not come to an end. */
export async function failure(work: Promise<unknown>): Promise<AfterwordError> {
  return await work.then(
    () => expect.unreachable('it should have failed'),
    (error: AfterwordError) => error,
  );
}
