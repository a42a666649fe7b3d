/** Loads something when it is first needed, and again at the next need if that failed. */
export interface Lazily<T> {
  get(): Promise<T>;
  /** Closes it if it was loaded. */
  close(): Promise<void>;
}

export function lazily<T extends { close(): Promise<void> }>(load: () => Promise<T>): Lazily<T> {
  let loading: Promise<T> | undefined;
  return {
    async get() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return await loading;
    },
    async close() {
      const loaded = await loading?.catch(() => undefined);
      await loaded?.close();
    },
  };
}
