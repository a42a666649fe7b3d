import type { components } from './schema.ts';

type Problem = components['schemas']['Problem'];

/** A refusal of the server, as problem details (RFC 9457). `code` stands in the table of docs/errors.md. */
export class AfterwordProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What the person can do about it. */
  readonly remedy: string;
  /** From `Retry-After`, in ms; null where the server names no time. */
  readonly retryAfterMs: number | null;

  constructor(problem: Partial<Problem>, status: number, retryAfterMs: number | null) {
    super(sentenceOf(problem) ?? `The server answered ${status}.`);
    this.name = 'AfterwordProblem';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.retryable = problem.retryable ?? status >= 500;
    this.remedy = problem.remedy ?? '';
    this.retryAfterMs = retryAfterMs;
  }
}

/** What was wrong and what can be done, for a person who reads it. */
function sentenceOf({ detail, title, remedy }: Partial<Problem>): string | null {
  const what = detail ?? title;
  if (!what) return null;
  return [what.replace(/\.$/, ''), remedy].filter(Boolean).join('. ');
}

/** @throws AfterwordProblem where the server has refused; what is no problem document becomes one by its status */
export async function problemOf(response: Response, parsed?: unknown): Promise<AfterwordProblem> {
  const text = parsed === undefined ? await response.text().catch(() => '') : '';
  return new AfterwordProblem(asProblem(parsed ?? text), response.status, retryAfterOf(response));
}

/** @returns the data of an answer. @throws AfterwordProblem for a refusal */
export function orThrow<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.response.ok) return answer.data as Data;
  throw new AfterwordProblem(asProblem(answer.error), answer.response.status, retryAfterOf(answer.response));
}

function asProblem(body: unknown): Partial<Problem> {
  if (typeof body === 'object' && body !== null) return body as Partial<Problem>;
  try {
    return JSON.parse(String(body)) as Partial<Problem>;
  } catch {
    // A proxy in between answers with a page of its own.
    return {};
  }
}

/** Reads both forms of the header: seconds, and a date. */
function retryAfterOf(response: Response): number | null {
  const given = response.headers.get('retry-after');
  if (given === null) return null;
  if (/^\d+$/.test(given)) return Number(given) * 1000;
  const atMs = Date.parse(given);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now());
}
