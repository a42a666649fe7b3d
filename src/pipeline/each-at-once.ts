/**
 * Does something with each item of a source, several at once, and fails if the source does. p-map asks a source for several
 * items ahead: that a source which has thrown is over may reach it before the error does, and then it counts everything as done.
 */
import pMap from 'p-map';

export async function eachAtOnce<Item>(
  source: AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
  options: { concurrency: number; signal: AbortSignal },
): Promise<void> {
  const broken: { error: unknown }[] = [];
  const told = async function* () {
    try {
      yield* source;
    } catch (error) {
      broken.push({ error });
      throw error;
    }
  };
  await pMap(told(), work, options);
  for (const { error } of broken) throw error;
}
