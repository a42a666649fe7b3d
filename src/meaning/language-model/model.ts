import type { LanguageModel } from 'ai';
import { AfterwordError } from '../../errors.ts';

export interface ModelOptions {
  /** `provider:model`; the model's own name may hold colons, as Ollama's do. */
  name: string;
  url?: string | undefined;
  key?: string | undefined;
}

export interface ChosenModel {
  name: string;
  model: LanguageModel;
  /** What it can read at once when nobody says; of unknown servers, what the smallest ones take. */
  contextTokens: number;
  redact(text: string): string;
}

/** Far below what the large ones take: beyond it they overlook things, and the parts are read in parallel. */
const LARGE_CONTEXT = 64_000;
const SMALL_CONTEXT = 8_192;

/** A hundred times the longest answer that is asked for. More is no answer, and must not fill the memory. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Loads the package of that provider, and of no other. */
export async function chooseModel({ name, url, key: givenKey }: ModelOptions): Promise<ChosenModel> {
  const [, provider = '', id = ''] = /^([^:]+):(.+)$/s.exec(name) ?? [];
  const key = validKey(givenKey);
  const baseURL = validUrl(url);
  const chosen = {
    name,
    contextTokens: LARGE_CONTEXT,
    redact: (text: string) => (key ? text.replaceAll(key, '[key]') : text),
  };
  switch (provider) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return {
        ...chosen,
        model: createOpenAI({ apiKey: required(key), fetch: boundedFetch, ...address(baseURL) })(id),
      };
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return {
        ...chosen,
        model: createAnthropic({ apiKey: required(key), fetch: boundedFetch, ...address(baseURL) })(id),
      };
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      const google = createGoogleGenerativeAI({
        apiKey: required(key),
        fetch: boundedFetch,
        ...address(baseURL),
      });
      return { ...chosen, model: google(id) };
    }
    case 'openai-compatible': {
      if (baseURL === undefined) throw unusable('openai-compatible needs AFTERWORD_LANGUAGE_MODEL_URL');
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const compatible = createOpenAICompatible({
        name: 'openai-compatible',
        baseURL,
        fetch: boundedFetch,
        supportsStructuredOutputs: true,
        ...(key ? { apiKey: key } : {}),
      });
      return { ...chosen, contextTokens: SMALL_CONTEXT, model: compatible(id) };
    }
    default:
      throw unusable(
        'AFTERWORD_LANGUAGE_MODEL is provider:model, with openai, anthropic, google or openai-compatible',
      );
  }
}

/** `fetch`, whose answer breaks off when it is longer than any that was wanted. */
async function boundedFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  if (!response.body) return response;
  let bytes = 0;
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) controller.error(new Error(`it answered more than ${MOST_BYTES} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(bounded), { status, statusText, headers });
}

function address(baseURL: string | undefined): { baseURL?: string } {
  return baseURL === undefined ? {} : { baseURL };
}

/** Checked at the start and without repeating it: `fetch` would quote a key with a stray line break in its error. */
function validKey(given: string | undefined): string | undefined {
  const key = given?.trim() || undefined;
  if (key && !/^[\x21-\x7e]+$/.test(key)) {
    throw unusable('AFTERWORD_LANGUAGE_MODEL_KEY has characters no key can have');
  }
  return key;
}

function validUrl(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw unusable('AFTERWORD_LANGUAGE_MODEL_URL is not an http(s) address without a password');
  }
  return given;
}

/** Without this the libraries would take a key from variables of their own. */
function required(key: string | undefined): string {
  if (key === undefined) throw unusable('this AFTERWORD_LANGUAGE_MODEL needs AFTERWORD_LANGUAGE_MODEL_KEY');
  return key;
}

function unusable(message: string): AfterwordError {
  return new AfterwordError('configuration', message);
}
