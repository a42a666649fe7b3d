/** `afterword push --watch` without its process: which files of a watched folder it sends, and when. */
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, copyFile, mkdir, open, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Progress } from '../../src/cli/push/progress.ts';
import { watchFolders } from '../../src/cli/push/watch-folders.ts';
import { readConfig } from '../../src/config.ts';
import { startApi } from '../support/api.ts';
import { folder, nameAt, namesIn, pusherFor } from '../support/pushing.ts';

const TIME_LIMIT_MS = 120_000;

it('sends each finished file of a watched folder once, while files are written, renamed, doubled and removed', async () => {
  const [api, card, state] = [await startApi(), await folder(), await folder()];
  const { pusher, outcomes, ended } = pusherFor(api.url, state);
  const sent = () =>
    outcomes.filter((it) => it.state === 'sent').map(({ path }) => path.slice(card.length + 1));
  const watching = watchFolders(
    [card],
    { everyMs: 20, settledMs: 400, signal: ended.signal },
    async (files) => await pusher.push(files),
  );
  await writeFile(join(card, nameAt(1)), randomBytes(1_000));
  // A recorder that writes on: it is not given while it grows.
  const growing = join(card, nameAt(2));
  await writeFile(growing, '');
  for (let n = 0; n < 40 && sent().length === 0; n++) {
    await appendFile(growing, randomBytes(500));
    await new Promise((done) => setTimeout(done, 50));
  }
  expect(sent()).toEqual([nameAt(1)]);
  const removed = join(card, nameAt(3));
  await writeFile(removed, randomBytes(500));
  await unlink(removed);
  await expect.poll(sent, { timeout: TIME_LIMIT_MS }).toEqual([nameAt(1), nameAt(2)]);
  await rename(join(card, nameAt(1)), join(card, nameAt(11)));
  await copyFile(growing, join(card, nameAt(12)));
  await mkdir(join(card, 'of today'));
  await writeFile(join(card, 'of today', nameAt(4)), randomBytes(700));
  await expect.poll(() => outcomes.length, { timeout: TIME_LIMIT_MS }).toBe(4);
  ended.abort();
  await watching;
  expect(outcomes.map((it) => it.state)).toEqual(expect.arrayContaining(['sent', 'sent', 'sent', 'doubled']));
  expect(await namesIn(api.db)).toEqual([nameAt(1), nameAt(2), nameAt(4)]);
});

