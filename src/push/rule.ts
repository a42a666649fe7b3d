/**
 * Decides from the events of a person what they are told, and when. No I/O. Nobody is told of a conversation twice, whatever
 * its revisions, and nobody is told of each conversation of a backlog: one summary follows when it has drained.
 */
import type { ConversationData, RecordingData, StoredEvent, UploadData } from '../events/types.ts';
import type { Lane } from '../store/tables/columns.ts';

const MINUTE_MS = 60_000;
/** A phone sends its backlog file by file; after its retries it pauses for a minute, and a slow network takes some more. */
export const BACKLOG_OVER_MS = 5 * MINUTE_MS;
/** A backlog that never ends, as of a recorder that always sends late, is summed up once a day. */
export const LONGEST_BACKLOG_MS = 24 * 60 * MINUTE_MS;
/** A phone uploads a file a minute, most of them silent: these are told together. */
export const NOTHING_EVERY_MS = 30 * MINUTE_MS;
/** Nobody looks later than this, so that a clock which was set back holds nothing up for longer. */
const LATEST_LOOK_MS = 30 * MINUTE_MS;

/** What came of files that made no conversation. */
interface Counts {
  /** Nothing was said in them. */
  silent: number;
  /** Refused or failed: the person can do something about them. */
  needsYou: number;
  /** Heard, with words that made no conversation: another microphone had them too, or they are in an unknown language. */
  without: number;
}

interface Backlog extends Counts {
  sinceMs: number;
  /** When something of it was last heard of. */
  quietSinceMs: number;
  conversations: number;
  /** The latest of these. */
  conversationId: string | null;
}

interface Nothing extends Counts {
  uploads: number;
  uploadId: string;
}

export interface KeptState {
  backlog: Backlog | null;
  /** Uploads that ended without a conversation and are not told yet. */
  nothing: Nothing | null;
  nothingToldAtMs: number | null;
}

export const NOTHING_YET: KeptState = { backlog: null, nothing: null, nothingToldAtMs: null };

export interface PushState extends KeptState {
  /** Uploads that are not done: those that the events name, at least. */
  open: ReadonlyMap<string, Lane>;
  /** Whether others are open that bring a backlog. */
  othersDrain: boolean;
  /** Conversations that were told or wait for a summary: those that the events name, at least. */
  told: ReadonlyMap<string, 'told' | 'pending'>;
}

export type Notice =
  | { kind: 'conversation'; conversationId: string; atMs: number }
  | ({ kind: 'summary'; conversations: number; conversationId: string | null; atMs: number } & Counts)
  | ({ kind: 'nothing'; uploads: number; uploadId: string | null; atMs: number } & Counts);

export interface Decision {
  state: PushState;
  notices: Notice[];
  /** When to decide again although nothing has happened. */
  dueAtMs: number | null;
  /** What waited for the summary is told, also what the events do not name. */
  isSummedUp: boolean;
}

export function decide(before: PushState, events: readonly StoredEvent[], nowMs: number): Decision {
  const now = new Deciding(before);
  for (const event of events) now.take(event);
  return now.decide(nowMs);
}

class Deciding {
  readonly #open: Map<string, Lane>;
  readonly #told: Map<string, 'told' | 'pending'>;
  readonly #othersDrain: boolean;
  readonly #notices: Notice[] = [];
  #backlog: Backlog | null;
  #isSummedUp = false;
  #nothing: Nothing | null;
  #nothingToldAtMs: number | null;

  constructor({ open, told, othersDrain, backlog, nothing, nothingToldAtMs }: PushState) {
    this.#open = new Map(open);
    this.#told = new Map(told);
    this.#othersDrain = othersDrain;
    this.#backlog = backlog && { ...backlog };
    this.#nothing = nothing && { ...nothing };
    this.#nothingToldAtMs = nothingToldAtMs;
  }

  take({ type, data, atMs }: StoredEvent): void {
    // Each type has the data of its kind (events/types.ts).
    switch (type) {
      case 'recording.accepted':
        this.#accepted(data as RecordingData, atMs);
        break;
      case 'conversation.ready':
        this.#ready(data as ConversationData, atMs);
        break;
      case 'conversation.failed':
        this.#failed(data as ConversationData, atMs);
        break;
      case 'conversation.merged':
        this.#merged(data as ConversationData);
        break;
      case 'conversation.deleted':
        this.#gone((data as ConversationData).conversationId);
        break;
      case 'upload.done':
        this.#done(data as UploadData, atMs);
        break;
      default:
    }
  }

  #accepted({ uploadIds, lane }: RecordingData, atMs: number): void {
    for (const id of uploadIds) if (this.#open.get(id) !== 'backfill') this.#open.set(id, lane);
    if (lane === 'backfill') this.#backlogAt(atMs);
  }

