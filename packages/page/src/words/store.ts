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

export interface KeptText {
  get(): string | null;
  /** @param text null: nothing is kept any more */
  set(text: string | null): void;
}

/** Keeps a text in this browser. One that keeps nothing, as in a private window, has it until the page is left. */
export function keptText(name: string): KeptText {
  return textIn(() => localStorage, name);
}

export interface KeptNames {
  get(): string[];
  set(names: readonly string[]): void;
}

/** Keeps a list of names in this browser; none where another version has kept something else. */
export function keptNames(name: string): KeptNames {
  const kept = keptText(name);
  return {
    get() {
      try {
        const read: unknown = JSON.parse(kept.get() ?? '[]');
        return Array.isArray(read) ? read.filter((one) => typeof one === 'string') : [];
      } catch {
        return [];
      }
    },
    set(names) {
      kept.set(names.length === 0 ? null : JSON.stringify(names));
    },
  };
}

/** Keeps a text in this tab, also while the page is loaded anew. */
export function tabText(name: string): KeptText {
  return textIn(() => sessionStorage, name);
}

/** @param storage throws where the browser gives the page none */
function textIn(storage: () => Storage, name: string): KeptText {
  // What could not be kept, as in a storage that is full; what lies there is older then.
  let unkept: { text: string | null } | null = null;
  return {
    get() {
      if (unkept) return unkept.text;
      try {
        return storage().getItem(name);
      } catch {
        return null;
      }
    },
    set(text) {
      try {
        if (text === null) storage().removeItem(name);
        else storage().setItem(name, text);
        unkept = null;
      } catch {
        unkept = { text };
      }
    },
  };
}

export function createKeptStore<Value extends string>(
  name: string,
  values: readonly Value[],
  usual: Value,
): Store<Value> {
  const kept = keptText(name);
  const text = kept.get();
  const isOneOf = (one: string | null): one is Value => values.includes(one as Value);
  const store = createStore<Value>(isOneOf(text) ? text : usual);
  return {
    ...store,
    set(value) {
      kept.set(value);
      store.set(value);
    },
  };
}