it('sends each content of a watched folder once, whatever recorders, synchronisers and people do to the files at once', async () => {
  const [api, card, state] = [await startApi(), await folder(), await folder()];
  const { pusher, outcomes, ended } = pusherFor(api.url, state);
  const watching = watchFolders(
    [card],
    { everyMs: 20, settledMs: 1_500, signal: ended.signal },
    async (files) => await pusher.push(files),
  );
  const at = (name: string) => join(card, name);
  const finished: Buffer[] = [];
  const content = () => {
    const bytes = randomBytes(5_000);
    finished.push(bytes);
    return bytes;
  };
  const writeSlowly = async (path: string, bytes: Buffer, halfway = async () => {}) => {
    const file = await open(path, 'w');
    for (let from = 0; from < bytes.byteLength; from += 500) {
      await file.write(bytes.subarray(from, from + 500));
      if (from === 2_500) await halfway();
      await new Promise((done) => setTimeout(done, 30));
    }
    await file.close();
  };
  const recorder = async () => {
    for (let n = 0; n < 4; n++) await writeSlowly(at(nameAt(n)), content());
  };
  const synchroniser = async () => {
    for (let n = 10; n < 14; n++) {
      await writeSlowly(at(`.${nameAt(n)}.part`), content());
      await rename(at(`.${nameAt(n)}.part`), at(nameAt(n)));
    }
  };
  const person = async () => {
    // Renamed while it is written, and given up.
    await writeSlowly(at(nameAt(20)), content(), () => rename(at(nameAt(20)), at(nameAt(21))));
    await writeSlowly(at(nameAt(22)), randomBytes(5_000), () => unlink(at(nameAt(22))));
    // Written over, and doubled as soon as it is there.
    await writeFile(at(nameAt(23)), randomBytes(5_000));
    await writeSlowly(at(nameAt(23)), content());
    await mkdir(at('moved'));
    await copyFile(at(nameAt(23)), join(card, 'moved', nameAt(24)));
  };
  await Promise.all([recorder(), synchroniser(), person()]);
  const sent = () => outcomes.filter((it) => it.state === 'sent').map(({ sha256 }) => sha256 ?? '');
  const expected = finished.map((bytes) => createHash('sha256').update(bytes).digest('hex')).sort();
  await expect.poll(() => sent().sort(), { timeout: TIME_LIMIT_MS }).toEqual(expected);
  // Nothing of what comes now is new: a folder that is renamed, a card that is copied back, times that change.
  const before = outcomes.length;
  await rename(at('moved'), at('of today'));
  await copyFile(at(nameAt(0)), at(nameAt(30)));
  await rm(at(nameAt(1)));
  await writeFile(at(nameAt(1)), finished[0] ?? '');
  await utimes(at(nameAt(2)), new Date(), new Date());
  await expect.poll(() => outcomes.length, { timeout: TIME_LIMIT_MS }).toBeGreaterThanOrEqual(before + 3);
  ended.abort();
  await watching;
  expect(sent().sort()).toEqual(expected);
  expect(await namesIn(api.db)).toHaveLength(expected.length);
});

it('tries again what a watched folder has and the server had no room for, first one file and then all', async () => {
  const bounds = { ...readConfig({}).bounds, storedBytes: 20_000 };
  const [api, card, state] = [await startApi({ bounds }), await folder(), await folder()];
  const { pusher, outcomes, ended } = pusherFor(api.url, state);
  const progress = new Progress(process.stderr, false);
  for (const n of [1, 2, 3, 4]) await writeFile(join(card, nameAt(n)), randomBytes(12_000));
  const watching = watchFolders(
    [card],
    {
      everyMs: 20,
      settledMs: 50,
      roomAfterMs: 300,
      signal: ended.signal,
      withoutRoom: () => pusher.takeWithoutRoom(),
    },
    async (files) => await pusher.push(files),
  );
  const states = () => outcomes.map(({ state, code }) => `${state} ${code}`);
  await expect.poll(() => states().length, { timeout: TIME_LIMIT_MS }).toBeGreaterThan(5);
  expect(states().slice(0, 4).sort()).toEqual([
    ...Array.from({ length: 3 }, () => 'refused space_used_up'),
    'sent null',
  ]);
  // As the operator raises it.
  bounds.storedBytes = 1_000_000;
  await expect
    .poll(() => states().filter((it) => it.startsWith('sent')).length, { timeout: TIME_LIMIT_MS })
    .toBe(4);
  ended.abort();
  await watching;
  progress.say = () => {};
  for (const outcome of outcomes) progress.ends(outcome);
  expect([progress.end(), progress.exitStatus(), progress.outcomes.length]).toEqual([
    '4 files: 4 sent',
    0,
    4,
  ]);
});

it('keeps more files for which there was no room than a call can have arguments', async () => {
  const card = await folder();
  const ended = new AbortController();
  const file = (n: number) => ({
    path: join(card, nameAt(n)),
    inode: String(n),
    sizeBytes: 1,
    modifiedAtMs: 1,
  });
  const many = Array.from({ length: 200_000 }, (_, n) => file(n));
  let rounds = 0;
  await watchFolders(
    [card],
    {
      everyMs: 1,
      settledMs: 0,
      signal: ended.signal,
      withoutRoom: () => {
        if (++rounds === 2) ended.abort();
        return many as never;
      },
    },
    async () => [],
  );
  expect(rounds).toBe(2);
});
