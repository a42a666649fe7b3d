/** Traffic that went well, changed by one fault of a server or of an app. The checker must name each of them. */
import { DETAIL, LIST, POLL, UPLOAD } from './answers.ts';
import type { Rule } from './checker.ts';
import type { Entry, Exchange } from './traffic.ts';

export interface Mutation {
  what: string;
  rule: Rule;
  /** @returns the traffic with the fault in it; the given one stays as it is */
  apply(traffic: readonly Entry[]): Entry[];
}

type Json = Record<string, unknown>;

/** What the mutations touch; the rest of a body is passed on as it is. */
interface Shown extends Json {
  id: string;
  created_at: unknown;
  started_at: string;
  finished_at: string;
  structured?: Json;
  transcript_segments: (Json & { end: number })[];
}

export const MUTATIONS: readonly Mutation[] = [
  detail('a conversation without its structure', 'unreadable', (one) => delete one.structured),
  detail(
    'a conversation without the key finished_at',
    'unreadable',
    (one) => delete (one as Json).finished_at,
  ),
  detail('a field with a default that is null', 'unreadable', (one) =>
    Object.assign(one, { discarded: null }),
  ),
  detail('a date that is a number', 'unreadable', (one) => Object.assign(one, { created_at: 1_774_000_000 })),
  detail('a date without a zone', 'unreadable', (one) => {
    one.started_at = one.started_at.replace('Z', '');
  }),
  detail('a status that nobody knows', 'unreadable', (one) => Object.assign(one, { status: 'ready' })),
  detail('a category that nobody knows', 'unreadable', (one) =>
    Object.assign(one.structured ?? {}, { category: 'chat' }),
  ),
  detail('a segment without is_user', 'unreadable', (one) => delete one.transcript_segments[0]?.is_user),
  detail('a segment with its start as text', 'unreadable', (one) =>
    Object.assign(one.transcript_segments[0] ?? {}, { start: '1.5' }),
  ),
  detail('an event without a title', 'unreadable', (one) =>
    Object.assign(one.structured ?? {}, { events: [{ start: one.created_at }] }),
  ),
  detail('an audio file without its owner', 'unreadable', (one) => {
    one.audio_files = [{ id: 'a', conversation_id: one.id, chunk_timestamps: [], duration: 1 }];
  }),
  body('a list within an object', 'unreadable', isList, (list) => ({ conversations: list })),
  body('a job without its id', 'unreadable', isPoll, (job) => ({ ...job, job_id: undefined })),
  body('a job with a state of its own', 'unreadable', isPoll, (job) => ({ ...job, status: 'done' })),
  body('a started job without poll_after_ms', 'unreadable', isUpload, (job) => ({
    ...job,
    poll_after_ms: undefined,
  })),
  exchange('an upload that is rejected for good', 'wrong answer', isUpload, (one) => ({
    ...one,
    status: 400,
    body: '{"detail":"one of the files is broken"}',
  })),
  exchange('a refusal that does not say why', 'wrong answer', isUpload, (one) => ({
    ...one,
    status: 429,
    headers: { 'retry-after': '60' },
  })),
  exchange('a Retry-After that is a date', 'wrong answer', isUpload, (one) => ({
    ...one,
    status: 503,
    headers: { 'retry-after': 'Thu, 26 Nov 2026 18:00:00 GMT' },
  })),
  exchange('a 404 for a job that was told', 'job', isPoll, (one) => ({ ...one, status: 404, body: '{}' })),
  body('a job of fewer files than were sent', 'job', isUpload, (job) => ({ ...job, total_files: 0 })),
  body('a completed job with a segment that failed', 'job', isCompleted, (job) => ({
    ...job,
    total_segments: 2,
    processed_segments: 2,
    successful_segments: 1,
    failed_segments: 1,
  })),
  body('a completed job without a result', 'job', isCompleted, ({ result: _, ...job }) => job),
  {
    what: 'a completed job that runs again',
    rule: 'job',
    apply: (traffic) => {
      const last = traffic.filter(isCompleted).slice(-1);
      return [...traffic, ...last.map((one) => rewritten(one, (job) => ({ ...job, status: 'processing' })))];
    },
  },
  body('a partial failure that the app took for success', 'unproven', isCompleted, (job) => ({
    ...job,
    status: 'partial_failure',
  })),
  exchange('a 404 for an id that was told', 'told id', isDetail, (one) => ({
    ...one,
    status: 404,
    body: '{}',
  })),
  {
    what: 'a conversation that is lost',
    rule: 'lost',
    apply: (traffic) => {
      const id = lastDetail(traffic).id;
      const rest = traffic.filter((entry) => !isDetail(entry) || JSON.parse(entry.body).id !== id);
      const without = listed((all) => all.filter((one) => one.id !== id));
      return rest.map((entry) => (isList(entry) ? rewritten(entry, without) : entry));
    },
  },
  detail('a transcript without words', 'lost', (one) => Object.assign(one, { transcript_segments: [] })),
  detail('a conversation at another hour', 'lost', (one) => {
    for (const key of ['created_at', 'started_at', 'finished_at'])
      Object.assign(one, { [key]: later(one[key], -7_200_000) });
  }),
  {
    what: 'a recording that is in two conversations',
    rule: 'doubled',
    apply: (traffic) => {
      const double = { ...lastDetail(traffic), id: 'another' };
      for (const segment of double.transcript_segments) segment.id = `${segment.id}-again`;
      const index = traffic.findLastIndex(isList);
      const asked = { ...(traffic.findLast(isDetail) as Exchange), path: '/v1/conversations/another' };
      return [
        ...traffic.with(
          index,
          rewritten(
            traffic[index] as Exchange,
            listed((all) => [...all, double]),
          ),
        ),
        { ...asked, body: JSON.stringify(double) },
      ];
    },
  },
  detail('a recording whose words stand twice', 'doubled', (one) =>
    one.transcript_segments.push(
      ...one.transcript_segments.slice(0, 1).map((said) => ({ ...said, id: 'another' })),
    ),
  ),
  body(
    'a conversation that is listed twice',
    'doubled',
    isList,
    listed((all) => [...all, ...all]),
  ),
  body(
    'a list that leaves out a conversation',
    'list',
    isList,
    listed((all) => all.slice(1)),
  ),
  detail('a conversation that goes on after a long silence', 'time', (one) => {
    const end = one.transcript_segments.at(-1)?.end ?? 0;
    const [said] = one.transcript_segments;
    one.transcript_segments.push({ ...said, id: 'later', start: end + 300, end: end + 305 });
    one.finished_at = later(one.finished_at, 310_000);
  }),
  detail('a segment after the end of its conversation', 'time', (one) => {
    one.finished_at = one.started_at;
  }),
  detail('a conversation created when it was uploaded', 'time', (one) => {
    one.created_at = later(one.created_at, 3_600_000);
  }),
  {
    what: 'a recording that stays on its way',
    rule: 'not synced',
    apply: (traffic) => {
      const { recording } = traffic.find(({ kind }) => kind === 'recorded') as { recording: string };
      return traffic.filter((entry) => {
        return entry.kind !== 'decision' || entry.recording !== recording || entry.becomes === 'uploaded';
      });
    },
  },
  {
    what: 'a recording that was given up',
    rule: 'not synced',
    apply: (traffic) =>
      traffic.map((entry) =>
        entry.kind === 'decision' && entry.becomes === 'swept'
          ? { ...entry, becomes: 'uploadRejected' }
          : entry,
      ),
  },
];

