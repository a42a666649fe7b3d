/** Makes something when it is first wanted: the formatters of a language take a phone tens of milliseconds, and most pages want few. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
