/** `afterword keys` and `afterword users`, as an operator types them, beside a server that runs. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { secretFrom, serverSecret } from '../../src/sign-in/server-secret.ts';
import { formOf, NAME, SECRET, startApi } from '../support/api.ts';
import { plainEnvironment } from '../support/server.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

async function startWithCli(settings: Parameters<typeof startApi>[0]) {
  const api = await startApi(settings);
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-cli-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const env = {
    ...plainEnvironment(),
    DATABASE_URL: api.databaseUrl,
    AFTERWORD_DATA_DIR: dataDir,
    AFTERWORD_SECRET: SECRET,
    AFTERWORD_SIGN_IN: 'keys,header',
  };
  const cli = async (...args: string[]) => await run(process.execPath, [MAIN, ...args], { env });
  const refusal = async (...args: string[]) =>
    await cli(...args).then(
      ({ stdout }) => `it did it: ${stdout}`,
      ({ stderr }: { stderr: string }) => stderr,
    );
  return { api, cli, refusal, dataDir };
}

it('the operation is told as text and as JSON, the worst first, without an api', async () => {
  const { api, cli } = await startWithCli({ modes: ['header'], singleUser: false });
  const headers = { 'x-afterword-user': 'ana' };
  const first = await cli('operation');
  expect(first.stdout).toMatch(/^ ! No worker is running: what is uploaded now will wait\.\n/);
  await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers,
    body: formOf({ [NAME]: 'of ana' }),
  });
  await api.db
    .updateTable('recordings')
    .set({ outcome: 'failed', code: 'poison', finished_at_ms: 1 })
    .execute();
  const { stdout } = await cli('operation');
  const [worst = ''] = stdout.split('\n');
  expect(worst).toMatch(/^(!!| !) \S/);
  expect(stdout).toContain('failed for poison, and are not tried again by themselves');
  for (const head of ['lane', 'worker', 'provider', 'stage, of 15 minutes', 'Webhooks: 0 deliveries wait'])
    expect(stdout).toContain(head);
  // Neither a name of a file nor a word that was spoken is in it.
  expect(stdout).not.toContain(NAME);
  const picture = JSON.parse((await cli('operation', '--json')).stdout) as Record<string, unknown>;
  expect(picture).toMatchObject({
    deadLetters: { kinds: [{ kind: 'recording', code: 'poison', count: 1 }] },
  });
});

it('a key is made, used, listed and revoked', async () => {
  const { api, cli, refusal } = await startWithCli({ modes: ['keys'], singleUser: false });
  const { stdout, stderr } = await cli(
    'keys',
    'create',
    '--user',
    'ana',
    '--scope',
    'read',
    '--expires',
    '90d',
  );
  const token = stdout.trim();
  expect(token).toMatch(/^afw_\w{50}$/);
  expect(stderr).toMatch(/^key_\w{12} of ana: read\. It expires at \d{4}-/);
  const ask = async () =>
    (await fetch(`${api.url}/api/v1/usage`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await ask()).toBe(200);
  const watch = ['watch', 'upl_unknown', '--url', api.url];
  expect(await refusal(...watch)).toContain('The request does not show who is asking');
  // It was let in, and there is no such upload.
  expect(await refusal(...watch, '--key', token)).toContain('There is nothing with this id');
  const shown = await refusal('show', 'cnv_unknown', '--url', api.url, '--key', token);
  expect(shown.match(/Check the id/g)).toHaveLength(1);
  const { keys } = JSON.parse((await cli('keys', 'list', '--json')).stdout) as { keys: { id: string }[] };
  expect(keys).toMatchObject([{ userId: 'ana', scopes: ['read'], lastUsedAtMs: expect.any(Number) }]);
  const id = keys[0]?.id ?? '';
  expect((await cli('keys')).stdout).toMatch(new RegExp(`^key .*\\n${id} +ana .* read +good `));
  expect((await cli('keys', 'list')).stdout).not.toContain(token);
  expect((await cli('users', 'sign-out', 'ana')).stdout).toMatch(
    /^ana is signed out of 0 browsers\. Their keys go on/,
  );
  expect(await ask()).toBe(200);
  expect(await refusal('users', 'sign-out', 'bob')).toContain('There is no person bob');
  expect((await cli('keys', 'revoke', id)).stdout).toBe(`${id} is revoked.\n`);
  expect(await ask()).toBe(401);
  expect((await cli('keys', 'list', '--user', 'ana')).stdout).toContain('revoked');
  expect((await cli('keys', 'list', '--user', 'bob')).stdout).toBe('There are no keys.\n');
  expect(await refusal('keys', 'revoke', 'key_x')).toContain('There is no key key_x.');
  expect(await refusal('keys', 'create', '--scope', 'write')).toContain('use read, upload, operate, admin');
  for (const when of ['soon', '2020-01-01', '0d'])
    expect(await refusal('keys', 'create', '--expires', when)).toContain('give days as 90d, or a date');
}, 120_000);

it('what is of local goes to a person who has nothing, when the operator says so and not before', async () => {
  const { api, cli, refusal } = await startWithCli({ modes: ['header', 'dev'], singleUser: true });
  const list = async (user?: string) => {
    const headers: Record<string, string> = user ? { 'x-afterword-user': user } : {};
    const answer = await fetch(`${api.url}/api/v1/recordings`, { headers });
    return ((await answer.json()) as { recordings: { id: string }[] }).recordings.map(({ id }) => id);
  };
  const send = async (content: string, user?: string) =>
    await fetch(`${api.url}/api/v1/recordings`, {
      method: 'POST',
      headers: user ? { 'x-afterword-user': user } : {},
      body: formOf({ [NAME]: content }),
    });
  await send('of the time before');
  await api.db.updateTable('users').set({ time_zone: 'Europe/Stockholm' }).execute();
  expect(await list('ana')).toEqual([]);
  expect(await refusal('users', 'adopt', 'local', '--to', 'ana')).toContain('has 1 recordings');
  await api.db.updateTable('recordings').set({ outcome: 'completed', finished_at_ms: 1 }).execute();
  const before = await list();
  await send('of bob', 'bob');
  expect(await refusal('users', 'adopt', 'local', '--to', 'bob')).toContain('bob has recordings already');
  expect(await refusal('users', 'adopt', 'nobody', '--to', 'ana')).toContain('There is no person nobody.');
  expect(await refusal('users', 'adopt', 'local', '--to', 'local')).toContain('Both are local.');
  expect(await list()).toEqual(before);
  const { stdout } = await cli('users', 'adopt', 'local', '--to', 'ana');
  expect(stdout).toMatch(/^ana has taken over from local: .*1 recordings/);
  expect(await list('ana')).toEqual(before);
  expect(await list()).toEqual([]);
  const person = api.db.selectFrom('users').select('time_zone').where('id', '=', 'ana');
  expect(await person.executeTakeFirstOrThrow()).toEqual({ time_zone: 'Europe/Stockholm' });
  // The same bytes are known as theirs.
  const again = (await (await send('of the time before', 'ana')).json()) as {
    files: { recordingId: string }[];
  };
  expect(again.files.map(({ recordingId }) => recordingId)).toEqual(before);
  expect((await cli('users', 'role', 'ana', 'admin')).stdout).toBe('ana has the role admin.\n');
  expect((await cli('users')).stdout).toMatch(/ana +admin +1 /);
  expect(await refusal('users', 'role', 'ana', 'king')).toContain('use admin or person');
}, 120_000);

it('the secret of a data folder is made once, and nobody else on the machine reads it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-secret-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const made = await Promise.all(
    Array.from({ length: 8 }, () => serverSecret({ given: undefined, dataDir })),
  );
  const keys = new Set(made.map((secret) => secret.keyFor('api keys').toString('hex')));
  expect(keys.size).toBe(1);
  const file = join(dataDir, 'sign-in-secret');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const stored = secretFrom((await readFile(file, 'utf8')).trim());
  expect(keys).toContain(stored.keyFor('api keys').toString('hex'));
  expect(stored.keyFor('sessions').toString('hex')).not.toBe(stored.keyFor('api keys').toString('hex'));
});
