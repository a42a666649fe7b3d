/** What a provider keeps of a piece is taken away from it: beside the work, which waits for none of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../../providers/deadline.ts';
import type { Endpoint } from '../../../providers/http/endpoint.ts';
import { remove } from '../../../providers/http/exchange.ts';
import { ProviderError } from '../../../providers/provider-error.ts';

/** What is refused while it is still worked on, or meets an outage, has a minute and a half to be taken. */
const WAITS_MS = [2000, 10_000, 60_000];
const REQUEST_MS = 5000;

export class Leftovers {
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  readonly #onLeft: (what: string) => void;

  /** @param onLeft is told of what could not be taken away: somebody else has to, for it is what people said */
  constructor(onLeft: (what: string) => void) {
    this.#onLeft = onLeft;
  }

  remove(endpoint: Endpoint): void {
    const removal = this.#removeInTime(endpoint).finally(() => this.#underWay.delete(removal));
    this.#underWay.add(removal);
  }

  /** What waits for another try gets it now. Resolves when none is left, after 5 s at the latest. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  async #removeInTime(endpoint: Endpoint): Promise<void> {
    for (const waitMs of [0, ...WAITS_MS]) {
      await this.#wait(waitMs);
      if (await isRemoved(endpoint)) return;
      if (this.#closing.signal.aborted) break;
    }
    this.#onLeft(`${endpoint.url.host}${endpoint.url.pathname}`);
  }

  /** Keeps no process alive that has nothing else to do. */
  async #wait(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
  }
}

async function isRemoved(endpoint: Endpoint): Promise<boolean> {
  const late = () => new ProviderError('timeout', `no answer within ${REQUEST_MS} ms`);
  try {
    const { status } = await within([], { ms: REQUEST_MS, late }, (signal) => remove(endpoint, signal));
    return status < 300 || status === 404 || status === 410;
  } catch {
    return false;
  }
}
