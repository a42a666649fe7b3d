/**
 * Sends what a person changes of a conversation, one change after the other. What was not answered yet is shown on top of what
 * was read last, so that quick corrections do not jump back and forth.
 */
import type { Conversation, paths } from '@afterword/client';
import type { QueryClient } from '@tanstack/react-query';
import { AfterwordProblem, api, orThrow } from '../data/api.ts';
import { createStore } from '../words/store.ts';
import { presentReading, type Reading, readingKey, readingQuery } from './reading.ts';
import { resolve } from './rules/conflict.ts';
import { type Somebody, united, withName, withSpeaker } from './rules/optimistic.ts';
import type { UnionUndone } from './rules/speakers.ts';

type JsonOf<P> = P extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
export type ConversationChange = JsonOf<paths['/api/v1/conversations/{id}']['patch']>;

interface Answer {
  data?: Conversation;
  error?: unknown;
  response: Response;
}

type Shown = (before: Conversation) => Conversation;

/** What became of a text that was saved. */
export type Saved =
  /** With what it says now: of an empty one that is what was heard. */
  | { kind: 'saved'; now: string }
  | { kind: 'both'; theirs: string }
  /** The line is not there any more. */
  | { kind: 'gone' };

/** A change that was refused so often was overtaken each time, which nobody does by hand. */
const MOST_ATTEMPTS = 5;
const CHANGED_MEANWHILE = 412;

export class Changes {
  readonly id: string;
  readonly #queries: QueryClient;
  /** What the changes that are under way will have made of the conversation. */
  readonly shown = createStore<readonly Shown[]>([]);
  #tail: Promise<unknown> = Promise.resolve();

  constructor(queries: QueryClient, id: string) {
    this.#queries = queries;
    this.id = id;
  }

