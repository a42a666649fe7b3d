/**
 * The kinds of settings. Each reads what an environment variable holds, and says what is wanted when that cannot be read:
 * the message goes on after `AFTERWORD_… is "value": `.
 */
import { z } from 'zod';

const SECOND_MS = 1000;
const TIME_UNITS: Record<string, number> = {
  ms: 1,
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  min: 60 * SECOND_MS,
  h: 3600 * SECOND_MS,
  d: 24 * 3600 * SECOND_MS,
};
/** 1 MB is 1024 kB here, as in the defaults and in what `ls -h` and `df -h` print. */
const SIZE_UNITS: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

interface Range {
  min: number;
  max: number;
}

export const text = () => z.string();

/** A key or a password: what it holds is never repeated. */
export const secret = () =>
  z.string().regex(/^\s*[\x21-\x7e]+\s*$/, 'it has characters that no key can have');

/** One that the operator makes, and nobody may guess. */
export const longSecret = () =>
  z
    .string()
    .regex(/^[\x21-\x7e]{32,}$/, 'it must have at least 32 characters, as openssl rand -hex 32 makes them');

export const yesOrNo = () =>
  z.string().transform((given, context) => {
    const word = given.trim().toLowerCase();
    if (/^(true|yes|on|1)$/.test(word)) return true;
    if (/^(false|no|off|0)$/.test(word)) return false;
    return refuse(context, 'it must be true or false');
  });

export const integer = (range: Range) => number(range, /^\d+$/, 'a whole number');

export const decimal = (range: Range) => number(range, /^\d+(\.\d+)?$/, 'a number');

function number({ min, max }: Range, pattern: RegExp, kind: string) {
  return z.string().transform((given, context) => {
    const value = Number(given);
    if (pattern.test(given.trim()) && value >= min && value <= max) return value;
    return refuse(context, `it must be ${kind} from ${min} to ${max}`);
  });
}

/** null where it is `off` or 0: no bound. */
export function orOff<T extends z.ZodType<number, string>>(kind: T) {
  return z.string().transform((given, context): number | null => {
    if (given.trim() === 'off' || given.trim() === '0') return null;
    const read = kind.safeParse(given);
    if (read.success) return read.data;
    return refuse(context, `${read.error.issues[0]?.message ?? 'it cannot be read'}, or off`);
  });
}

/** In milliseconds where no unit is given. */
export function duration(range: Range) {
  const most = `from ${inWords(range.min)} to ${inWords(range.max)}`;
  const wanted = `it must be milliseconds, or a time like 30s, 10m or 2h, ${most}`;
  return withUnit(range, TIME_UNITS, wanted);
}

/** In bytes where no unit is given. */
export function size(range: Range) {
  const wanted = `it must be bytes, or a size like 500kB, 200MB or 2GB, of at least ${range.min}`;
  return withUnit(range, SIZE_UNITS, wanted);
}

function withUnit({ min, max }: Range, units: Record<string, number>, wanted: string) {
  return z.string().transform((given, context) => {
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(given.trim()) ?? [];
    // MiB is what MB means here.
    const factor = unit === '' ? 1 : units[unit.toLowerCase().replace(/ib$/, 'b')];
    const value = Math.round(Number(amount) * (factor ?? Number.NaN));
    if (value >= min && value <= max) return value;
    return refuse(context, wanted);
  });
}

function inWords(ms: number): string {
  const [unit, factor] = Object.entries(TIME_UNITS)
    .filter(([name, factor]) => name !== 'min' && ms >= factor && ms % factor === 0)
    .at(-1) ?? ['ms', 1];
  return ms === 0 ? '0' : `${ms / factor}${unit}`;
}

export function oneOf<const T extends string>(names: readonly T[]) {
  return z.string().transform((given, context): T => {
    const found = names.find((name) => name === given.trim());
    return found ?? refuse(context, `use ${orList(names)}`);
  });
}

/** With commas between them, each once. */
export function listOf<const T extends string>(names: readonly T[]) {
  return z.string().transform((given, context): T[] => {
    const list = given.split(',').map((name) => name.trim());
    const unknown = list.find((name) => !names.some((known) => known === name));
    if (unknown !== undefined)
      return refuse(context, `"${unknown}" is unknown, use ${orList(names)}, or several with commas between`);
    const twice = list.find((name, at) => list.indexOf(name) !== at);
    if (twice !== undefined) return refuse(context, `it names "${twice}" twice`);
    return list as T[];
  });
}

/** An address that is called. A password in it would be logged; keys have variables of their own. */
export const httpUrl = () =>
  z.string().transform((given, context) => {
    const url = URL.parse(given.trim());
    if (url === null || !/^https?:$/.test(url.protocol))
      return refuse(context, 'it must be an address that begins with http:// or https://');
    if (url.username !== '' || url.password !== '')
      return refuse(context, 'it must not hold a password: a key has a variable of its own');
    return given.trim();
  });

function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