  #backlogAt(atMs: number): Backlog {
    const none = { conversations: 0, conversationId: null, silent: 0, needsYou: 0, without: 0 };
    this.#backlog ??= { ...none, sinceMs: atMs, quietSinceMs: atMs };
    this.#backlog.quietSinceMs = Math.max(this.#backlog.quietSinceMs, atMs);
    return this.#backlog;
  }

  #ready({ conversationId, lane }: ConversationData, atMs: number): void {
    if (this.#told.has(conversationId)) return;
    if (lane === 'backfill' && this.#backlog) {
      const backlog = this.#backlogAt(atMs);
      backlog.conversations += 1;
      backlog.conversationId = conversationId;
      this.#told.set(conversationId, 'pending');
      return;
    }
    this.#told.set(conversationId, 'told');
    this.#notices.push({ kind: 'conversation', conversationId, atMs });
  }

  /** Its words can be read; that somebody has to look at it is told once for each end of its tries. */
  #failed({ lane, uploadIds }: ConversationData, atMs: number): void {
    if (lane === 'backfill' && this.#backlog) this.#backlogAt(atMs).needsYou += 1;
    else this.#addNothing({ silent: 0, needsYou: 1, without: 0 }, uploadIds[0] ?? '');
  }

  /** Whoever was told of one was told of what it became part of. */
  #merged({ conversationId, mergedInto }: ConversationData): void {
    const state = this.#told.get(conversationId);
    if (state === undefined || mergedInto === null) return;
    if (state === 'pending') this.#told.set(conversationId, 'told');
    const into = this.#told.get(mergedInto);
    if (state === 'pending' && into === undefined) this.#told.set(mergedInto, 'pending');
    else if (state === 'pending') this.#oneLess();
    else {
      if (into === 'pending') this.#oneLess();
      this.#told.set(mergedInto, 'told');
    }
  }

  #gone(conversationId: string): void {
    if (this.#told.get(conversationId) === 'pending') this.#oneLess();
    this.#told.delete(conversationId);
  }

  #oneLess(): void {
    if (this.#backlog) this.#backlog.conversations = Math.max(0, this.#backlog.conversations - 1);
  }

  #done({ uploadId, counts, conversationIds }: UploadData, atMs: number): void {
    const lane = this.#open.get(uploadId);
    this.#open.delete(uploadId);
    // It has brought nothing that was not here already.
    if (lane === undefined) return;
    const { heard, silent = heard, refused, failed } = counts;
    const without = conversationIds.length > 0 ? 0 : heard - silent;
    const came = { silent, needsYou: refused + failed, without };
    if (lane === 'backfill') {
      const backlog = this.#backlogAt(atMs);
      add(backlog, came);
    } else if (conversationIds.length === 0) this.#addNothing(came, uploadId);
  }

  #addNothing(came: Counts, uploadId: string): void {
    if (came.silent + came.needsYou + came.without === 0) return;
    this.#nothing ??= { uploads: 0, silent: 0, needsYou: 0, without: 0, uploadId };
    this.#nothing.uploads += 1;
    this.#nothing.uploadId = uploadId;
    add(this.#nothing, came);
  }

  decide(nowMs: number): Decision {
    const due = [this.#sumUp(nowMs), this.#tellNothing(nowMs)].filter((at) => at !== null);
    return {
      state: {
        open: this.#open,
        told: this.#told,
        othersDrain: this.#othersDrain,
        backlog: this.#backlog,
        nothing: this.#nothing,
        nothingToldAtMs: this.#nothingToldAtMs,
      },
      notices: this.#notices,
      isSummedUp: this.#isSummedUp,
      dueAtMs: due.length === 0 ? null : Math.min(...due, nowMs + LATEST_LOOK_MS),
    };
  }

  /** @returns when to look again, null if nothing waits */
  #sumUp(nowMs: number): number | null {
    const backlog = this.#backlog;
    if (!backlog) return null;
    // Another machine's clock may be ahead, or this one was set back.
    backlog.sinceMs = Math.min(backlog.sinceMs, nowMs);
    backlog.quietSinceMs = Math.min(backlog.quietSinceMs, nowMs);
    const drains = this.#othersDrain || [...this.#open.values()].includes('backfill');
    const overAtMs = drains ? Number.POSITIVE_INFINITY : backlog.quietSinceMs + BACKLOG_OVER_MS;
    const dueAtMs = Math.min(overAtMs, backlog.sinceMs + LONGEST_BACKLOG_MS);
    if (nowMs < dueAtMs) return dueAtMs;
    const { sinceMs: _, quietSinceMs: atMs, ...sums } = backlog;
    if (sums.conversations + sums.silent + sums.needsYou + sums.without > 0)
      this.#notices.push({ kind: 'summary', ...sums, atMs });
    this.#backlog = null;
    this.#isSummedUp = true;
    for (const [id, state] of this.#told) if (state === 'pending') this.#told.set(id, 'told');
    // What is still on its way is the next day's.
    return drains ? this.#backlogAt(nowMs).sinceMs + LONGEST_BACKLOG_MS : null;
  }

  #tellNothing(nowMs: number): number | null {
    if (!this.#nothing) return null;
    const toldAtMs = Math.min(this.#nothingToldAtMs ?? Number.NEGATIVE_INFINITY, nowMs);
    if (nowMs < toldAtMs + NOTHING_EVERY_MS) {
      this.#nothingToldAtMs = toldAtMs;
      return toldAtMs + NOTHING_EVERY_MS;
    }
    const { uploads, uploadId, ...counts } = this.#nothing;
    const id = uploads === 1 && uploadId !== '' ? uploadId : null;
    this.#notices.push({ kind: 'nothing', uploads, uploadId: id, ...counts, atMs: nowMs });
    this.#nothing = null;
    this.#nothingToldAtMs = nowMs;
    return null;
  }
}

function add(sums: Counts, { silent, needsYou, without }: Counts): void {
  sums.silent += silent;
  sums.needsYou += needsYou;
  sums.without += without;
}
