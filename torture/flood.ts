/**
 * A busy person, in a process of its own: it sends at a fixed rate whatever the answers are, and tells at its end what they
 * were. It has the lowest priority, since it stands for machines that are not the server's.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { smallFile } from './senders.ts';

export interface FloodOrder {
  url: string;
  person: string;
  perSecond: number;
  forMs: number;
}

export interface FloodReport {
  /** Of whom nothing was sent because too many were under way: a machine has only so many connections. */
  unsent: number;
  /** By status and code. */
  answers: Record<string, number>;
  /** Refusals without a reason or a time. */
  unexplained: number;
  /** Contents that were accepted. */
  accepted: string[];
}

const MOST_UNDER_WAY = 1_000;
const STEP_MS = 20;
const ANSWER_WITHIN_MS = 60_000;

process.on('message', (order: FloodOrder) => {
  setPriority(constants.priority.PRIORITY_LOW);
  void flood(order).then((report) => {
    process.send?.(report, () => process.disconnect?.());
  });
});

async function flood({ url, person, perSecond, forMs }: FloodOrder): Promise<FloodReport> {
  const report: FloodReport = { unsent: 0, answers: {}, unexplained: 0, accepted: [] };
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_UNDER_WAY });
  const underWay = new Set<Promise<void>>();
  const since = performance.now();
  let number = 0;
  while (performance.now() - since < forMs) {
    const due = ((performance.now() - since) * perSecond) / 1000;
    for (; number < due; number++) {
      if (underWay.size >= MOST_UNDER_WAY) {
        report.unsent++;
        continue;
      }
      const sent = send(url, person, number, agent, report).finally(() => underWay.delete(sent));
      underWay.add(sent);
    }
    await delay(STEP_MS);
  }
  await Promise.all(underWay);
  agent.destroy();
  return report;
}

async function send(
  url: string,
  person: string,
  at: number,
  agent: Agent,
  report: FloodReport,
): Promise<void> {
  const { name, bytes, sha256 } = smallFile(at % 100_000, randomBytes(500));
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = (status: number, code = '') => {
    const answer = `${status}${code && ` ${code}`}`;
    report.answers[answer] = (report.answers[answer] ?? 0) + 1;
    if (status === 202) report.accepted.push(sha256);
    resolve();
  };
  const asking = request(`${url}/api/v1/recordings?name=${name}`, {
    method: 'POST',
    agent,
    headers: {
      'x-afterword-user': person,
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
    },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  asking.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', () => ended(0));
    response.once('end', () => {
      const status = response.statusCode ?? 0;
      const code = status === 202 ? '' : codeIn(Buffer.concat(chunks).toString());
      const isExplained = status === 202 || (code !== '' && Number(response.headers['retry-after']) > 0);
      if (!isExplained) report.unexplained++;
      ended(status, code);
    });
  });
  asking.once('error', () => ended(0));
  asking.end(bytes);
  await promise;
}

function codeIn(body: string): string {
  try {
    return String((JSON.parse(body) as { code?: unknown }).code ?? '');
  } catch {
    return '';
  }
}
