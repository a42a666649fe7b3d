export interface Meter {
  ms: number;
}

/** Passes an iterable on and adds up how long its user waited for it. What the user does in between is not counted. */
export async function* timed<T>(source: AsyncIterable<T>, meter: Meter): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (true) {
      const asked = performance.now();
      const step = await iterator.next().finally(() => {
        meter.ms += performance.now() - asked;
      });
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
