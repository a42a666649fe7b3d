/** Keeps a choice of the person in this browser, and tells those who show it. */
export interface Store<Value> {
  get(): Value;
  set(value: Value): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A browser that keeps nothing, as in a private window, still follows the choice until the page is left. */
export function createKeptStore<Value extends string>(
  name: string,
  values: readonly Value[],
  usual: Value,
): Store<Value> {
  const isOneOf = (text: string | null): text is Value => values.includes(text as Value);
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(name);
  } catch {}
  const store = createStore<Value>(isOneOf(kept) ? kept : usual);
  return {
    ...store,
    set(value) {
      try {
        localStorage.setItem(name, value);
      } catch {}
      store.set(value);
    },
  };
}
