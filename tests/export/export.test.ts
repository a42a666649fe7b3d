/** What a person gets of theirs: all of it, as it came, and nothing of anybody else. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { expect, it, onTestFinished } from 'vitest';
import { registerDevice } from '../../src/push/devices.ts';
import { linkIdentity, personOf } from '../../src/sign-in/identities.ts';
import { createKey } from '../../src/sign-in/keys.ts';
import { secretBox } from '../../src/sign-in/secret-box.ts';
import { beginSession } from '../../src/sign-in/sessions.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { secret, startApi, type TestApi } from '../support/api.ts';
import { log } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const as = (user: string) => ({ 'x-afterword-user': user });

async function send(api: TestApi, user: string, name: string, bytes: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(`${api.url}/api/v1/recordings?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { ...as(user), 'content-type': 'audio/wav' },
    body: bytes,
  });
  expect(response.status).toBe(202);
  return (await response.json()) as { id: string; files: { recordingId: string }[] };
}

async function filesOf(response: Response): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reading = extract();
  reading.on('entry', (header, content, next) => {
    const chunks: Buffer[] = [];
    content.on('data', (chunk) => chunks.push(chunk as Buffer));
    content.on('end', () => {
      files.set(header.name, Buffer.concat(chunks));
      next();
    });
  });
  if (!response.body) throw new Error('the answer has no body');
  await pipeline(Readable.fromWeb(response.body as never), reading as unknown as NodeJS.WritableStream);
  return files;
}

const linesIn = (files: Map<string, Buffer>, folder: string) =>
  [...files]
    .filter(([name]) => name.startsWith(`${folder}/`))
    .flatMap(([, bytes]) => bytes.toString().trimEnd().split('\n'))
    .map((line) => JSON.parse(line));

it('has everything of the person who asks and nothing of anybody else', async () => {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  const audio = crypto.getRandomValues(new Uint8Array(60_000));
  const sent = await send(api, 'ada', 'memo_1774000000.wav', audio);
  const odd = await send(api, 'ada', '..\\odd\u202e “name”_1774000100.wav', 'odd');
  const bens = await send(api, 'ben', 'memo_1774000000.wav', 'of ben');
  await placer.place({
    id: 'heard',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: Date.UTC(2026, 2, 20),
    words: [{ atS: 0, forS: 2, text: 'hello there', speaker: 'S', isTimed: true }],
  });
  await fetch(`${api.url}/api/v1/me`, {
    method: 'PATCH',
    headers: { ...as('ada'), 'content-type': 'application/json' },
    body: JSON.stringify({ vocabulary: ['Zaphod'] }),
  });
  const usage = {
    provider: 'openai',
    model: 'whisper-1',
    stage: 'transcribe' as const,
    at_ms: 1,
    answered: true,
  };
  for (const [result, user_id] of [
    ['transcribe:a', 'ada'],
    ['transcribe:b', 'ben'],
  ] as const)
    await api.db
      .insertInto('usage')
      .values({ result, user_id, ...usage, calls: 1, failed_calls: 0, cost_micros: 7 })
      .execute();

  const talks = (await (await fetch(`${api.url}/api/v1/conversations`, { headers: as('ada') })).json()) as {
    conversations: { id: string }[];
  };
  const conversationId = talks.conversations[0]?.id;
  const decide = async (method: string, path: string, body: object) =>
    await fetch(`${api.url}/api/v1/${path}`, {
      method,
      headers: { ...as('ada'), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await decide('PATCH', `conversations/${conversationId}`, { title: 'My title' });
  await decide('POST', 'action-items', { conversationId, description: 'My task' });

  const url = 'https://receiver.example/hook';
  const hook = await fetch(`${api.url}/api/v1/webhooks`, {
    method: 'POST',
    headers: { ...as('ada'), 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  });
  expect(hook.status).toBe(201);
  const box = secretBox([]);
  const device = {
    address: { kind: 'fcm', token: 'of-the-phone-itself' },
    name: 'phone',
    makesRoom: false,
  } as const;
  for (const user of ['ada', 'ben'])
    await registerDevice({ db: api.db, box, timeZone: 'UTC' }, user, {
      ...device,
      address: { ...device.address, token: `${device.address.token} of ${user}` },
    });
  const response = await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="afterword-\d{4}-\d\d-\d\d\.tar"$/,
  );
  const files = await filesOf(response);

  const id = sent.files[0]?.recordingId;
  expect(files.get(`audio/${id}-memo_1774000000.wav`)).toEqual(Buffer.from(audio));
  const oddName = [...files.keys()].find((name) => name.includes(odd.files[0]?.recordingId ?? '-'));
  expect(oddName?.slice('audio/'.length)).not.toMatch(/[/\\\u202e]/);
  expect(JSON.parse(files.get('person.json')?.toString() ?? '')).toMatchObject({
    id: 'ada',
    settings: { vocabulary: ['Zaphod'] },
  });
  expect(linesIn(files, 'recordings').map((line) => line.id)).toEqual(
    expect.arrayContaining([id, odd.files[0]?.recordingId, 'heard']),
  );
  // Its row was made by hand, and there never were bytes.
  expect(linesIn(files, 'missing')).toEqual([{ recordingId: 'heard' }]);
  expect(
    linesIn(files, 'uploads')
      .map((line) => line.id)
      .sort(),
  ).toEqual([sent.id, odd.id].sort());
  expect(linesIn(files, 'conversations')).toMatchObject([
    { segments: [{ text: 'hello there', words: [{ text: 'hello' }, { text: 'there' }] }] },
  ]);
  expect(linesIn(files, 'speakers')).toHaveLength(1);
  expect(linesIn(files, 'decisions').map(({ kind, value }) => [kind, value])).toEqual([
    ['title', 'My title'],
    ['item', expect.objectContaining({ description: 'My task' })],
  ]);
  expect(linesIn(files, 'action-items')).toMatchObject([
    { conversationId, description: 'My task', added: true },
  ]);
  expect(linesIn(files, 'usage')).toEqual([
    expect.objectContaining({ result: 'transcribe:a', costMicros: 7 }),
  ]);
  expect(linesIn(files, 'webhooks')).toMatchObject([{ url, format: 'standard' }]);
  expect(linesIn(files, 'push')).toMatchObject([{ kind: 'fcm', name: 'phone', titles: false }]);
  expect([...files.keys()]).toContain('README.txt');
  const all = Buffer.concat([...files.values()]).toString();
  expect(all).not.toContain(bens.id);
  expect(all).not.toContain('of ben');
  expect(all).not.toContain(device.address.token);
});

it('goes on page by page over many recordings', async () => {
  const api = await startApi();
  const form = new FormData();
  for (let at = 0; at < 230; at++)
    form.append('files', new Blob([`audio ${at}`]), `memo_${1_774_000_000 + at}.wav`);
  const sent = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: as('ada'),
    body: form,
  });
  expect(sent.status).toBe(202);
  const files = await filesOf(await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') }));
  const audio = [...files].filter(([name]) => name.startsWith('audio/')).map(([, bytes]) => bytes.toString());
  expect(audio.sort()).toEqual(Array.from({ length: 230 }, (_, at) => `audio ${at}`).sort());
  expect(linesIn(files, 'recordings')).toHaveLength(230);
});

it('knows nobody who has sent nothing', async () => {
  const api = await startApi();
  const response = await fetch(`${api.url}/api/v1/me/export`, { headers: as('nobody') });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not_found']);
});

/** Counts what is read of the store. */
class Counting extends FolderBlobStore {
  read = 0;
  open_ = 0;

