/** `afterword watch` follows an upload and a conversation in a terminal until they are over. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { Person } from '../pipeline/person.ts';
import { spoken } from '../speakers/two-voices.ts';
import { plainEnvironment, useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LIMIT_MS = 240_000;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300 } });
afterAll(() => providers.close());

const server = useServer({
  ...deepgramAt(providers.url),
});

async function watch(...args: string[]): Promise<string> {
  const command = [MAIN, 'watch', ...args, '--url', server.url, '--user', 'ada'];
  const { stdout } = await promisify(execFile)(process.execPath, command, { env: plainEnvironment() });
  return stdout;
}

test(
  'prints what happens to an upload, ends when it is done, and tells at once of what is done',
  async () => {
    const ada = new Person(server, 'ada');
    const bytes = toWav(spoken([{ who: 'low', phrase: 0 }]));
    const { id } = await ada.uploadTold({ name: 'a.wav', bytes }, Date.UTC(2026, 2, 3, 9));
    const seen = await watch(id);
    const lines = seen.trimEnd().split('\n');
    expect(lines[0]).toMatch(/ {2}now {2}upl_/);
    expect(lines.at(-1)).toMatch(
      /upload\.done {2}upl_\S+ {2}1 files, 1 heard$|now {2}upl_\S+ {2}done: completed$/,
    );
    const again = (await watch(id, '--json')).trimEnd().split('\n');
    expect(again.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'snapshot', data: { status: 'done' } },
    ]);
    await expect(watch('rec_1')).rejects.toThrow('is neither an upload');
    await expect(watch('upl_unknown')).rejects.toThrow(/There is nothing with this id. Check the id/);
  },
  LIMIT_MS,
);
