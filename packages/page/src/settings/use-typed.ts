import { useSyncExternalStore } from 'react';
import { draftsOf } from '../data/drafts.ts';

/** Beside the ids of conversations, whose drafts are kept by the same means. */
const SETTINGS = 'settings';

/** @returns the fields in which something was typed and not saved, by name */
export function useFieldsTyped(): ReadonlySet<string> {
  const drafts = draftsOf(SETTINGS);
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  return new Set(open.keys());
}

/**
 * Keeps what somebody types into a form where a sign-in that ends, or another page, does not lose it.
 * @param saved what the field says where nothing was typed
 * @returns the text, what changes it, and what forgets it once it is saved
 */
export function useTyped(name: string, saved = ''): [string, (text: string) => void, () => void] {
  const drafts = draftsOf(SETTINGS);
  const open = useSyncExternalStore(drafts.subscribe, drafts.all);
  const type = (mine: string) => drafts.type(name, saved, mine);
  return [open.get(name)?.mine ?? saved, type, () => drafts.end(name)];
}
