/** Who is who, on the whole server: two voices in several files, told apart by a provider that starts anew in each. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { ConversationBody, UsageBody } from '../../src/api/schemas.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { type Line, spoken, whoSpeaksAt } from '../speakers/two-voices.ts';
import { type TestServer, useServer } from '../support/server.ts';
import { type Conversation, Person } from './person.ts';

const START_MS = Date.UTC(2026, 2, 3, 9);
const low = (phrase: number): Line => ({ who: 'low', phrase });
const high = (phrase: number): Line => ({ who: 'high', phrase });

interface File {
  atS: number;
  lines: Line[];
}

/** Who is SPEAKER_00 in the first is SPEAKER_01 in the second. */
const first: File = { atS: 0, lines: [low(0), high(1)] };
const second: File = { atS: 60, lines: [high(2), low(3), high(0)] };
const third: File = { atS: 120, lines: [low(4)] };
const fourth: File = { atS: 150, lines: [high(5), low(1)] };
const far: File = { atS: 230, lines: [high(4), low(5)] };

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });

/** In front of the provider, and of use for pieces only: what is as long as a reel finds it dead, or without an answer. */
const LONGEST_PIECE_BYTES = 16 * 2 * 16_000;
let reels: 'die' | 'hang' = 'die';
let reelsAsked = 0;
const gate = createServer(async (request, response) => {
  if (Number(request.headers['content-length']) > LONGEST_PIECE_BYTES) {
    reelsAsked++;
    if (reels === 'die') request.destroy();
    return;
  }
  const answer = await fetch(`${providers.url}${request.url}`, {
    method: 'POST',
    headers: { authorization: request.headers.authorization ?? '' },
    body: new Uint8Array(await new Response(request as AsyncIterable<Uint8Array>).arrayBuffer()),
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
});
await once(gate.listen(0, '127.0.0.1'), 'listening');

const settings = {
  AFTERWORD_TRANSCRIBER: 'deepgram',
  AFTERWORD_DEEPGRAM_KEY: 'key',
  AFTERWORD_QUIET_MS: '0',
};
const server = useServer({ ...settings, AFTERWORD_DEEPGRAM_URL: providers.url });
const withoutReels = useServer({
  ...settings,
  AFTERWORD_DEEPGRAM_URL: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
  AFTERWORD_TRANSCRIBER_DEADLINE_MS: '3000',
});
afterAll(async () => {
  gate.closeAllConnections();
  gate.close();
  await providers.close();
});

/** Somebody who sends one file after the other, each when all before it is understood. */
class Sender extends Person {
  readonly #at: TestServer;

  constructor(at: TestServer, id: string) {
    super(at, id);
    this.#at = at;
  }

  async send(...files: File[]): Promise<Conversation[]> {
    let all: Conversation[] = [];
    for (const { atS, lines } of files) {
      const file = { name: `${atS}.wav`, bytes: toWav(spoken(lines)) };
      const { id } = await this.uploadTold(file, START_MS + atS * 1000);
      const upload = await this.uploadDone(id);
      expect(upload.files[0]).toMatchObject({ outcome: 'completed' });
      all = await this.ready();
    }
    return all;
  }

  /** Also until the voices are compared, which a conversation does not wait for. */
  async ready(): Promise<Conversation[]> {
    const statuses = async () => new Set((await this.list()).map(({ status }) => status));
    await expect.poll(statuses, { timeout: 50_000, interval: 100 }).toEqual(new Set(['ready']));
    await expect.poll(() => comparisons(this.#at), { timeout: 50_000, interval: 100 }).toBe(0);
    return await this.conversations();
  }

  async release(conversation: Conversation, speakerId: string): Promise<Conversation> {
    const path = `/api/v1/conversations/${conversation.id}/speakers/${speakerId}`;
    const response = await this.fetch(path, { method: 'DELETE' });
    expect(response.status).toBe(200);
    return ConversationBody.parse(await response.json());
  }

  async decide(conversation: Conversation, speakerId: string, decision: object): Promise<Conversation> {
    const response = await this.fetch(`/api/v1/conversations/${conversation.id}/speakers/${speakerId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(decision)]),
    });
    expect(response.status).toBe(200);
    return ConversationBody.parse(await response.json());
  }
}

/** The number of comparisons of voices that have not ended. */
async function comparisons(at: TestServer): Promise<number> {
  return await at.query(async (db) => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM dbos.workflow_status
       WHERE name = 'link' AND status IN ('ENQUEUED', 'DELAYED', 'PENDING')`.execute(db);
    return rows[0]?.n ?? 0;
  });
}

/** For each line what its speaker is called and known by, by who it really is. */
function calledBy(who: Line['who'], files: readonly File[], { segments }: Conversation) {
  const own = segments.filter(({ startedAtMs, endedAtMs }) => {
    const ms = (startedAtMs + endedAtMs) / 2 - START_MS;
    const file = files.findLast(({ atS }) => atS * 1000 <= ms);
    return file && whoSpeaksAt(file.lines, ms - file.atS * 1000) === who;
  });
  return { ids: [...new Set(own.map((s) => s.speakerId))], names: [...new Set(own.map((s) => s.speaker))] };
}

const only = (conversations: Conversation[]): Conversation => {
  expect(conversations).toHaveLength(1);
  return conversations[0] as Conversation;
};

const said = (files: readonly File[]) => files.reduce((sum, { lines }) => sum + lines.length, 0);

async function reelOf({ id }: Conversation) {
  return await server.query(async (db) => {
    const row = await db
      .selectFrom('conversations')
      .select(['reel', 'revision'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.reel ? { ...row.reel, isOfNow: row.reel.revision === row.revision } : null;
  });
}

describe('the voices of several files', () => {
  const files = [first, second, third, fourth];

  test.each([
    ['in-order', files],
    ['backwards', [...files].reverse()],
    ['inside-out', [second, fourth, first, third]],
  ])('are two speakers, whatever the order: %s', async (order, sent) => {
    const conversation = only(await new Sender(server, order).send(...sent));
    expect(conversation.segments).toHaveLength(said(files));
    expect(conversation.speakers.map(({ name, label }) => [name, label])).toEqual([
      [null, 'Speaker 1'],
      [null, 'Speaker 2'],
    ]);
    const [one, two] = conversation.speakers;
    expect(calledBy('low', files, conversation)).toEqual({ ids: [one?.id], names: ['Speaker 1'] });
    expect(calledBy('high', files, conversation)).toEqual({ ids: [two?.id], names: ['Speaker 2'] });
    expect(await reelOf(conversation)).toMatchObject({
      outcome: 'linked',
      provider: 'deepgram',
      voices: 7,
      isOfNow: true,
    });
  });

  test('cost one call for each version of the words, and none when they are of one piece', async () => {
    const sender = new Sender(server, 'calls');
    const { calls } = providers.stats();
    const one = only(await sender.send(first));
    expect(one.speakers).toHaveLength(2);
    expect(providers.stats().calls - calls).toBe(1);
    expect(await reelOf(one)).toBeNull();
    const two = only(await sender.send(second));
    expect(two.speakers).toHaveLength(2);
    // Its piece, and the reel of both.
    expect(providers.stats().calls - calls).toBe(3);
    expect(await reelOf(two)).toMatchObject({
      voices: 4,
      calls: [{ provider: 'deepgram', outcome: 'answered' }],
    });
    const { rows } = UsageBody.parse(await (await sender.fetch('/api/v1/usage')).json());
    expect(rows.find(({ stage }) => stage === 'speakers')).toMatchObject({
      provider: 'deepgram',
      results: 1,
      calls: 1,
      audioMs: (await reelOf(two))?.durationMs,
    });
  });
});

describe('what the user says', () => {
  test('survives growth, a merge by what comes between, and a restart; the meaning is not made again', async () => {
    const sender = new Sender(server, 'names');
    const [near, distant] = (await sender.send(first, far)) as [Conversation, Conversation];
    const [ana, ben] = [calledBy('low', [first], near).ids[0], calledBy('high', [far], distant).ids[0]];
    expect((await sender.decide(near, ana ?? '', { name: 'Ana' })).status).toBe('ready');
    await sender.decide(distant, ben ?? '', { name: 'Ben' });
    const { calls } = providers.stats();

    const merged = only(await sender.send({ atS: 110, lines: [high(2), low(3)] }));
    const all = [first, { atS: 110, lines: [high(2), low(3)] }, far];
    expect(calledBy('low', all, merged)).toEqual({ ids: [ana], names: ['Ana'] });
    expect(calledBy('high', all, merged)).toEqual({ ids: [ben], names: ['Ben'] });
    expect(providers.stats().calls - calls).toBe(2);

    await server.stop();
    await server.start();
    const grown = only(await sender.send({ atS: 300, lines: [low(0), high(3)] }));
    expect(grown.speakers.map(({ name }) => name)).toEqual(['Ana', 'Ben']);
    expect(calledBy('low', [...all, { atS: 300, lines: [low(0), high(3)] }], grown).ids).toEqual([ana]);
  });

  test('wins over what the provider says', async () => {
    const sender = new Sender(server, 'same');
    const before = only(await sender.send(first, second));
    const [one, two] = before.speakers;
    await sender.decide(before, two?.id ?? '', { sameAs: one?.id });
    const after = only(await sender.send(third));
    expect(after.speakers.map(({ id }) => id)).toEqual([one?.id]);
    for (const who of ['low', 'high'] as const) {
      expect(calledBy(who, [first, second, third], after).ids).toEqual([one?.id]);
    }

    // Said by mistake: each voice is its own, until there are more words and the provider is asked again.
    const released = await sender.release(after, one?.id ?? '');
    expect(released.speakers).toHaveLength(5);
    const [asked] = await sender.send(fourth);
    expect(asked?.speakers).toHaveLength(2);
    for (const who of ['low', 'high'] as const) {
      const { ids } = calledBy(who, [first, second, third, fourth], asked as Conversation);
      expect(ids).toHaveLength(1);
    }
  });
});

describe('a provider that', () => {
  test.each([
    ['dies over the reel', 'die'],
    ['never answers the reel', 'hang'],
  ] as const)('%s leaves the voices as they are, and the conversation is understood', async (_, fault) => {
    reels = fault;
    reelsAsked = 0;
    const sender = new Sender(withoutReels, `reels-${fault}`);
    const conversation = only(await sender.send(first, second));
    expect(conversation.title).toBeTruthy();
    expect(conversation.speakers).toHaveLength(4);
    expect(reelsAsked).toBeGreaterThan(0);
    const { reel } = await withoutReels.query((db) =>
      db
        .selectFrom('conversations')
        .select('reel')
        .where('id', '=', conversation.id)
        .executeTakeFirstOrThrow(),
    );
    expect(reel).toMatchObject({ outcome: 'failed', revision: 2 });
  });
});
