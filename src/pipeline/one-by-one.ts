/**
 * Does something for each of many, as for each person: what fails for one of them every time, as a row that breaks a rule,
 * must not keep it from all who come after. A failure that meets all alike, as a database that is away, ends it.
 */
import { normalise } from '../normalise.ts';
import { isMistake } from './retry-policy.ts';

export class OneByOne {
  #first: { error: unknown } | null = null;

  async each<Item>(
    find: () => Promise<Iterable<Item>>,
    work: (item: Item) => Promise<unknown>,
  ): Promise<void> {
    for (const item of await find()) await this.one(async () => await work(item));
  }

  /** @returns whether it did not fail */
  async one(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isMistake(normalise(error).code)) throw error;
      this.#first ??= { error };
      return false;
    }
  }

  /** @throws what failed first, once all others are done */
  end(): void {
    if (this.#first) throw this.#first.error;
  }
}
