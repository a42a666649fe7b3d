import { randomInt } from 'node:crypto';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';

/**
 * Below the range from which Linux (32768+) and macOS (49152+) take ports for outgoing connections: while
 * PostgreSQL is being restarted no client of anything can sit on its port by accident.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const PORTS_TRIED = 20;

/** The port used last time if it is free, else a random free one. */
export async function choosePort(preferred: number | undefined): Promise<number> {
  // The library keeps a port to itself for half a minute after it gave it out; PostgreSQL may be started again sooner.
  clearLockedPorts();
  const first = randomInt(LOWEST, HIGHEST - PORTS_TRIED);
  const wanted = portNumbers(first, first + PORTS_TRIED - 1);
  return await getPort({ host: '127.0.0.1', port: preferred === undefined ? wanted : [preferred, ...wanted] });
}