  async patch(change: ConversationChange): Promise<Conversation> {
    return await this.#run(
      () => api.PATCH('/api/v1/conversations/{id}', { params: { path: { id: this.id } }, body: change }),
      (before) => ({
        ...before,
        ...(change.starred !== undefined && { starred: change.starred }),
        ...(change.folder !== undefined && {
          folder: change.folder === null ? null : { id: change.folder, confidence: null },
        }),
      }),
    );
  }

  /** @param somebody null: whoever the voice is */
  async assign(segmentIds: readonly string[], somebody: Somebody | null): Promise<Conversation> {
    const segments = segmentIds.map((id) => ({ id, speakerId: somebody?.id ?? null }));
    return await this.assignEach(
      segments,
      somebody ? (before) => withSpeaker(before, segmentIds, somebody) : undefined,
    );
  }

  async assignEach(
    segments: { id: string; speakerId: string | null }[],
    shown?: Shown,
  ): Promise<Conversation> {
    return await this.#run(
      () =>
        api.PATCH('/api/v1/conversations/{id}/segments', {
          params: { path: { id: this.id } },
          body: { segments },
        }),
      shown,
    );
  }

  async name(speakerId: string, name: string | null): Promise<Conversation> {
    return await this.#decide(speakerId, { name }, (before) => withName(before, speakerId, name));
  }

  async unite(goneId: string, stays: Somebody): Promise<Conversation> {
    return await this.#decide(goneId, { sameAs: stays.id }, (before) => united(before, goneId, stays));
  }

  async separate({ speakerId, segmentIds, name, rename }: UnionUndone): Promise<Conversation> {
    const path = { id: this.id, speakerId };
    const apart = await this.#run(() =>
      api.POST('/api/v1/conversations/{id}/speakers/{speakerId}/separate', {
        params: { path },
        body: { segmentIds, name },
      }),
    );
    return rename ? await this.name(speakerId, rename.name) : apart;
  }

  async release(speakerId: string): Promise<Conversation> {
    const path = { id: this.id, speakerId };
    return await this.#run(() =>
      api.DELETE('/api/v1/conversations/{id}/speakers/{speakerId}', { params: { path } }),
    );
  }

  async retry(): Promise<Conversation> {
    const params = { path: { id: this.id } };
    return await this.#run(() => api.POST('/api/v1/conversations/{id}/retry', { params }));
  }

  async reprocess(): Promise<Conversation> {
    const params = { path: { id: this.id } };
    return await this.#run(() => api.POST('/api/v1/conversations/{id}/reprocess', { params }));
  }

  /**
   * Saves the text of a line, if it still says what the person began with.
   * @param overwrite what else the person has seen there meanwhile, and replaces
   */
  async saveLine(segmentId: string, base: string, mine: string, overwrite?: string): Promise<Saved> {
    return await this.#save(
      { base: overwrite ?? base, mine },
      ({ segments }) => segments.find(({ id }) => id === segmentId)?.text,
      (etag) =>
        api.PATCH('/api/v1/conversations/{id}/segments/{segmentId}', {
          params: { path: { id: this.id, segmentId } },
          body: { text: mine === '' ? null : mine },
          headers: { 'if-match': etag },
        }),
    );
  }

  /** Gives a line back the text that it had. @throws Error where somebody has changed it since */
  async restoreLine(segmentId: string, saved: string, before: string): Promise<void> {
    const { kind } = await this.saveLine(segmentId, saved, before);
    if (kind !== 'saved') throw new Error('The line says something else now.');
  }

  /** Saves the title or the overview alike. */
  async saveField(
    field: 'title' | 'overview',
    base: string,
    mine: string,
    overwrite?: string,
  ): Promise<Saved> {
    return await this.#save(
      { base: overwrite ?? base, mine },
      (now) => now[field] ?? '',
      (etag) =>
        api.PATCH('/api/v1/conversations/{id}', {
          params: { path: { id: this.id } },
          body: { [field]: mine === '' ? null : mine },
          headers: { 'if-match': etag },
        }),
    );
  }

  /** Makes the title or the overview what it was, whatever it is now. @param text empty: what was made is shown again */
  async putField(field: 'title' | 'overview', text: string): Promise<Conversation> {
    return await this.patch({ [field]: text === '' ? null : text });
  }

  /** Cuts before a segment, only of the conversation as the person sees it. */
  async split(segmentId: string): Promise<{ before: Conversation; after: Conversation }> {
    return await this.#inTurn(async () => {
      const etag = presentReading(this.#queries, this.id)?.etag ?? '*';
      const params = { path: { id: this.id } };
      const headers = { 'if-match': etag };
      const { before, after } = orThrow(
        await api.POST('/api/v1/conversations/{id}/split', { params, body: { segmentId }, headers }),
      );
      await this.#queries.invalidateQueries({ queryKey: ['conversation'] });
      return { before, after };
    });
  }

  /** Cuts a conversation that another change has just made, whatever has changed in it. */
  async splitAnew(id: string, segmentId: string): Promise<void> {
    await this.#inTurn(async () => {
      const params = { path: { id } };
      orThrow(await api.POST('/api/v1/conversations/{id}/split', { params, body: { segmentId } }));
      await this.#queries.invalidateQueries({ queryKey: ['conversation'] });
    });
  }

  /** @returns the conversation that all became */
  async merge(ids: readonly string[]): Promise<Conversation> {
    return await this.#run(() =>
      api.POST('/api/v1/conversations/merge', { body: { conversationIds: [this.id, ...ids] } }),
    );
  }

  async #decide(
    speakerId: string,
    body: { name?: string | null; sameAs?: string },
    shown: Shown,
  ): Promise<Conversation> {
    const path = { id: this.id, speakerId };
    return await this.#run(
      () => api.PUT('/api/v1/conversations/{id}/speakers/{speakerId}', { params: { path }, body }),
      shown,
    );
  }

  async #save(
    { base, mine }: { base: string; mine: string },
    read: (now: Conversation) => string | undefined,
    send: (etag: string) => Promise<Answer>,
  ): Promise<Saved> {
    return await this.#inTurn(async () => {
      let now = presentReading(this.#queries, this.id) ?? (await this.#readAgain());
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const resolution = resolve(base, mine, read(now.conversation));
        if (resolution.kind === 'same') return { kind: 'saved', now: mine };
        if (resolution.kind !== 'again') return resolution;
        const answer = await send(now.etag);
        if (answer.response.status !== CHANGED_MEANWHILE) {
          return { kind: 'saved', now: read(this.#keep(answer)) ?? '' };
        }
        now = await this.#readAgain();
      }
      throw new Error('The conversation changes all the time.');
    });
  }

  async #readAgain(): Promise<Reading> {
    return await this.#queries.fetchQuery({ ...readingQuery(this.id), staleTime: 0 });
  }

  async #run(send: () => Promise<Answer>, shown?: Shown): Promise<Conversation> {
    if (shown) this.shown.set([...this.shown.get(), shown]);
    try {
      return await this.#inTurn(async () => this.#keep(await send()));
    } finally {
      if (shown) this.shown.set(this.shown.get().filter((one) => one !== shown));
    }
  }

  /** Does it when the changes before it are done. */
  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    const turn = (async () => {
      await before.catch(() => undefined);
      return await act();
    })();
    this.#tail = turn;
    try {
      return await turn;
    } catch (error) {
      void this.#queries.invalidateQueries({ queryKey: readingKey(this.id) });
      throw error;
    }
  }

  #keep(answer: Answer): Conversation {
    const conversation = orThrow(answer) as Conversation;
    const queryKey = readingKey(conversation.id);
    // What is being read may be older than the answer. The event of the change has it read once more.
    void this.#queries.cancelQueries({ queryKey });
    const etag = answer.response.headers.get('etag') ?? '*';
    this.#queries.setQueryData<Reading>(queryKey, { conversation, etag });
    return conversation;
  }
}

/** A conversation with the changes that are under way. */
export function withChanges(conversation: Conversation, shown: readonly Shown[]): Conversation {
  return shown.reduce((before, change) => change(before), conversation);
}

export function isGone(error: unknown): boolean {
  return error instanceof AfterwordProblem && error.status === 404;
}
