import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which Linux (32768+) and macOS (49152+) take ports for outgoing connections: while
 * PostgreSQL is being restarted no client of anything can sit on its port by accident.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Resolves to the port that could be bound, or undefined. Port 0 asks the system for one. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.unref();
    probe.once('error', () => resolve(undefined));
    probe.listen({ host: '127.0.0.1', port }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** The port used last time if it is free, else a random free one. */
export async function choosePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await tryPort(preferred))) return preferred;
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await tryPort(randomInt(LOWEST, HIGHEST));
    if (port) return port;
  }
  const port = await tryPort(0);
  if (!port) throw new Error('No TCP port on 127.0.0.1 is free');
  return port;
}
