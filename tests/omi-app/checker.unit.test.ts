import { expect, test } from 'vitest';
import { judge } from './checker.ts';
import { MUTATIONS } from './mutations.ts';
import type { Entry } from './traffic.ts';

const START_MS = Date.parse('2026-11-20T10:00:00.000Z');
const RECORDING = 'audio_omi_pcm16_16000_1_fs160_1795168800.bin';
const GARBAGE = 'audio_omi_pcm16_16000_1_fs160_1795168860.bin';
const JOB = 'job-1';
const CONVERSATION = 'conversation-1';

const json = { 'content-type': 'application/json' };

function exchange(
  method: string,
  path: string,
  status: number | null,
  body: unknown,
  files: string[] = [],
): Entry {
  return { kind: 'exchange', method, path, files, status, headers: json, body: JSON.stringify(body) };
}

function decision(recording: string, becomes: 'uploaded' | 'synced' | 'swept'): Entry {
  return { kind: 'decision', recording, becomes, jobId: JOB };
}

const conversation = {
  id: CONVERSATION,
  created_at: '2026-11-20T10:00:00.400Z',
  started_at: '2026-11-20T10:00:00.400Z',
  finished_at: '2026-11-20T10:00:09.400Z',
  structured: { title: 'Grandchildren', overview: '', category: 'family', action_items: [], events: [] },
  transcript_segments: [
    { id: 's1', start: 0, end: 4, text: 'have you seen them', speaker: 'SPEAKER_00', is_user: false },
    { id: 's2', start: 4.5, end: 9, text: 'in the next garden', speaker: 'SPEAKER_01', is_user: true },
  ],
  audio_files: [
    {
      id: 'a1',
      uid: 'u1',
      conversation_id: CONVERSATION,
      chunk_timestamps: [START_MS / 1000],
      started_at: '2026-11-20T10:00:00.000Z',
      duration: 10,
    },
  ],
  discarded: false,
  status: 'completed',
};

/** As the contract has it, with a connection that broke and a file without audio. */
const GOOD: readonly Entry[] = [
  {
    kind: 'recorded',
    recording: RECORDING,
    startedAtMs: START_MS,
    endedAtMs: START_MS + 10_000,
    holds: 'speech',
  },
  {
    kind: 'recorded',
    recording: GARBAGE,
    startedAtMs: START_MS + 60_000,
    endedAtMs: START_MS + 70_000,
    holds: 'nothing readable',
  },
  exchange('POST', '/v2/sync-local-files', null, null, [RECORDING, GARBAGE]),
  exchange(
    'POST',
    '/v2/sync-local-files',
    202,
    { job_id: JOB, status: 'queued', total_files: 2, total_segments: 0, poll_after_ms: 3000, lane: 'fresh' },
    [RECORDING, GARBAGE],
  ),
  decision(RECORDING, 'uploaded'),
  decision(GARBAGE, 'uploaded'),
  exchange('GET', `/v2/sync-local-files/${JOB}`, 200, {
    job_id: JOB,
    status: 'completed',
    lane: 'fresh',
    total_segments: 1,
    processed_segments: 1,
    successful_segments: 1,
    failed_segments: 0,
    result: { new_memories: [CONVERSATION], updated_memories: [], failed_segments: 0, total_segments: 1 },
  }),
  decision(RECORDING, 'synced'),
  decision(GARBAGE, 'synced'),
  exchange('GET', `/v1/conversations/${CONVERSATION}`, 200, conversation),
  decision(RECORDING, 'swept'),
  decision(GARBAGE, 'swept'),
  exchange('GET', '/v1/conversations?include_discarded=true&limit=50&offset=0', 200, [conversation]),
  exchange('GET', `/v1/conversations/${CONVERSATION}`, 200, conversation),
];

test('traffic that keeps to the contract has no violation', () => {
  expect(judge(GOOD)).toEqual([]);
});

test.each(MUTATIONS.map((mutation) => [mutation.what, mutation] as const))('%s is found', (_, mutation) => {
  const rules = judge(mutation.apply(GOOD)).map(({ rule }) => rule);
  expect(rules).toContain(mutation.rule);
});

test('sound that was said to be there and is not is found', () => {
  const silent = GOOD.map((entry) =>
    entry.kind === 'exchange' && entry.status === 200
      ? { ...entry, body: entry.body.replace('"duration":10', '"duration":2') }
      : entry,
  );
  expect(judge(silent)).toMatchObject([{ rule: 'sound' }]);
  const path = `/v1/sync/audio/${CONVERSATION}/a1?format=wav`;
  expect(judge([...GOOD, exchange('GET', path, 404, {})])).toContainEqual(
    expect.objectContaining({ rule: 'sound' }),
  );
});

test('two conversations that are less than 120 s apart are found', () => {
  const next = {
    ...conversation,
    id: 'conversation-2',
    created_at: '2026-11-20T10:01:30.000Z',
    started_at: '2026-11-20T10:01:30.000Z',
    finished_at: '2026-11-20T10:01:39.000Z',
    transcript_segments: conversation.transcript_segments.map((one) => ({ ...one, id: `${one.id}-2` })),
  };
  const split = [
    ...GOOD.slice(0, -2),
    exchange('GET', '/v1/conversations?limit=50&offset=0', 200, [conversation, next]),
    exchange('GET', `/v1/conversations/${CONVERSATION}`, 200, conversation),
    exchange('GET', '/v1/conversations/conversation-2', 200, next),
  ];
  expect(judge(split)).toEqual([{ rule: 'time', text: 'two conversations are only 80.6 s apart' }]);
});
