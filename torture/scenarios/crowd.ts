/** Thousands of phones send at the same moment. Nobody works on it meanwhile: it is the door that is tried. */
import { Agent, request } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { mustCome } from '../pace.ts';
import { type Findings, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { StoredContents, smallFile } from '../senders.ts';
import { openWorld } from '../world.ts';

/** A phone gives up then. */
const PATIENCE_MS = 60_000;
const PEOPLE = 500;
const HEALTH_EVERY_MS = 200;
const HEALTH_WITHIN_MS = 10_000;

export const crowd: Scenario = {
  name: 'crowd',
  promises:
    'of 5,000 uploads at once each is accepted or told when to come again, and a refused one leaves nothing',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const folder = `${ground.folder}/audio`;
    const world = await openWorld(ground, {
      apis: 1,
      workers: 0,
      behaviour: {},
      settings: { AFTERWORD_BLOBS: folder },
    });
    try {
      const [api] = world.fleet.apis;
      if (!api) throw new Error('no api runs');
      const uploads = sizeOf(ground, { full: 5_000, short: 1_000 });
      const health = watchHealth(api.url);
      const answers = await Promise.all(
        Array.from({ length: uploads }, (_, at) => upload(api.url, `person-${at % PEOPLE}`, at)),
      );
      const looks = await health.end();
      const [load = 0] = loadavg();
      findings.notes.push(
        `the times are of a machine with ${availableParallelism()} cores and a load of ${load.toFixed(1)}`,
      );
      // What was refused while its body came is removed after the answer.
      const contents = new StoredContents(folder, world);
      const accepted = answers.filter(({ status }) => status === 202);
      const refused = answers.filter(({ status }) => status === 503);
      await mustCome(
        'as many files as were accepted',
        async () => (await contents.files()).length === accepted.length,
        10_000,
      ).catch(() => {});
      const files = (await contents.files()).length;
      const rows = await countRows(world.ask);
      const strange = answers.filter(({ status }) => status !== 202 && status !== 503);
      const unanswered = strange.filter(({ status }) => status === 0);
      findings.table.push({
        uploads,
        accepted: accepted.length,
        'told to come again': refused.length,
        'given up': unanswered.length,
        files,
        ...rows,
        ...spread('202', accepted),
        ...spread('503', refused),
        '/health': looks.length,
        ...spread('/health', looks),
      });
      const broken = (count: number, what: string) => count > 0 && findings.broken.push(`${count} ${what}`);
      broken(unanswered.length, `uploads had no answer within ${PATIENCE_MS / 1000} s`);
      broken(strange.length - unanswered.length, `uploads got neither 202 nor 503: ${statuses(strange)}`);
      broken(
        refused.filter(({ retryAfter }) => !(retryAfter > 0)).length,
        'refusals did not say when to come again',
      );
      broken(Math.abs(files - accepted.length), 'more or fewer files than were accepted');
      for (const [what, count] of Object.entries(rows))
        broken(Math.abs(count - accepted.length), `more or fewer ${what} than were accepted`);
      broken(
        looks.filter(({ status }) => status !== 200).length,
        `looks at /health failed: ${statuses(looks)}`,
      );
      if (looks.length === 0) findings.broken.push('/health was not asked');
      findings.broken.push(...world.fleet.brokenEnds());
    } finally {
      await world.close();
    }
    return findings;
  },
};

interface Answer {
  /** 0: none came. */
  status: number;
  tookMs: number;
  retryAfter: number;
}

async function upload(url: string, person: string, at: number): Promise<Answer> {
  const { name, bytes } = smallFile(at);
  return await ask(`${url}/api/v1/recordings?name=${name}`, {
    method: 'POST',
    person,
    bytes,
    withinMs: PATIENCE_MS,
  });
}

/** A connection for each, as from as many phones. */
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

async function ask(
  url: string,
  { method, person, bytes, withinMs }: { method: string; person?: string; bytes?: Buffer; withinMs: number },
): Promise<Answer> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const answered = (status: number, retryAfter = 0) =>
    resolve({ status, retryAfter, tookMs: performance.now() - startedAt });
  const headers = {
    ...(person && { 'x-afterword-user': person }),
    ...(bytes && { 'content-type': 'application/octet-stream', 'content-length': bytes.length }),
  };
  const asking = request(url, { method, headers, agent, signal: AbortSignal.timeout(withinMs) });
  asking.on('response', (response) => {
    response.resume();
    response.once('end', () => answered(response.statusCode ?? 0, Number(response.headers['retry-after'])));
    response.once('error', () => answered(0));
  });
  asking.on('error', () => answered(0));
  asking.end(bytes);
  return await promise;
}

function watchHealth(url: string): { end(): Promise<Answer[]> } {
  let isOver = false;
  const looks: Answer[] = [];
  const looking = (async () => {
    while (!isOver) {
      looks.push(await ask(`${url}/health`, { method: 'GET', withinMs: HEALTH_WITHIN_MS }));
      await delay(HEALTH_EVERY_MS);
    }
  })();
  return {
    async end() {
      isOver = true;
      await looking;
      return looks;
    },
  };
}

async function countRows(askDatabase: <R>(text: string) => Promise<R[]>): Promise<Record<string, number>> {
  const [counts] = await askDatabase<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM recordings) AS recordings, (SELECT count(*)::int FROM uploads) AS uploads,
            (SELECT count(*)::int FROM blobs) AS blobs`,
  );
  return {
    'rows of recordings': counts?.recordings ?? 0,
    'of uploads': counts?.uploads ?? 0,
    'of blobs': counts?.blobs ?? 0,
  };
}

function spread(of: string, answers: readonly Answer[]): Row {
  if (answers.length === 0) return {};
  const sorted = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { [`${of} p50 (ms)`]: at(0.5), [`${of} p99 (ms)`]: at(0.99) };
}

function statuses(answers: readonly Answer[]): string {
  const counts = Map.groupBy(answers, ({ status }) => status);
  return [...counts].map(([status, those]) => `${status} x ${those.length}`).join(', ');
}
