/**
 * `afterword watch` follows an upload and a conversation in a terminal until they are over; `afterword push` as a process: what
 * it prints where nobody looks, its exit statuses, and what a newcomer's mistakes are told.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { Person } from '../pipeline/person.ts';
import { spoken } from '../speakers/two-voices.ts';
import { openLink } from '../support/cut-link.ts';
import { plainEnvironment, useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LIMIT_MS = 240_000;

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300 } });
afterAll(() => providers.close());

const server = useServer({
  ...deepgramAt(providers.url),
  AFTERWORD_SIGN_IN: 'keys,header,dev',
});

async function watch(...args: string[]): Promise<string> {
  return await afterword('watch', '--user', 'ada', ...args);
}

async function afterword(...words: string[]): Promise<string> {
  const command = [MAIN, ...words, '--url', server.url];
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

async function card() {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-card-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As from a script: no terminal, and what it remembers is in `folder`. */
function startPush(folder: string, words: string[], url: string | null = server.url) {
  const target = url === null ? [] : ['--url', url, '--user', 'eve'];
  const env = { ...plainEnvironment(), XDG_STATE_HOME: join(folder, '.state'), AFTERWORD_DATA_DIR: folder };
  return spawn(process.execPath, [MAIN, 'push', ...words, ...target], { env });
}

async function endOf(child: ReturnType<typeof startPush>) {
  const [[status], out, err] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, out, err };
}

const push = async (...asked: Parameters<typeof startPush>) => await endOf(startPush(...asked));

test(
  'push prints what came of each file where nobody looks, and says what to do about mistakes',
  async () => {
    const folder = await card();
    const memo = join(folder, 'memo_1774000000.wav');
    await writeFile(memo, toWav(spoken([{ who: 'low', phrase: 0 }])));
    await copyFile(memo, join(folder, 'memo_1774009000.wav'));
    await writeFile(join(folder, 'noted.wav'), 'when was it?');
    const first = await push(folder, [folder, '--wait', '--json']);
    expect([first.status, first.err]).toEqual([
      1,
      expect.stringMatching(/^\S+noted\.wav {2}refused {2}rec_\S+ {2}name_without_time: .+\n {2}PATCH.+\n$/),
    ]);
    const told = JSON.parse(first.out);
    expect(told.files.map(({ state }: { state: string }) => state).sort()).toEqual([
      'doubled',
      'refused',
      'sent',
    ]);
    expect(told.conversations).toMatchObject([{ id: expect.stringMatching(/^cnv_/) }]);
    const [{ id }] = told.conversations;
    const eves = ['--user', 'eve'];
    expect(await watch(id, ...eves)).toMatch(/ {2}now {2}cnv_\S+ {2}ready\n$/);
    const exported = ['export', id, ...eves, '--format', 'text', '--to'];
    await afterword(...exported, join(folder, 'said.txt'));
    await expect(afterword(...exported, join(folder, 'said.txt'))).rejects.toThrow(/is there already/);
    await expect(afterword(...exported, join(folder, 'no', 'said.txt'))).rejects.toThrow(/Make it, or name/);

    const empty = join(folder, 'empty');
    await mkdir(empty);
    const [again, nothing, missing, noServer, nobody, stranger, noKey, mistaken] = await Promise.all([
      push(folder, [memo]),
      push(folder, [empty]),
      push(folder, [join(folder, 'misspelt'), '/proc/self/mem']),
      push(folder, [memo], null),
      push(folder, [memo], 'http://127.0.0.1:1'),
      push(folder, [memo, '--key', 'afw_mistyped']),
      push(folder, [memo, '--key', 'a key of nobody']),
      push(folder, [memo, '--settled', 'soon']),
    ]);
    expect(again).toEqual({ status: 0, out: '1 file: 1 there already.\n', err: '' });
    expect(nothing).toMatchObject({ status: 0, err: expect.stringContaining(`No recording is in ${empty}`) });
    expect(missing).toMatchObject({ status: 1, out: '2 files: 2 not readable.\n' });
    expect(missing.err).toMatch(/misspelt {2}not readable {2}There is no such file or folder\.\n {2}Look at/);
    expect(missing.err).toMatch(/mem {2}not readable/);
    expect(noServer).toMatchObject({
      status: 3,
      err: expect.stringContaining('Start one, or name one with'),
    });
    expect(nobody).toMatchObject({ status: 3, err: expect.stringContaining('and at --url') });
    expect(stranger).toMatchObject({ status: 4, err: expect.stringMatching(/key/) });
    expect(noKey).toMatchObject({ status: 2, err: expect.stringContaining('afterword keys create') });
    expect(mistaken).toMatchObject({ status: 2, err: expect.stringContaining('--settled') });
  },
  LIMIT_MS,
);

test(
  'push that is ended by Ctrl-C goes on the next time where it was',
  async () => {
    const folder = await card();
    const content = randomBytes(12_000_000);
    const path = join(folder, 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin');
    await writeFile(path, content);
    let child: ReturnType<typeof startPush> | null = null;
    const link = await openLink(server.url, (it) => {
      if (it.sentBytes() <= content.byteLength / 2) return;
      child?.kill('SIGINT');
      // A second one would end it at once.
      child = null;
    });
    onTestFinished(link.close);
    child = startPush(folder, [path], link.url);
    const ended = await endOf(child);
    expect(ended).toMatchObject({ status: 130, out: expect.stringContaining('Push again to go on') });
    expect(await push(folder, [path], link.url)).toMatchObject({ status: 0, out: '1 file: 1 sent.\n' });
    expect(link.sentBytes()).toBeLessThan(1.5 * content.byteLength);
  },
  LIMIT_MS,
);