  override async *open(key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.open_++;
    try {
      for await (const chunk of super.open(key, signal)) {
        this.read += chunk.byteLength;
        yield chunk;
      }
    } finally {
      this.open_--;
    }
  }
}

it('reads no more of the store than its client reads, ends with it, and runs once for each person', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-export-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = new Counting(folder);
  await store.prepare();
  const api = await startApi({ maxFileBytes: 100_000_000 }, tmpdir(), log, store);
  const sizeBytes = 60_000_000;
  await send(api, 'ada', 'long_1774000000.wav', new Uint8Array(sizeBytes));
  const asking = request(`${api.url}/api/v1/me/export`, { headers: as('ada') });
  const { promise, resolve } = Promise.withResolvers<void>();
  asking.on('response', (response) => response.once('readable', resolve));
  asking.on('error', () => {});
  asking.end();
  await promise;
  // Sockets and streams hold a few megabytes between the two.
  let before = -1;
  await expect
    .poll(
      () => {
        const stands = store.read === before;
        before = store.read;
        return stands && store.read > 0;
      },
      { interval: 200 },
    )
    .toBe(true);
  expect(store.read).toBeLessThan(sizeBytes / 2);
  const second = await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') });
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '60']);
  expect(store.open_).toBe(1);
  asking.destroy();
  await expect.poll(() => store.open_).toBe(0);
  await expect
    .poll(async () => {
      const again = await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') });
      await again.body?.cancel();
      return again.status;
    })
    .toBe(200);
});

it('breaks off where the store does, and is no archive then', async () => {
  const api = await startApi();
  await send(api, 'ada', 'memo_1774000000.wav', 'short');
  await api.db.updateTable('recordings').set({ size_bytes: 4000 }).execute();
  const response = await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') });
  await expect(response.arrayBuffer()).rejects.toThrow();
});

it('has what lets the person in, and nothing with which somebody could come in', async () => {
  const api = await startApi();
  const wanted = { userId: 'ada', name: 'of the recorder', scopes: ['upload'] as const, expiresAtMs: null };
  const { key, token } = await createKey(api.db, secret.keyFor('api keys'), wanted, 'UTC');
  const proof = { issuer: 'https://a.example', subject: 'ada-1', label: 'ada@example.com', email: null };
  await linkIdentity(api.db, 'ada', proof, 'UTC');
  const known = await personOf(api.db, proof, 'UTC');
  const cookie = await beginSession(api.db, secret.keyFor('sessions'), known, {
    agent: 'Laptop',
    before: undefined,
  });
  await createKey(api.db, secret.keyFor('api keys'), { ...wanted, userId: 'ben' }, 'UTC');
  const files = await filesOf(await fetch(`${api.url}/api/v1/me/export`, { headers: as('ada') }));
  const text = files.get('sign-in.json')?.toString() ?? '';
  expect(JSON.parse(text)).toMatchObject({
    identities: [{ issuer: 'https://a.example', subject: 'ada-1', label: 'ada@example.com' }],
    keys: [{ id: key.id, name: 'of the recorder' }],
    sessions: [{ agent: 'Laptop' }],
  });
  const { digest } = await api.db.selectFrom('sessions').select('digest').executeTakeFirstOrThrow();
  for (const one of [token, token.slice(16), cookie, digest]) expect(text).not.toContain(one);
});
