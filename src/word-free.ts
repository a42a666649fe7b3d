/**
 * What may be written down of an error: in a log, or in a row of the engine, where others than its person read it. An
 * error of a library may hold anything that it was given: PostgreSQL quotes rows, a JSON parser its input, a provider's
 * body the words that were sent. So the message is kept of known kinds of error only; of the others the kind, the codes
 * and the places in the code are, which hold no word that was spoken.
 */
import { AfterwordError, ERRORS } from './errors.ts';
import { normalise } from './normalise.ts';

export interface ErrorReport {
  type: string;
  message?: string;
  code?: string;
  /** PostgreSQL's own names for what it met. */
  severity?: string;
  table?: string;
  constraint?: string;
  routine?: string;
  stack?: string;
  cause?: ErrorReport;
  errors?: ErrorReport[];
}

/** Their messages are ours, and none of them repeats what was said. DBOS repeats the messages of errors that we give it. */
const OURS =
  /^(AfterwordError|AfterwordProblem|EngineError|ProviderError|ListeningError|AudioError|OptionMistake|Beaten|DBOS\w*)$/;
/** Of the language itself, and about the code alone. */
const ABOUT_CODE =
  /^(fetch failed|terminated|Cannot (read|set) properties of (undefined|null) \((reading|setting) '\w+'\)|[\w.]+ is not (a function|iterable|defined))$/;
/** Longer chains and lists tell nothing more. */
const DEEPEST = 5;
const MOST_ERRORS = 5;

/** @param withStack also of errors whose message says enough */
export function describeError(thrown: unknown, withStack = false, depth = 0): ErrorReport {
  if (typeof thrown !== 'object' || thrown === null) return { type: typeof thrown };
  const error = thrown as Error & Record<string, unknown>;
  const message = safeMessage(error);
  const report: ErrorReport = { type: isPostgres(error) ? 'PostgreSQL' : nameOf(error) };
  if (message !== null) report.message = message;
  const code = wordOf(error.code);
  if (code) report.code = code;
  if (isPostgres(error)) {
    for (const field of ['severity', 'table', 'constraint', 'routine'] as const) {
      const value = wordOf(error[field]);
      if (value) report[field] = value;
    }
  }
  if (withStack || message === null) {
    const stack = framesOf(error);
    if (stack) report.stack = stack;
  }
  if (depth >= DEEPEST) return report;
  if (error.cause !== undefined) report.cause = describeError(error.cause, withStack, depth + 1);
  if (Array.isArray(error.errors))
    report.errors = error.errors.slice(0, MOST_ERRORS).map((one) => describeError(one, withStack, depth + 1));
  return report;
}

/** One line for whoever has to mend it. */
export function wordFreeMessage(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return 'something was thrown that is no error';
  const error = thrown as Error & Record<string, unknown>;
  const message = safeMessage(error);
  if (message !== null) return message;
  const { type, code, table, routine, stack } = describeError(error);
  const place = stack?.split('\n')[0]?.trim().replace(/^at /, '');
  return [type, code, routine, table && `on ${table}`, place && `at ${place}`].filter(Boolean).join(' ');
}

/** Who says so and what, without the place in the code: for those who see no log. */
export function kindOf(thrown: unknown): string {
  const { type, code, table } = describeError(thrown);
  return [type, code, table && `on ${table}`].filter(Boolean).join(' ');
}

/**
 * What the engine records of a failed step, and gives back to whoever replays it: our code and our words for it, and
 * when to come again.
 */
export function wordFreeError(thrown: unknown): AfterwordError {
  const { code, message, retryAfterMs } = normalise(thrown);
  const isOurs = thrown instanceof AfterwordError || code === 'internal';
  const bare = new AfterwordError(code, isOurs ? message : ERRORS[code].title, { retryAfterMs });
  bare.stack = `${bare.name}: ${bare.message}`;
  return bare;
}

function safeMessage(error: Error & Record<string, unknown>): string | null {
  const { message } = error;
  if (typeof message !== 'string') return null;
  if (isPostgres(error)) return null;
  if (OURS.test(nameOf(error))) return message;
  // The operating system's: what was called, and on which file or address.
  if (typeof error.syscall === 'string' && /^E[A-Z\d]+$/.test(String(error.code))) return message;
  if (nameOf(error) === 'TypeError' || nameOf(error) === 'ReferenceError')
    return ABOUT_CODE.test(message) ? message : null;
  // Thrown by hand, as a sentence about a setting or a connection is.
  return Object.getPrototypeOf(error) === Error.prototype && nameOf(error) === 'Error' ? message : null;
}

/** node-postgres gives its errors the fields of the protocol; other packages have copies of its class. */
function isPostgres(error: Record<string, unknown>): boolean {
  return (
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    ('severity' in error || 'routine' in error)
  );
}

function nameOf(error: Record<string, unknown>): string {
  return wordOf(error.name) ?? 'Error';
}

/** One word of a program, as all names and codes are; never a sentence. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && /^[\w.$-]{1,80}$/.test(value) ? value : undefined;
}

/** The places only. A stack begins with the message, and those of its causes may be in it as well. */
export function framesOf(thrown: unknown): string | undefined {
  const { stack, message } = (thrown ?? {}) as { stack?: unknown; message?: unknown };
  if (typeof stack !== 'string') return undefined;
  const frames = stack
    .replace(String(message), '')
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+\)?|<anonymous>\)?|\(native\))$/.test(line))
    .join('\n');
  return frames === '' ? undefined : frames;
}
