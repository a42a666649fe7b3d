/** What a person says about who speaks, each with what takes it back. */
import type { Conversation } from '@afterword/client';
import { problemText } from '../app/problem-text.ts';
import { api, orThrow } from '../data/api.ts';
import { toast } from '../data/toast.ts';
import { orForget, tell } from '../data/undo.ts';
import { presentWords } from '../words/words.ts';
import type { Changes } from './changes.ts';
import type { Somebody } from './rules/optimistic.ts';
import { nameOf, undoOfUnion } from './rules/speakers.ts';
import type { Asked, Chosen } from './who-dialog.tsx';

export class Corrections {
  readonly #changes: Changes;
  readonly #read: () => Conversation;

  /** @param read the conversation as it is shown */
  constructor(changes: Changes, read: () => Conversation) {
    this.#changes = changes;
    this.#read = read;
  }

  async choose(asked: Asked, chosen: Chosen): Promise<void> {
    if (asked.kind === 'assign') {
      const somebody = chosen.kind === 'new' ? await this.#newPerson(chosen.name) : somebodyOf(chosen);
      if (somebody !== undefined) await this.assign(asked.segmentIds, somebody);
    } else if (chosen.kind === 'new') await this.name(asked.speaker.id, chosen.name);
    else if (chosen.kind === 'somebody') await this.unite(asked.speaker.id, chosen.somebody);
  }

  /** @param somebody null: whoever the voice is */
  async assign(segmentIds: readonly string[], somebody: Somebody | null): Promise<void> {
    if (segmentIds.length === 0) return;
    const words = presentWords().conversation.speakers;
    const chosen = new Set(segmentIds);
    const before = this.#read()
      .segments.filter(({ id }) => chosen.has(id))
      .map(({ id, speakerId, speakerDecided }) => ({ id, speakerId: speakerDecided ? speakerId : null }));
    const name = somebody ? this.#nameOf(somebody) : words.asHeard;
    await this.#do(words.assigned(segmentIds.length, name), this.#changes.assign(segmentIds, somebody), () =>
      this.#changes.assignEach(before),
    );
  }

  async name(speakerId: string, name: string | null): Promise<void> {
    const words = presentWords().conversation.speakers;
    const speaker = this.#read().speakers.find(({ id }) => id === speakerId);
    if (!speaker || speaker.name === name) return;
    const told = name === null ? words.unnamed(nameOf(speaker)) : words.named(nameOf(speaker), name);
    await this.#do(told, this.#changes.name(speakerId, name), () =>
      this.#changes.name(speakerId, speaker.name),
    );
  }

  async unite(goneId: string, stays: Somebody): Promise<void> {
    const before = this.#read();
    const gone = before.speakers.find(({ id }) => id === goneId);
    if (!gone || goneId === stays.id) return;
    const told = presentWords().conversation.speakers.united(nameOf(gone), this.#nameOf(stays));
    await this.#do(told, this.#changes.unite(goneId, stays), () =>
      this.#changes.separate(undoOfUnion(before, goneId, stays.id)),
    );
  }

  async release(speakerId: string): Promise<void> {
    const speaker = this.#read().speakers.find(({ id }) => id === speakerId);
    if (!speaker) return;
    const { released } = presentWords().conversation.speakers;
    const id = toast(released(nameOf(speaker)));
    await this.#changes.release(speakerId).catch((error: unknown) => refused(error, id));
  }

  async #do(told: string, change: Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
    await orForget(tell(told, undo), change).catch((error: unknown) => refused(error));
  }

  #nameOf({ id, name }: Somebody): string {
    if (name !== null) return name;
    const speaker = this.#read().speakers.find((one) => one.id === id);
    return speaker ? nameOf(speaker) : id;
  }

  async #newPerson(name: string): Promise<Somebody | undefined> {
    try {
      return orThrow(await api.POST('/api/v1/people', { body: { name } }));
    } catch (error) {
      refused(error);
      return undefined;
    }
  }
}

/** @param id of what was told before */
function refused(error: unknown, id?: string | number): void {
  toast.error(presentWords().conversation.failed, {
    ...(id !== undefined && { id }),
    description: problemText(error),
  });
}

function somebodyOf(chosen: Exclude<Chosen, { kind: 'new' }>): Somebody | null {
  return chosen.kind === 'as-heard' ? null : chosen.somebody;
}
