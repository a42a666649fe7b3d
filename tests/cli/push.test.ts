/** `afterword push` without its process: what it finds, asks, sends and says of each file. */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync, truncateSync } from 'node:fs';
import { copyFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AfterwordProblem } from '@afterword/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BegunUploads } from '../../src/cli/push/begun.ts';
import { findFiles, startFromFolders } from '../../src/cli/push/find.ts';
import { shown } from '../../src/cli/push/progress.ts';
import { Backoff } from '../../src/cli/push/retry.ts';
import { whyUnreadable } from '../../src/cli/push/unreadable.ts';
import { watchFolders } from '../../src/cli/push/watch-folders.ts';
import { NAME, startApi } from '../support/api.ts';
import { openLink } from '../support/cut-link.ts';
import { folder, nameAt, namesIn, pusherFor } from '../support/pushing.ts';

const MB = 1024 * 1024;

const found = (...paths: string[]) =>
  findFiles(paths, (path, error) => {
    throw new Error(`${path} cannot be read`, { cause: error });
  });

describe('pushing files', () => {
  it('sends small ones together and large ones by tus, doubled ones once, and leaves out what is there', async () => {
    const [api, card, state] = [await startApi(), await folder(), await folder()];
    const link = await openLink(api.url);
    onTestFinished(link.close);
    for (let n = 0; n < 40; n++) await writeFile(join(card, nameAt(n)), randomBytes(2_000));
    await writeFile(join(card, nameAt(100)), randomBytes(6 * MB));
    await copyFile(join(card, nameAt(0)), join(card, nameAt(200)));
    await writeFile(join(card, 'noted.wav'), randomBytes(100));
    await writeFile(join(card, '._noted.wav'), 'of a Mac');
    await writeFile(join(card, 'readme.txt'), 'no recording');
    const first = pusherFor(link.url, state);
    expect(await first.pusher.push(await found(card))).toEqual([]);
    const states = Object.groupBy(first.outcomes, ({ state }) => state);
    expect(states.sent).toHaveLength(41);
    expect(states.doubled).toHaveLength(1);
    expect(states.refused).toMatchObject([
      { code: 'name_without_time', remedy: expect.stringContaining('PATCH') },
    ]);
    expect(link.requests()).toBeLessThan(8);
    const before = link.sentBytes();
    const second = pusherFor(link.url, state);
    await second.pusher.push(await found(card));
    expect(Object.groupBy(second.outcomes, ({ state }) => state)).toMatchObject({
      known: Array.from({ length: 41 }, () => ({ recordingId: expect.stringMatching(/^rec_/) })),
      refused: [{ code: 'name_without_time' }],
    });
    expect(link.sentBytes() - before).toBeLessThan(20_000);
  });

  it('goes on where the link broke, also after its process ended', async () => {
    const [api, card, state] = [await startApi(), await folder(), await folder()];
    const content = randomBytes(9 * MB);
    await writeFile(join(card, NAME), content);
    const endedAt = new AbortController();
    const link = await openLink(api.url, (it) => {
      // Once the link breaks, and once whoever sends ends.
      if (it.cuts() === 0 && it.sentBytes() > 3 * MB) it.cut();
      if (it.sentBytes() > 6 * MB) endedAt.abort();
    });
    onTestFinished(link.close);
    const first = pusherFor(link.url, state, endedAt);
    await expect(first.pusher.push(await found(card))).rejects.toThrow();
    const again = pusherFor(link.url, state);
    await again.pusher.push(await found(card));
    expect(again.outcomes).toMatchObject([{ state: 'sent' }]);
    expect(link.sentBytes()).toBeLessThan(1.6 * content.byteLength);
    expect(await namesIn(api.db)).toEqual([NAME]);
  });

  it('remembers each upload that was begun, also those of other pushes at the same time and of an earlier version', async () => {
    const state = await folder();
    const target = { url: 'http://localhost:1', headers: new Headers({ 'x-afterword-user': 'anna' }) };
    const shaOf = (n: number) => createHash('sha256').update(String(n)).digest('hex');
    const address = (n: number) => `http://localhost:1/api/v1/resumable/rsm_${n}`;
    const [one, other] = [new BegunUploads(state, target), new BegunUploads(state, target)];
    // As earlier versions left it, with one that is too old.
    const of = createHash('sha256').update('http://localhost:1\nanna').digest('hex').slice(0, 16);
    const earlier = {
      [`${of}:${shaOf(1000)}`]: { address: address(1000), atMs: Date.now() - 86_400_000 },
      [`${of}:${shaOf(1001)}`]: { address: address(1001), atMs: Date.now() - 8 * 86_400_000 },
    };
    await writeFile(join(state, 'begun-uploads.json'), JSON.stringify(earlier));
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    await Promise.all(numbers.map((n) => (n % 2 === 0 ? one : other).remember(shaOf(n), address(n))));
    const again = new BegunUploads(state, target);
    expect(await Promise.all(numbers.map((n) => again.addressOf(shaOf(n))))).toEqual(numbers.map(address));
    expect(await again.addressOf(shaOf(1000))).toBe(address(1000));
    expect(await again.addressOf(shaOf(1001))).toBeNull();
    await Promise.all(numbers.slice(1).map((n) => (n % 2 === 0 ? other : one).forget(shaOf(n))));
    expect(await one.addressOf(shaOf(0))).toBe(address(0));
    expect(await one.addressOf(shaOf(1))).toBeNull();
    const stranger = new BegunUploads(state, { ...target, headers: new Headers() });
    expect(await stranger.addressOf(shaOf(0))).toBeNull();
  });

  it('sends another copy when the first one has gone, and by the name that tells the time', async () => {
    const [api, card, state] = [await startApi(), await folder(), await folder()];
    const [moved, noted] = [randomBytes(3_000), randomBytes(2_000)];
    for (const second of [1, 2, 3]) await writeFile(join(card, nameAt(second)), moved);
    await writeFile(join(card, 'a note.wav'), noted);
    await writeFile(join(card, 'memo_1774000009.wav'), noted);
    await writeFile(join(card, 'z note.wav'), noted);
    // As it happens between the hash and the request.
    const link = await openLink(api.url, () => rmSync(join(card, nameAt(1)), { force: true }));
    onTestFinished(link.close);
    const { pusher, outcomes } = pusherFor(link.url, state);
    expect(await pusher.push(await found(card))).toMatchObject([{ path: join(card, nameAt(1)) }]);
    const told = outcomes.map(({ path, state }) => `${path.slice(card.length + 1)} ${state}`);
    expect(told.sort()).toEqual(
      [
        `${nameAt(2)} sent`,
        `${nameAt(3)} doubled`,
        'a note.wav doubled',
        'memo_1774000009.wav sent',
        'z note.wav doubled',
      ].sort(),
    );
    expect(outcomes.filter(({ recordingId }) => recordingId === null)).toEqual([]);
    expect(await namesIn(api.db)).toEqual([nameAt(2), 'memo_1774000009.wav']);
  });

  it('sends a file again that got a name with its time, and tells a copy of what was refused why', async () => {
    const [api, card, state] = [await startApi(), await folder(), await folder()];
    const content = randomBytes(2_000);
    for (const name of ['one.wav', 'two.wav']) await writeFile(join(card, name), content);
    for (const name of [nameAt(1), nameAt(2)]) await writeFile(join(card, name), '');
    const first = pusherFor(api.url, state);
    await first.pusher.push(await found(card));
    expect(first.outcomes.map(({ code, state }) => `${state} ${code}`).sort()).toEqual([
      'refused empty_file',
      'refused empty_file',
      'refused name_without_time',
      'refused name_without_time',
    ]);
    await rename(join(card, 'one.wav'), join(card, 'memo_1774000000.wav'));
    const second = pusherFor(api.url, state);
    await second.pusher.push(await found(join(card, 'memo_1774000000.wav')));
    expect(second.outcomes).toMatchObject([{ state: 'sent' }]);
    const { outcome, started_at_ms } = await api.db
      .selectFrom('recordings')
      .select(['outcome', 'started_at_ms'])
      .where('size_bytes', '>', 0)
      .executeTakeFirstOrThrow();
    expect([outcome, started_at_ms]).toEqual(['waiting', 1_774_000_000_000]);
  });

  it('goes on when a large file is taken away or cut off while it is sent', async () => {
    const [api, card, state] = [await startApi(), await folder(), await folder()];
    const [gone, cut] = [join(card, nameAt(1)), join(card, nameAt(2))];
    for (const path of [gone, cut]) await writeFile(path, randomBytes(9 * MB));
    await writeFile(join(card, nameAt(3)), randomBytes(2_000));
    const link = await openLink(api.url, (it) => {
      if (it.sentBytes() < 3 * MB) return;
      rmSync(gone, { force: true });
      truncateSync(cut, 100);
    });
    onTestFinished(link.close);
    const { pusher, outcomes } = pusherFor(link.url, state);
    const unsteady = await pusher.push(await found(card));
    expect(unsteady.map(({ path }) => path)).toContain(cut);
    expect(outcomes.map(({ path }) => path)).toContain(join(card, nameAt(3)));
    expect(outcomes.every(({ state }) => state === 'sent')).toBe(true);
    expect(new Set([...unsteady, ...outcomes].map(({ path }) => path)).size).toBe(3);
  });

  it('sends the others when one of several is refused for all of them', async () => {
    const [api, card, state] = [await startApi({ maxFileBytes: 50_000 }), await folder(), await folder()];
    for (const n of [1, 2, 3]) await writeFile(join(card, nameAt(n)), randomBytes(n === 2 ? 60_000 : 2_000));
    const { pusher, outcomes } = pusherFor(api.url, state);
    await pusher.push(await found(card));
    expect(outcomes.map(({ path, state, code }) => [path.slice(card.length + 1), state, code])).toEqual(
      expect.arrayContaining([
        [nameAt(1), 'sent', null],
        [nameAt(2), 'refused', 'part_too_large'],
        [nameAt(3), 'sent', null],
      ]),
    );
  });

  it('tells of what is there under the name of a recording and cannot be reached', async () => {
    const card = await folder();
    await writeFile(
      Buffer.concat([Buffer.from(`${card}/gr`), Buffer.from([0xfc]), Buffer.from('n.wav')]),
      'a',
    );
    await symlink('loop.wav', join(card, 'loop.wav'));
    await symlink('nowhere', join(card, 'nothing.wav'));
    await symlink(card, join(card, 'folder.wav'));
    const told: string[] = [];
    const files = await findFiles([card], (path, error) => {
      told.push(`${path.slice(card.length + 1)}: ${whyUnreadable(error).reason}`);
    });
    expect(files).toEqual([]);
    expect(told.sort()).toEqual([
      'gr\ufffdn.wav: Its name is not UTF-8, and nothing is found under it.',
      'loop.wav: It is a link that leads to itself.',
      'nothing.wav: There is no such file or folder.',
    ]);
    const once: string[] = [];
    const ended = new AbortController();
    const unreadable = (path: string) => void once.push(path.slice(card.length + 1));
    let rounds = 0;
    await symlink(process.execPath, join(card, nameAt(1)));
    await watchFolders(
      [card],
      { everyMs: 1, settledMs: 0, signal: ended.signal, unreadable },
      async (files) => {
        if (++rounds === 3) ended.abort();
        return files;
      },
    );
    expect(once.sort()).toEqual(['gr\ufffdn.wav', 'loop.wav']);
    const named: string[] = [];
    await findFiles(['', '/dev/null'], (path, error) => {
      named.push(`${path}: ${whyUnreadable(error).reason}`);
    });
    expect(named).toEqual([
      ': There is no such file or folder.',
      '/dev/null: It is no file: a pipe or a device.',
    ]);
    expect(shown('a\nb\u001b]0;c\u0007.wav')).toBe('a\ufffdb\ufffd]0;c\ufffd.wav');
  });

  it('waits as long as it is asked to, also for longer than a timer can', async () => {
    const ended = new AbortController();
    const waiting = new Backoff().wait(new AfterwordProblem({}, 429, 1e12), ended.signal);
    setTimeout(() => ended.abort(), 100);
    await expect(waiting).rejects.toThrow('aborted');
  });

  it('reads times from folders where names have only those of the day', () => {
    const at = (path: string) => startFromFolders(path, 'UTC', Date.UTC(2026, 5, 1));
    expect(at('/card/20260314/092653.wav')).toBe(Date.UTC(2026, 2, 14, 9, 26, 53));
    expect(at('/card/2026-03-14/09-26-53.wav')).toBe(Date.UTC(2026, 2, 14, 9, 26, 53));
    expect(at('/card/20260314/NOTES/092653.wav')).toBe(Date.UTC(2026, 2, 14, 9, 26, 53));
    expect(at(`/card/20260314/${NAME}`)).toBeNull();
    expect(at('/card/REC_20260320_101500.wav')).toBeNull();
    expect(at('/card/20260314/interview.wav')).toBeNull();
  });
});
