/** Reads the operator's prices. None is built in: prices change, and a wrong one looks like a right one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FILE_REFUSALS } from '../failure.ts';
import { refuse } from '../setting-kinds.ts';

/** A higher price is a typing error; below it the cost of one result stays a safe integer. */
const HIGHEST = 1_000_000;
const Dollars = z.number().min(0).max(HIGHEST);

const Price = z
  .strictObject({
    /** Of audio. */
    perHour: Dollars.optional(),
    perMillionInputTokens: Dollars.optional(),
    perMillionOutputTokens: Dollars.optional(),
  })
  .refine((price) => Object.keys(price).length > 0, 'names no price')
  .refine(
    (price) => (price.perMillionInputTokens === undefined) === (price.perMillionOutputTokens === undefined),
    'needs perMillionInputTokens and perMillionOutputTokens, or neither',
  );

const Prices = z.record(z.string(), Price).superRefine((prices, context) => {
  for (const key of Object.keys(prices)) {
    if (!/^[^:\s]+:./.test(key))
      context.addIssue({ code: 'custom', path: [key], message: 'is not provider:model' });
  }
});

export type Price = z.infer<typeof Price>;
/** In US dollars, by `provider:model`, or `provider:*` for all others of a provider. */
export type Prices = z.infer<typeof Prices>;

/** Takes JSON or the path of a JSON file. The error never repeats what the file holds: it may be the wrong file. */
export const PricesSetting = z
  .string()
  .default('{}')
  .transform((given, context): unknown => {
    const isPath = !given.trimStart().startsWith('{');
    try {
      return JSON.parse(isPath ? readFileSync(given, 'utf8') : given);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return refuse(context, code ? unreadable(given, code) : `${isPath ? 'the file' : 'it'} is not JSON`);
    }
  })
  .pipe(Prices);

function unreadable(path: string, code: string): string {
  const reason = code === 'ENOENT' ? 'there is no such file' : (FILE_REFUSALS[code] ?? code);
  const isPlain = /^[\p{L}\p{N}\p{P} ]{1,200}$/u.test(path);
  return `the file ${isPlain ? `${path} ` : ''}cannot be read: ${reason}`;
}

export function priceOf(prices: Prices, provider: string, model: string): Price | undefined {
  return prices[`${provider}:${model}`] ?? prices[`${provider}:*`];
}
