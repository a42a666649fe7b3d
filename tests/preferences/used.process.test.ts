/** The whole way: what two people have chosen is what the providers are told about the speech of each. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { readWav } from '../../simulators/wav.ts';
import { omiFile } from '../audio/omi-writer.ts';
import { Person } from '../pipeline/person.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';

interface Asked {
  url: string;
  body: string;
}

const providers = await startProviders({ seed: 1 });
const asked: Asked[] = [];
/** Stands before the simulated providers and notes what they are asked. */
const ear = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  asked.push({ url: request.url ?? '', body: body.toString('latin1') });
  const answer = await fetch(`${providers.url}${request.url}`, {
    method: request.method ?? 'POST',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    body,
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
});
await once(ear.listen(0, '127.0.0.1'), 'listening');
const earUrl = `http://127.0.0.1:${(ear.address() as AddressInfo).port}`;

const server = useServer({
  ...deepgramAt(earUrl),
  ...simulatedModelAt(`${earUrl}/v1`),
  AFTERWORD_KEYTERMS: 'Company',
});
afterAll(async () => {
  ear.close();
  ear.closeAllConnections();
  await providers.close();
});

async function speech(startedAtS: number) {
  const wav = readWav(await readFile(new URL('../fixtures/speech/two-cities.wav', import.meta.url)));
  if (!wav) throw new Error('the sample cannot be read');
  const frames = Array.from({ length: 500 }, (_, at) =>
    new Uint8Array(wav.pcm).subarray(at * 320, (at + 1) * 320),
  );
  return {
    name: `audio_omi_pcm16_16000_1_fs160_${startedAtS}.bin`,
    bytes: new Uint8Array(omiFile(frames)),
  };
}

async function saidOf(id: string, choose: object | null): Promise<Asked[]> {
  const person = new Person(server, id);
  if (choose)
    await person.fetch('/api/v1/me', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(choose)]),
    });
  const before = asked.length;
  const { id: upload } = await person.upload([await speech(1_770_000_000)]);
  await person.uploadDone(upload);
  await expect
    .poll(async () => (await person.list())[0]?.madeBy?.kind, { timeout: 60_000 })
    .toBe('language-model');
  return asked.slice(before);
}

const queryOf = (calls: readonly Asked[], name: string) =>
  new URL(calls.find(({ url }) => url.startsWith('/v1/listen'))?.url ?? '', earUrl).searchParams.getAll(name);
const promptsOf = (calls: readonly Asked[]) =>
  calls.filter(({ url }) => url.includes('/chat/')).map(({ body }) => body);

test('languages, terms, time zone and folders are those of the person', async () => {
  const ada = await saidOf('ada', {
    timeZone: 'Asia/Tokyo',
    languages: ['sv'],
    vocabulary: ['Zaphod'],
    folders: [{ id: 'garden', name: 'Garden', description: 'Plants and beds' }],
  });
  expect([queryOf(ada, 'language'), queryOf(ada, 'keyterm')]).toEqual([['sv'], ['Zaphod']]);
  expect(promptsOf(ada)).toHaveLength(3);
  for (const prompt of promptsOf(ada)) expect(prompt).toMatch(/Asia\/Tokyo[\s\S]*Zaphod/);
  expect(promptsOf(ada).join()).toContain('Garden');

  const ben = await saidOf('ben', null);
  expect([queryOf(ben, 'detect_language'), queryOf(ben, 'keyterm')]).toEqual([['true'], ['Company']]);
  for (const prompt of promptsOf(ben)) expect(prompt).not.toMatch(/Tokyo|Zaphod|Garden/);
}, 120_000);
