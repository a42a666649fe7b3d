/** What a conversation that is to be understood anew has of the attempts before it: failed ones were about other words. */
export const UNTRIED = {
  failure: null,
  failure_code: null,
  tries: 0,
  next_try_at_ms: null,
  held_by: null,
  crashes: 0,
  alone_from_ms: null,
};
