/** `afterword operation`: how the server does, for somebody with a terminal and little time. */
import { pino } from 'pino';
import { OperationWatch } from '../operation/operation.ts';
import type { Operation } from '../operation/picture.ts';
import { ageOf } from '../operation/troubles.ts';
import { onDatabase } from './on-database.ts';
import { tableOf } from './table.ts';

/** Reads the database, so that it also tells something while no api answers; only an api knows how the storage is. */
export async function runOperation({ json }: { json: boolean }): Promise<void> {
  const log = pino({ level: 'silent' });
  const picture = await onDatabase(
    async (db) => await new OperationWatch({ db, log, storeState: async () => 'ok' }).look(),
  );
  console.log(json ? JSON.stringify(picture, null, 2) : tell(picture));
}

function tell({ troubles, lanes, stages, providers, workers, webhooks, push, atMs }: Operation): string {
  const worst = troubles.map(({ level, text }) => `${level === 'bad' ? '!!' : ' !'} ${text}`);
  const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`);
  const sections = [
    worst.length > 0 ? worst.join('\n') : 'All is well.',
    tableOf([
      ['lane', 'waiting', 'running', 'oldest', 'why they wait'],
      ...lanes.map(({ lane, waiting, running, oldestMs, reasons }) => [
        lane,
        String(waiting),
        String(running),
        waiting > 0 ? ageOf(oldestMs) : '-',
        reasons.map(({ code, count }) => `${code} ${count}`).join(', '),
      ]),
    ]),
    tableOf([
      ['worker', 'host', 'pid', 'state', 'holds', 'last heartbeat'],
      ...workers.map(({ id, host, pid, state, holds, beatAtMs }) => [
        id.slice(0, 8),
        host,
        String(pid),
        state,
        String(holds),
        `${ageOf(Math.max(0, atMs - beatAtMs))} ago`,
      ]),
    ]),
    tableOf([
      [
        'provider',
        'state',
        'allowed',
        'under way',
        'answered',
        'failed',
        'spared',
        'p50',
        'p95',
        'last failure',
      ],
      ...providers.map((one) => [
        one.provider,
        one.state,
        one.limit ? String(Math.floor(one.limit.allowed)) : '-',
        ...[one.underWay, one.answered, one.failed, one.spared].map(String),
        seconds(one.p50Ms),
        seconds(one.p95Ms),
        one.lastCode ?? '-',
      ]),
    ]),
    tableOf([
      ['stage, of 15 minutes', 'ended', 'p50', 'p95'],
      ...stages.map(({ stage, count, p50Ms, p95Ms }) => [
        stage,
        String(count),
        seconds(p50Ms),
        seconds(p95Ms),
      ]),
    ]),
    `Webhooks: ${webhooks.waiting} deliveries wait, ${webhooks.failing} endpoints fail, ${webhooks.disabled.length} are disabled. ` +
      `Push: ${push.waiting} wait, ${push.failedLately} failed today.`,
  ];
  return sections.join('\n\n');
}
