/** Decides what an operator has to know first. Pure: the same picture gives the same troubles, the worst of them first. */
import { type Facts, TROUBLES, type Trouble } from './picture.ts';

/** Work that waits for a place is taken within seconds; nobody took this while no lane was shorter of places. */
const STUCK_MS = 15 * 60_000;
/** A file is freed within minutes of being listed; after a day the store refuses to. */
const ORPHAN_STAYS_MS = 24 * 3_600_000;

/** One worker may die of its machine; when so many do within minutes, something kills them. */
const SEVERAL = 3;

const SECONDS_MS = 1_000;
const MINUTE_MS = 60 * SECONDS_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function troublesOf(facts: Facts): Trouble[] {
  const found = [
    ...ofStorage(facts),
    ...ofWorkers(facts),
    ...ofQueues(facts),
    ...ofProviders(facts),
    ...ofRest(facts),
  ];
  const rank = ({ level, code }: Trouble) => (level === 'bad' ? 0 : TROUBLES.length) + TROUBLES.indexOf(code);
  return found.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

function ofStorage({ storage, atMs }: Facts): Trouble[] {
  const found: Trouble[] = [];
  if (storage.state !== 'ok') {
    const why = { full: 'is full', read_only: 'is read-only', unavailable: 'does not answer' }[storage.state];
    found.push(
      trouble(
        'storage_unavailable',
        'bad',
        { subject: storage.state, count: 1 },
        `The storage for audio ${why}: uploads are refused, and senders keep their files and come again.`,
      ),
    );
  }
  if (storage.orphans > 0 && storage.oldestOrphanMs > ORPHAN_STAYS_MS)
    found.push(
      trouble(
        'orphans_stay',
        'warning',
        { count: storage.orphans, sinceMs: atMs - storage.oldestOrphanMs },
        `${many(storage.orphans, 'file')} could not be freed for ${ageOf(storage.oldestOrphanMs)}: the store refuses to delete.`,
      ),
    );
  return found;
}

function ofWorkers({ workers, lanes, atMs }: Facts): Trouble[] {
  const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const alive = workers.filter(({ state }) => state === 'alive').length;
  const dead = workers.filter(({ state }) => state === 'dead');
  const found: Trouble[] = [];
  if (alive === 0)
    found.push(
      trouble(
        'no_worker',
        waiting > 0 ? 'bad' : 'warning',
        { count: waiting },
        waiting > 0
          ? `No worker is running: ${many(waiting, 'recording or conversation', 'recordings and conversations')} wait. Nothing is lost, and nothing goes on.`
          : 'No worker is running: what is uploaded now will wait.',
      ),
    );
  if (dead.length > 0)
    found.push(
      trouble(
        'workers_lost',
        dead.length < SEVERAL ? 'warning' : 'bad',
        { count: dead.length, sinceMs: Math.min(...dead.map(({ beatAtMs }) => beatAtMs)) },
        dead.length < SEVERAL
          ? `${many(dead.length, 'worker')} died within ten minutes without giving up work: others have taken it over, or do so within seconds. The log says why.`
          : `${dead.length} workers died within ten minutes without giving up their work: it is taken over, but something kills them. Their log says what.`,
      ),
    );
  for (const { id, host, pid, beatAtMs, holds } of workers.filter(({ state }) => state === 'silent'))
    found.push(
      trouble(
        'worker_silent',
        'warning',
        { subject: id, count: holds, sinceMs: beatAtMs },
        `The worker ${pid} on ${host} has not been heard of for ${ageOf(atMs - beatAtMs)}: its ${many(holds, 'piece', 'pieces')} of work are taken over within seconds.`,
      ),
    );
  return found;
}

function ofQueues({ lanes, workers, atMs }: Facts): Trouble[] {
  if (!workers.some(({ state }) => state === 'alive')) return [];
  return lanes
    .filter(({ waiting, running, oldestMs }) => waiting > 0 && running === 0 && oldestMs > STUCK_MS)
    .filter(({ reasons, waiting }) => {
      // What waits for its next attempt is not stuck: it goes on by itself at a time that is known.
      const later = reasons.reduce((sum, one) => sum + (one.nextTryAtMs === null ? 0 : one.count), 0);
      return later < waiting;
    })
    .map(({ lane, waiting, oldestMs }) =>
      trouble(
        'queue_stuck',
        'bad',
        { subject: lane, count: waiting, sinceMs: atMs - oldestMs },
        `${many(waiting, 'piece', 'pieces')} of work wait in the lane "${lane}", the oldest for ${ageOf(oldestMs)}, and none is worked on.`,
      ),
    );
}

function ofProviders({ providers, atMs }: Facts): Trouble[] {
  return providers.flatMap(
    ({ provider, state, failed, spared, lastCode, lastFailedAtMs, limit }): Trouble[] => {
      const about = { subject: provider, sinceMs: lastFailedAtMs };
      const why = lastCode === null ? '' : ` (${lastCode})`;
      if (state === 'down')
        return [
          trouble(
            'provider_down',
            'bad',
            { ...about, count: spared },
            `${provider} is down${why}: it is left alone and tested every few seconds; other providers are asked, or the work waits.`,
          ),
        ];
      if (state === 'failing')
        return [
          trouble(
            'provider_failing',
            'warning',
            { ...about, count: failed },
            `The last calls to ${provider} failed${why}: ${failed} within ten minutes. They are made again by themselves.`,
          ),
        ];
      if (limit?.pausedUntilMs != null && limit.pausedUntilMs > atMs)
        return [
          trouble(
            'provider_paused',
            'warning',
            { ...about, count: limit.wanted },
            `${provider} has asked to be left alone for another ${ageOf(limit.pausedUntilMs - atMs)}: the work goes on then.`,
          ),
        ];
      return [];
    },
  );
}

function ofRest({ deadLetters, webhooks }: Facts): Trouble[] {
  const { recordings, conversations, kinds } = deadLetters;
  const found: Trouble[] = [];
  if (recordings + conversations > 0) {
    const [worst] = [...kinds].sort((a, b) => b.count - a.count);
    const most =
      worst?.code && kinds.length > 1
        ? `, most of them for ${worst.code}`
        : worst?.code
          ? ` for ${worst.code}`
          : '';
    found.push(
      trouble(
        'dead_letters',
        recordings > 0 ? 'bad' : 'warning',
        {
          subject: worst?.code ?? null,
          count: recordings + conversations,
          sinceMs: worst ? Math.min(...kinds.map(({ sinceMs }) => sinceMs)) : null,
        },
        `${many(recordings, 'recording')} and ${many(conversations, 'conversation')} failed${most}, and are not tried again by themselves. Their audio is kept.`,
      ),
    );
  }
  // What its owner has turned off is as they want it.
  const disabled = webhooks.disabled.filter(({ code }) => code !== 'by_person');
  if (disabled.length > 0)
    found.push(
      trouble(
        'webhooks_disabled',
        'warning',
        {
          count: disabled.length,
          sinceMs: Math.min(...disabled.map(({ sinceMs }) => sinceMs)),
        },
        `${many(disabled.length, 'webhook')} took nothing for five days, or answered to be gone, and ${disabled.length === 1 ? 'is' : 'are'} disabled: their owners were told.`,
      ),
    );
  if (webhooks.failing > 0)
    found.push(
      trouble(
        'webhooks_failing',
        'warning',
        { count: webhooks.failing },
        `${many(webhooks.failing, 'webhook')} did not take the last delivery: it is sent again for a day.`,
      ),
    );
  return found;
}

function trouble(
  code: Trouble['code'],
  level: Trouble['level'],
  about: Partial<Pick<Trouble, 'subject' | 'sinceMs'>> & { count: number },
  text: string,
): Trouble {
  return { code, level, subject: null, sinceMs: null, ...about, text };
}

function many(count: number, one: string, others = `${one}s`): string {
  return `${count} ${count === 1 ? one : others}`;
}

/** As people say it: 40 seconds, 12 minutes, 5 hours, 3 days. */
export function ageOf(ms: number): string {
  if (ms < 2 * MINUTE_MS) return many(Math.max(1, Math.round(ms / SECONDS_MS)), 'second');
  if (ms < 2 * HOUR_MS) return many(Math.round(ms / MINUTE_MS), 'minute');
  return ms < 2 * DAY_MS ? many(Math.round(ms / HOUR_MS), 'hour') : many(Math.round(ms / DAY_MS), 'day');
}
