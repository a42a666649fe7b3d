/**
 * Holds texts that somebody is typing. They lie outside of what shows them, since a line that scrolls out of sight is taken out
 * of the page, and a form is when a sign-in ends, and what was typed must not go with it. This tab keeps them until they are
 * saved or given up, also while the page is loaded anew, as for signing in again.
 */
import { createStore, type Store, tabText } from '../words/store.ts';
import { hasTyped, isKeptOnLeaving } from './at-stake.ts';
import { hasLeft, onPerson, signInState } from './session.ts';

export interface Draft {
  /** What the line said when the person began. */
  base: string;
  mine: string;
  isSaving: boolean;
  /** What somebody else has made of the line meanwhile; null if nobody has. */
  theirs: string | null;
  hasFailed: boolean;
}

export type Drafts = ReadonlyMap<string, Draft>;

/** What is typed beside the lines, which have their ids for keys. */
export type Field = 'title' | 'overview';

/** @param id null: of a task that is to be */
export function taskKey(id: string | null): string {
  return `task ${id ?? 'new'}`;
}

/** Of when the task is due, as the field has it. */
export function dueKey(id: string | null): string {
  return `${taskKey(id)} due`;
}

export function isOfLine(key: string): boolean {
  return key !== 'title' && key !== 'overview' && !key.startsWith('task ');
}

export class DraftBook {
  readonly #store: Store<Drafts> = createStore<Drafts>(new Map());
  readonly subscribe = this.#store.subscribe;
  readonly all = (): Drafts => this.#store.get();

  of(id: string): Draft | undefined {
    return this.#store.get().get(id);
  }

  begin(id: string, base: string): void {
    if (!this.of(id)) this.#put(id, { base, mine: base, isSaving: false, theirs: null, hasFailed: false });
  }

  /** What somebody types into a field that says `base` where nothing was typed. */
  type(id: string, base: string, mine: string): void {
    this.begin(id, base);
    this.change(id, { mine });
  }

  change(id: string, change: Partial<Draft>): void {
    const draft = this.of(id);
    if (draft) this.#put(id, { ...draft, ...change });
  }

  end(id: string): void {
    const drafts = new Map(this.#store.get());
    if (drafts.delete(id)) this.#store.set(drafts);
  }

  #put(id: string, draft: Draft): void {
    this.#store.set(new Map(this.#store.get()).set(id, draft));
  }
}

const kept = tabText('afterword.drafts');
const books = new Map<string, DraftBook>();
/** Who has typed them. */
let whose: string | null = null;

/** The drafts of a conversation, or of the settings: whoever goes to another page and comes back finds them as they were. */
export function draftsOf(of: string): DraftBook {
  for (const [id, book] of books) if (id !== of && book.all().size === 0) books.delete(id);
  return books.get(of) ?? newBook(of);
}

function newBook(id: string): DraftBook {
  const book = new DraftBook();
  book.subscribe(noteDrafts);
  books.set(id, book);
  return book;
}

interface Typed {
  id: string;
  key: string;
  base: string;
  mine: string;
}

function noteDrafts(): void {
  const typed = [...books].flatMap(([id, book]) =>
    [...book.all()].flatMap(([key, { base, mine }]): Typed[] =>
      base === mine ? [] : [{ id, key, base, mine }],
    ),
  );
  hasTyped.set(typed.length > 0);
  kept.set(typed.length > 0 ? JSON.stringify({ whose, typed }) : null);
}

function readKept(): void {
  try {
    const read = JSON.parse(kept.get() ?? '{}') as { whose?: string; typed?: Typed[] };
    whose = read.whose ?? null;
    for (const { id, key, base, mine } of read.typed ?? []) {
      const book = books.get(id) ?? newBook(id);
      book.begin(key, base);
      book.change(key, { mine });
    }
  } catch {
    // Another version has kept them in another way.
    kept.set(null);
  }
}

/** What somebody has typed is not for whoever comes after them. */
function forgetDrafts(): void {
  for (const book of books.values()) for (const key of book.all().keys()) book.end(key);
}

readKept();
onPerson((id) => {
  if (whose !== null && whose !== id) forgetDrafts();
  whose = id;
});
signInState.subscribe(() => {
  if (hasLeft()) forgetDrafts();
});

// The browser asks before it closes a page with words that nobody has saved.
window.addEventListener('beforeunload', (event) => {
  if (hasTyped.get() && !isKeptOnLeaving()) event.preventDefault();
});
