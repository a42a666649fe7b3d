/**
 * Texts that somebody is correcting. They lie outside of the lines, since a line that scrolls out of sight is taken out of the
 * page, and what was typed must not go with it.
 */
import { createStore, type Store } from '../words/store.ts';

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

  change(id: string, change: Partial<Draft>): void {
    const draft = this.of(id);
    if (draft) this.#put(id, { ...draft, ...change });
  }

  end(id: string): void {
    const drafts = new Map(this.#store.get());
    if (drafts.delete(id)) this.#store.set(drafts);
  }

  /** Whether something was typed that is not saved. */
  get hasUnsaved(): boolean {
    return [...this.#store.get().values()].some(({ base, mine }) => base !== mine);
  }

  #put(id: string, draft: Draft): void {
    this.#store.set(new Map(this.#store.get()).set(id, draft));
  }
}

const books = new Map<string, DraftBook>();

/** The drafts of a conversation: whoever goes to another page and comes back finds them as they were. */
export function draftsOf(conversationId: string): DraftBook {
  for (const [id, book] of books) if (book.all().size === 0) books.delete(id);
  const book = books.get(conversationId) ?? new DraftBook();
  books.set(conversationId, book);
  return book;
}

// The browser asks before it closes a page with words that nobody has saved.
window.addEventListener('beforeunload', (event) => {
  if ([...books.values()].some((book) => book.hasUnsaved)) event.preventDefault();
});
