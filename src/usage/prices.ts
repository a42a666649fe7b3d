/** What providers ask for, as the operator says. None is built in: prices change, and a wrong one looks like a right one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** More is a slip of the keyboard; below it the cost of one result stays a safe integer. */
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

/** JSON, or the path of a file with it. The error says where, and never what the file holds: it may be the wrong one. */
export const PricesSetting = z
  .string()
  .default('{}')
  .transform((given, context): unknown => {
    const isPath = !given.trimStart().startsWith('{');
    try {
      return JSON.parse(isPath ? readFileSync(given, 'utf8') : given);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const message = code ? `cannot be read: ${code}` : 'is not JSON';
      context.addIssue({ code: 'custom', message: isPath ? `the file ${message}` : message });
      return z.NEVER;
    }
  })
  .pipe(Prices);

export function priceOf(prices: Prices, provider: string, model: string): Price | undefined {
  return prices[`${provider}:${model}`] ?? prices[`${provider}:*`];
}
