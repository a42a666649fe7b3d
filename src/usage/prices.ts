/** Reads the operator's prices. None is built in: prices change, and a wrong one looks like a right one. */
import { z } from 'zod';
import { fileRefusal, readJsonOrFile } from '../json-file-setting.ts';

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

/** Takes JSON or the path of a JSON file. */
export const PricesSetting = z
  .string()
  .default('{}')
  .transform((given, context) => readJsonOrFile(given, context, unreadable))
  .pipe(Prices);

function unreadable(path: string, code: string): string {
  const isPlain = /^[\p{L}\p{N}\p{P} ]{1,200}$/u.test(path);
  return `the file ${isPlain ? `${path} ` : ''}cannot be read: ${fileRefusal(code)}`;
}

export function priceOf(prices: Prices, provider: string, model: string): Price | undefined {
  return prices[`${provider}:${model}`] ?? prices[`${provider}:*`];
}
