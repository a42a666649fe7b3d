/** Plays the events of one person through the rule, as its follower does: page by page, and when something is due. */
import type { EventType, LoggedEvent, StoredEvent } from '../../src/events/types.ts';
import { decide, NOTHING_YET, type Notice, type PushState } from '../../src/push/rule.ts';
import type { Lane } from '../../src/store/tables/columns.ts';

const EMPTY: PushState = { ...NOTHING_YET, open: new Map(), told: new Map(), othersDrain: false };

export class Told {
  readonly notices: Notice[] = [];
  readonly beganMs = Date.UTC(2026, 10, 25, 6);
  nowMs = this.beganMs;
  readonly #keepsPages: boolean;
  #state: PushState = EMPTY;
  #dueAtMs: number | null = null;
  #number = 0;

  /** @param keepsPages the rule sees only what its events name, as when the rest lies in the database */
  constructor({ keepsPages = false } = {}) {
    this.#keepsPages = keepsPages;
  }

  accept(uploadId: string, recordingIds: readonly string[], lane: Lane): this {
    const of = {
      outcome: 'waiting',
      stage: 'queued',
      code: null,
      attempt: 1,
      tries: 0,
      nextTryAtMs: null,
    } as const;
    for (const recordingId of recordingIds)
      this.#add('recording.accepted', {
        ...of,
        recordingId,
        uploadIds: [uploadId],
        lane,
        heardMs: 0,
        durationMs: null,
        share: 0,
      });
    return this;
  }

  ready = (id: string, lane: Lane = 'fresh'): this => this.#conversation('conversation.ready', id, { lane });
  failed = (id: string, lane: Lane = 'fresh'): this =>
    this.#conversation('conversation.failed', id, { lane });
  merged = (id: string, mergedInto: string): this =>
    this.#conversation('conversation.merged', id, { mergedInto });
  deleted = (id: string): this => this.#conversation('conversation.deleted', id, {});

  done(
    uploadId: string,
    {
      heard,
      silent,
      refused = 0,
      failed = 0,
    }: { heard: number; silent: number; refused?: number; failed?: number },
    conversationIds: string[],
  ): this {
    const counts = { files: heard + refused + failed, heard, silent, refused, failed, deleted: 0 };
    return this.#add('upload.done', { uploadId, uploadIds: [uploadId], counts, conversationIds });
  }

  /** The follower looks whenever something is due. */
  wait(ms: number): this {
    const untilMs = this.nowMs + ms;
    while (this.#dueAtMs !== null && this.#dueAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.#dueAtMs);
      this.#decide([]);
    }
    this.nowMs = untilMs;
    return this;
  }

  setClockBack(ms: number): this {
    this.nowMs -= ms;
    // What is due too far ahead is looked at at once (`follow`).
    if (this.#dueAtMs !== null && this.#dueAtMs > this.nowMs + 30 * 60_000) this.#decide([]);
    return this;
  }

  #conversation(type: EventType, conversationId: string, more: { lane?: Lane; mergedInto?: string }): this {
    const { lane, mergedInto = null } = more;
    const status = type === 'conversation.failed' ? 'failed' : 'ready';
    return this.#add(type, {
      conversationId,
      uploadIds: [],
      status,
      ...(lane ? { lane } : {}),
      revision: 1,
      code: null,
      tries: 0,
      nextTryAtMs: null,
      mergedInto,
    });
  }

  #add(type: EventType, data: LoggedEvent['data']): this {
    this.#number += 1;
    const event: StoredEvent = {
      number: this.#number,
      type,
      atMs: this.nowMs,
      recordingId: 'recordingId' in data ? data.recordingId : null,
      conversationId: 'conversationId' in data ? data.conversationId : null,
      uploadIds: data.uploadIds,
      data,
    };
    this.#decide([event]);
    return this;
  }

  #decide(events: StoredEvent[]): void {
    const whole = this.#state;
    const before = this.#keepsPages ? namedBy(whole, events) : whole;
    const { state, notices, dueAtMs, isSummedUp } = decide(before, events, this.nowMs);
    const { backlog, nothing, nothingToldAtMs } = state;
    const told = merge(whole.told, before.told, state.told);
    this.#state = {
      backlog,
      nothing,
      nothingToldAtMs,
      othersDrain: false,
      open: merge(whole.open, before.open, state.open),
      told: isSummedUp ? new Map([...told.keys()].map((id) => [id, 'told' as const])) : told,
    };
    this.#dueAtMs = dueAtMs;
    this.notices.push(...notices);
  }
}

function namedBy(whole: PushState, events: readonly StoredEvent[]): PushState {
  const uploads = new Set(events.flatMap(({ uploadIds }) => uploadIds));
  const conversations = new Set(
    events.flatMap(({ conversationId, data }) => [
      conversationId,
      'mergedInto' in data ? data.mergedInto : null,
    ]),
  );
  return {
    ...whole,
    open: new Map([...whole.open].filter(([id]) => uploads.has(id))),
    told: new Map([...whole.told].filter(([id]) => conversations.has(id))),
    othersDrain: [...whole.open].some(([id, lane]) => lane === 'backfill' && !uploads.has(id)),
  };
}

function merge<T>(
  whole: ReadonlyMap<string, T>,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): Map<string, T> {
  const merged = new Map([...whole, ...after]);
  for (const id of before.keys()) if (!after.has(id)) merged.delete(id);
  return merged;
}