function isExchange(entry: Entry, method: string, path: RegExp, status: number): entry is Exchange {
  return (
    entry.kind === 'exchange' && entry.method === method && entry.status === status && path.test(entry.path)
  );
}

function isUpload(entry: Entry): entry is Exchange {
  return isExchange(entry, 'POST', UPLOAD, 202);
}

function isPoll(entry: Entry): entry is Exchange {
  return isExchange(entry, 'GET', POLL, 200);
}

function isCompleted(entry: Entry): entry is Exchange {
  return isPoll(entry) && JSON.parse(entry.body).status === 'completed';
}

function isDetail(entry: Entry): entry is Exchange {
  return isExchange(entry, 'GET', DETAIL, 200);
}

function isList(entry: Entry): entry is Exchange {
  return isExchange(entry, 'GET', LIST, 200);
}

function later(date: unknown, ms: number): string {
  return new Date(Date.parse(String(date)) + ms).toISOString();
}

function listed(change: (all: Shown[]) => Shown[]): (json: Json) => unknown {
  return (json) => change(json as unknown as Shown[]);
}

function lastDetail(traffic: readonly Entry[]): Shown {
  return JSON.parse((traffic.findLast(isDetail) as Exchange).body);
}

function rewritten(entry: Exchange, change: (json: Json) => unknown): Exchange {
  return { ...entry, body: JSON.stringify(change(JSON.parse(entry.body))) };
}

function exchange(
  what: string,
  rule: Rule,
  meets: (entry: Entry) => entry is Exchange,
  change: (one: Exchange) => Exchange,
): Mutation {
  return { what, rule, apply: (traffic) => traffic.map((entry) => (meets(entry) ? change(entry) : entry)) };
}

function body(
  what: string,
  rule: Rule,
  meets: (entry: Entry) => entry is Exchange,
  change: (json: Json) => unknown,
): Mutation {
  return exchange(what, rule, meets, (one) => rewritten(one, change));
}

/** In each answer with the conversation that was opened last. */
function detail(what: string, rule: Rule, change: (conversation: Shown) => unknown): Mutation {
  return {
    what,
    rule,
    apply: (traffic) => {
      const { id } = lastDetail(traffic);
      return traffic.map((entry) => {
        if (!isDetail(entry) || JSON.parse(entry.body).id !== id) return entry;
        return rewritten(entry, (conversation) => {
          change(conversation as Shown);
          return conversation;
        });
      });
    },
  };
}
