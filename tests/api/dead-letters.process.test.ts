import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { RecordingBody, RecordingPage, UploadBody } from '../../src/api/schemas.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

async function sendTwoOfWhichOneFails(api: TestApi): Promise<{ failed: string; fine: string }> {
  const body = formOf({ [NAME]: 'a', [NAME.replace('00.bin', '60.bin')]: 'b' });
  const upload = UploadBody.parse(
    await (await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body })).json(),
  );
  const [failed = '', fine = ''] = upload.files.map((file) => file.recordingId);
  await api.db
    .updateTable('recordings')
    .set({ outcome: 'failed', code: 'upstream', reason: 'it broke', finished_at_ms: 1, tries: 7 })
    .where('id', '=', failed)
    .execute();
  return { failed, fine };
}

it('lists what failed, and sends it on its way again when a person says so', async () => {
  const api = await startApi();
  const { failed, fine } = await sendTwoOfWhichOneFails(api);
  const deadLetters = async () =>
    RecordingPage.parse(await (await fetch(`${api.url}/api/v1/recordings?outcome=failed`)).json()).recordings;
  expect(await deadLetters()).toMatchObject([
    { id: failed, code: 'upstream', remedy: expect.stringMatching(/\w/) },
  ]);

  const retry = (id: string) => fetch(`${api.url}/api/v1/recordings/${id}/retry`, { method: 'POST' });
  const again = await retry(failed);
  expect(again.status).toBe(202);
  expect(RecordingBody.parse(await again.json())).toMatchObject({
    outcome: 'waiting',
    code: 'queued',
    tries: 0,
  });
  expect(await deadLetters()).toEqual([]);
  // What is under way stays as it is: there is nothing to redrive.
  await retry(fine);
  await retry(failed);
  const attempts = await api.db.selectFrom('recordings').select(['id', 'attempt']).execute();
  expect(new Map(attempts.map(({ id, attempt }) => [id, attempt]))).toEqual(
    new Map([
      [failed, 2],
      [fine, 1],
    ]),
  );
  expect((await retry('rec_unknown')).status).toBe(404);
});

it('does the same from the command line', async () => {
  const api = await startApi();
  const { failed } = await sendTwoOfWhichOneFails(api);
  const cli = async (...args: string[]) =>
    (await run(process.execPath, [MAIN, ...args, '--url', api.url])).stdout;
  expect(await cli('dead-letters')).toContain('upstream: it broke (7 tries)');
  expect(await cli('retry', '--all')).toContain(`${failed}  waiting`);
  expect(await cli('dead-letters')).toBe('Nothing failed.\n');
});

it('lists the dead letters of everybody with --all, and says whose it lists without', async () => {
  const api = await startApi();
  const { failed } = await sendTwoOfWhichOneFails(api);
  await api.db.insertInto('users').values({ id: 'ada', created_at_ms: 1 }).execute();
  await api.db.updateTable('recordings').set({ user_id: 'ada' }).where('id', '=', failed).execute();
  const env = { ...process.env, DATABASE_URL: api.databaseUrl };
  const cli = async (...args: string[]) =>
    await run(process.execPath, [MAIN, 'dead-letters', '--url', api.url, ...args], { env });
  const own = await cli();
  expect(own.stdout).toBe('Nothing failed.\n');
  expect(own.stderr).toContain('only. Use --user NAME for another one, --all for everybody.');
  expect((await cli('--all')).stdout).toMatch(new RegExp(`^Of ada .*--user ada.*\n${failed} `));
  expect((await cli('--user', 'ada')).stdout).toContain(failed);
  await expect(cli('--user', 'ada', '--all')).rejects.toThrow('Say --user or --all, not both.');
});

it('says in its own words what is wrong with what the command line was given', {
  timeout: 120_000,
}, async () => {
  const api = await startApi();
  const { failed } = await sendTwoOfWhichOneFails(api);
  const cli = async (...args: string[]) => {
    const ended = await run(process.execPath, [MAIN, ...args]).catch((error) => error);
    return { code: ended.code ?? 0, told: `${ended.stdout}${ended.stderr}`.trim() };
  };
  const refusal = async (...args: string[]) => {
    const { code, told } = await cli(...args);
    expect(code, told).toBe(1);
    expect(told).not.toMatch(/[{}]|TypeError|\n/);
    return told;
  };
  expect(await refusal('dead-letters', '--url', 'nonsense')).toContain('--url is "nonsense": it must be');
  expect(await refusal('dead-letters', '--url', 'http://127.0.0.1:65534')).toContain('ECONNREFUSED');
  expect(await refusal('retry', '../../me', '--url', api.url)).toContain('There is nothing with this id');
  expect(await refusal('dead-letters', '--user', 'a\nb', '--url', api.url)).toContain('--user is "a\\nb"');
  expect(await refusal('dead-letters', '--user', ' ', '--url', api.url)).toContain(
    'X-Afterword-User is empty',
  );
  // One that is not there keeps no other from being sent on.
  expect(await cli('retry', 'rec_unknown', failed, '--url', api.url)).toEqual({
    code: 1,
    told: expect.stringMatching(new RegExp(`rec_unknown {2}There is nothing.*\n${failed} {2}waiting`)),
  });
});

it('deletes over HTTP, and says that it is gone', async () => {
  const api = await startApi();
  const { fine } = await sendTwoOfWhichOneFails(api);
  const address = `${api.url}/api/v1/recordings/${fine}`;
  expect((await fetch(address, { method: 'DELETE' })).status).toBe(204);
  expect(RecordingBody.parse(await (await fetch(address)).json())).toMatchObject({
    outcome: 'deleted',
    name: '',
  });
  expect((await fetch(`${api.url}/api/v1/me`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(address)).status).toBe(404);
  const refused = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    body: formOf({ [NAME]: 'c' }),
  });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'user_deleted' });
});
