/** Chooses the form of a sentence that belongs to a number; `#` stands for the number as the language writes it. */
import { once } from './once.ts';

type Forms = { one: string; other: string };

export function pluralIn(locale: string): (count: number, forms: Forms) => string {
  const rules = once(() => new Intl.PluralRules(locale));
  const numbers = once(() => new Intl.NumberFormat(locale));
  return (count, { one, other }) =>
    (rules().select(count) === 'one' ? one : other).replaceAll('#', numbers().format(count));
}
